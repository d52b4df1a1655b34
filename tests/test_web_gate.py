"""Who may enter the page: the token, the host, the origin, the proxy; every other request is refused, and told."""

import pytest
from web_server import page_client

from converter.findings import Refusal
from converter.web.settings import Settings

PAGE = "/api/docs"
PROXY = Settings(user_header="X-Forwarded-User", proxy="127.0.0.1", depositors=frozenset({"alice"}))
PUBLIC = Settings(user_header="X-Forwarded-User", proxy="10.0.0.7", public_address="https://Segur.exemple.fr/")


# The token


def test_without_the_token_nothing_is_shown() -> None:
    with page_client(Settings(), Authorization="") as client:
        page, document = client.get(PAGE), client.get("/api/openapi.json")
    assert (page.status_code, document.status_code) == (401, 401)
    assert "avec l'adresse que" in page.text.replace("&#39;", "'")
    assert "Interface HTTP</h1>" not in page.text
    assert document.headers["content-type"] == "application/problem+json"
    assert document.headers["www-authenticate"] == "Bearer"
    assert (document.json()["status"], document.json()["code"]) == (401, "page-jeton")


@pytest.mark.parametrize(
    "given", ["Bearer faux", "Bearer", "Bearer ", "Basic {token}", "{token}", "Bearer {token}x", "Bearer é"]
)
def test_anything_but_the_token_is_refused(given: str) -> None:
    settings = Settings()
    with page_client(settings, Authorization="") as client:
        header = given.format(token=settings.token).encode()
        assert client.get(PAGE, headers={"Authorization": header}).status_code == 401


def test_the_address_with_the_token_leads_to_the_same_without_it_and_a_cookie() -> None:
    settings = Settings(port=8765)
    with page_client(settings, Authorization="") as client:
        moved = client.get(f"{PAGE}?jeton={settings.token}&page=2&vide=")
        assert (moved.status_code, moved.headers["location"]) == (303, f"{PAGE}?page=2&vide=")
        cookie = moved.headers["set-cookie"]
        assert cookie.startswith("converter-8765=")
        assert "httponly" in cookie.lower()
        assert "samesite=strict" in cookie.lower()
        assert client.get(PAGE).status_code == 200


def test_a_wrong_token_in_the_address_is_refused_and_sets_nothing() -> None:
    with page_client(Settings(), Authorization="") as client:
        refused = client.get(f"{PAGE}?jeton=faux")
    assert refused.status_code == 401
    assert "set-cookie" not in refused.headers


def test_the_token_never_leads_to_another_host() -> None:
    settings = Settings()
    with page_client(settings, Authorization="") as client:
        moved = client.get(f"{settings.origin}//ailleurs.exemple/?jeton={settings.token}")
    assert moved.headers["location"] == "/ailleurs.exemple/"


def test_each_server_has_its_own_token() -> None:
    assert len({Settings().token for _ in range(5)}) == 5
    assert Settings().token not in repr(Settings())


# Host and origin


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST:8765", "[::1]:8765"])
def test_the_hosts_that_are_ours(host: str) -> None:
    with page_client(Settings()) as client:
        assert client.get(PAGE, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["ailleurs.exemple:8765", "127.0.0.1", "127.0.0.1:80", "127.0.0.1.ailleurs.exemple:8765", "localhost", ""]
)
def test_another_host_is_refused_even_with_the_token(host: str) -> None:
    with page_client(Settings()) as client:
        refused = client.get("/api/openapi.json", headers={"Host": host})
    assert (refused.status_code, refused.json()["code"]) == (403, "page-hote")


