"""The site of docs/page-web.md, served by a real nginx: who its visitors are, and that none takes another name."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from web_server import free_port, running

PAGE = (Path(__file__).parents[1] / "docs" / "page-web.md").read_text("utf-8")
PASSWORDS = "alice:{PLAIN}lapin\nzoe:{PLAIN}lapin\n"
HOST = "segur.exemple.fr"


def block(language: str) -> str:
    """The block of the page in this language."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.S)
    assert found is not None
    return found[1]


def options() -> list[str]:
    """The options of the service, but the folder and the port."""
    line = re.search(r"^ExecStart=\S+ web (.*)$", block("ini"), re.M)
    assert line is not None
    return re.sub(r"--(port|out) \S+ ?|--no-browser ", "", line[1]).split()


@dataclass(frozen=True, slots=True)
class Site:
    """The port of nginx, and that of the server behind it."""

    port: int
    behind: int

    def get(self, path: str, *, behind: bool = False, user: str = "", **headers: str) -> httpx2.Response:
        """What a visitor gets, through nginx or around it."""
        url = f"http://127.0.0.1:{self.behind if behind else self.port}{path}"
        auth = (user, "lapin") if user else None
        return httpx2.get(url, auth=auth, headers={"Host": HOST, **headers}, trust_env=False)


@contextmanager
def nginx(folder: Path, server: str) -> Iterator[None]:
    """An nginx of ours with this site, from its start to its end."""
    (folder / "passwords").write_text(PASSWORDS)
    folder.chmod(0o755)
    paths = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/errors;\nevents {{}}\nhttp {{ {paths}\n{server}\n}}\n"
    )
    process = subprocess.Popen(["nginx", "-c", folder / "nginx.conf", "-e", folder / "errors"])
    try:
        for _ in range(100):
            if (folder / "pid").exists():
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The page as docs/page-web.md would have it served."""
    folder = tmp_path_factory.mktemp("nginx")
    port, behind = free_port(), free_port()
    with running(folder / "out", *options(), port=behind) as page:
        assert page.address == f"https://{HOST}/"
        text = block("nginx").replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
        text = re.sub(r"^ +ssl_\S+ .*\n", "", text, flags=re.M)
        text = text.replace("/etc/nginx/segur.htpasswd", str(folder / "passwords"))
        with nginx(folder, text.replace("127.0.0.1:8765", f"127.0.0.1:{behind}")):
            yield Site(port, behind)


pytestmark = pytest.mark.proxy


def test_a_visitor_who_is_known_enters_under_their_name(served: Site) -> None:
    page = served.get("/api/docs", user="zoe")
    assert (page.status_code, '<p class="who">zoe</p>' in page.text) == (200, True)
    assert served.get("/api/docs").status_code == 401  # nginx's own


def test_nobody_takes_another_name(served: Site) -> None:
    for name in ("X-Forwarded-User", "x-forwarded-user"):
        page = served.get("/api/docs", user="zoe", **{name: "alice"})
        assert '<p class="who">zoe</p>' in page.text


def test_around_nginx_nobody_enters_without_a_name(served: Site) -> None:
    assert served.get("/api/docs", behind=True).status_code == 403


def test_another_host_or_origin_is_refused_through_nginx_too(served: Site) -> None:
    assert served.get("/api/docs", user="zoe", Host="ailleurs.exemple").status_code == 403
    assert served.get("/api/docs", user="zoe", Origin="https://ailleurs.exemple").status_code == 403
    assert served.get("/api/docs", user="zoe", Origin=f"https://{HOST}").status_code == 200


def test_the_service_is_one_that_systemd_accepts(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    assert verify is not None
    text = block("ini").replace("/opt/converter/.venv/bin/converter", "/bin/true").replace("User=converter\n", "")
    unit = tmp_path / "converter.service"
    unit.write_text(text)
    told = subprocess.run([verify, "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    assert [line for line in told.stderr.splitlines() if "converter.service" in line] == []