@pytest.mark.parametrize(
    "origin", ["https://ailleurs.exemple", "null", "http://127.0.0.1:9999", "https://127.0.0.1:8765", "http://localhost:8765"]
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_of_another_origin_is_refused(origin: str, method: str) -> None:
    with page_client(Settings()) as client:
        refused = client.request(method, "/api/openapi.json", headers={"Origin": origin})
    assert (refused.status_code, refused.json()["code"]) == (403, "page-origine")


def test_a_form_of_another_site_is_refused_though_it_names_no_origin() -> None:
    with page_client(Settings()) as client:
        assert client.post("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert client.post("/", headers={"Sec-Fetch-Site": "same-site"}).status_code == 403


def test_our_own_origin_is_accepted() -> None:
    with page_client(Settings()) as client:
        assert client.get(PAGE, headers={"Origin": "http://127.0.0.1:8765"}).status_code == 200


# The proxy


def test_the_proxy_names_the_user() -> None:
    with page_client(PROXY) as client:
        assert "zoé" in client.get(PAGE, headers={"X-Forwarded-User": "zoé".encode()}).text


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("127.0.0.1", []),
        ("127.0.0.1", [("X-Forwarded-User", "")]),
        ("127.0.0.1", [("X-Forwarded-User", "  ")]),
        ("127.0.0.1", [("X-Forwarded-User", "bob"), ("X-Forwarded-User", "alice")]),
        ("127.0.0.1", [("X-Forwarded-User", "x" * 201)]),
        ("127.0.0.1", [("X-Forwarded-User", "al\tice")]),
        ("192.0.2.9", [("X-Forwarded-User", "alice")]),
        ("192.0.2.9", [("X-Forwarded-User", "alice"), ("X-Forwarded-For", "127.0.0.1")]),
        ("192.0.2.9", [("X-Forwarded-User", "alice"), ("X-Real-IP", "127.0.0.1"), ("Forwarded", "for=127.0.0.1")]),
        ("", [("X-Forwarded-User", "alice")]),
    ],
)
def test_nobody_enters_around_the_proxy(peer: str, headers: list[tuple[str, str]]) -> None:
    with page_client(PROXY, peer) as client:
        refused = client.get("/api/openapi.json", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "page-utilisateur")


def test_behind_a_proxy_the_token_opens_nothing() -> None:
    with page_client(PROXY) as client:
        assert client.get(f"{PAGE}?jeton={PROXY.token}").status_code == 403
        assert client.get(PAGE, headers={"Authorization": f"Bearer {PROXY.token}"}).status_code == 403


def test_the_proxy_s_address_may_be_written_as_ipv6() -> None:
    with page_client(PROXY, "::ffff:127.0.0.1", **{"X-Forwarded-User": "bob"}) as client:
        assert client.get(PAGE).status_code == 200


def test_the_public_address_is_the_one_served() -> None:
    user = {"X-Forwarded-User": "bob"}
    with page_client(PUBLIC, "10.0.0.7", **user) as client:
        assert client.get(PAGE).status_code == 200
        assert client.get(PAGE, headers={"Origin": "https://segur.exemple.fr"}).status_code == 200
        assert client.get(PAGE, headers={"Origin": "http://segur.exemple.fr"}).status_code == 403
        assert client.get(PAGE, headers={"Host": "127.0.0.1:8765"}).status_code == 403


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"host": "0.0.0.0"}, "page-sans-proxy"),  # noqa: S104 — it is refused
        ({"host": "192.168.1.10"}, "page-sans-proxy"),
        ({"user_header": "X-Forwarded-User"}, "page-proxy-incomplet"),
        ({"proxy": "127.0.0.1"}, "page-proxy-incomplet"),
        ({"user_header": "X-User", "proxy": "proxy.exemple"}, "page-proxy-adresse"),
        ({"public_address": "segur.exemple.fr"}, "page-adresse"),
        ({"public_address": "https://segur.exemple.fr/mdv"}, "page-adresse"),
        ({"public_address": "https://moi:secret@segur.exemple.fr"}, "page-adresse"),
        ({"public_address": "https://segur.exemple.fr:port"}, "page-adresse"),
    ],
)
def test_settings_that_would_let_anybody_in_are_refused(asked: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        Settings(**asked)  # type: ignore[arg-type]
    assert caught.value.code == code


# Every answer


@pytest.mark.parametrize(
    "path", [PAGE, "/api/openapi.json", "/rien", "/static/style.css", "/static/", "/static/absent.js"]
)
def test_every_answer_bears_the_headers_that_protect_it(path: str) -> None:
    with page_client(Settings()) as client:
        headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static/") else "no-store")


def test_there_is_no_list_of_a_folder_and_no_way_out_of_it() -> None:
    with page_client(Settings()) as client:
        assert client.get("/static/style.css").status_code == 200
        for path in (
            "/static",
            "/static/",
            "/static/%2e%2e/base.html",
            "/static/..%2fbase.html",
            "/static//etc/passwd",
        ):
            assert client.get(path).status_code == 404, path


def test_what_is_not_there_is_told_as_a_page_and_as_a_problem() -> None:
    with page_client(Settings()) as client:
        page, problem, method = client.get("/rien"), client.get("/api/rien"), client.delete(PAGE)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert problem.json()["code"] == "page-introuvable"
    assert method.json()["code"] == "page-methode"
