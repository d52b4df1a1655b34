"""`converter web` as a process: its first line, the port, the end by Ctrl-C, what it logs; and what commands import."""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import command
from deposit_office import Office
from web_server import free_port, running
from workbooks import solo

from converter.cli import main


def test_the_first_line_is_the_address_with_its_token_and_ctrl_c_ends_with_0(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        with server.client(Authorization="") as browser:
            assert browser.get("/api/docs").status_code == 401
            landed = browser.get(server.address.replace("/?", "/api/docs?"), follow_redirects=True)
            assert (landed.status_code, str(landed.url)) == (200, f"{server.url}/api/docs")
        assert server.end(signal.SIGINT) == 0
        assert "Traceback" not in server.stderr()


def test_a_service_manager_s_stop_ends_with_0_too(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert server.end(signal.SIGTERM) == 0


def test_what_has_begun_is_finished_before_the_end(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with running(out) as server, server.client() as client, ThreadPoolExecutor(1) as thread:
        office = Office(client, tmp_path, out / "web")
        identifier = office.drop(*(solo(f"BC-{rank}", rank) for rank in range(1, 101)))
        converted = thread.submit(office.convert, identifier)
        time.sleep(0.3)
        assert (server.end(signal.SIGINT), converted.result(30).status_code) == (0, 201)
    assert (out / Path(converted.result().json()["lot"]).name / "rapport.html").is_file()


def test_the_log_holds_the_template_of_the_address_and_nothing_of_it(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        with server.client() as client:
            client.get("/api/docs?q=DUPONT")
            client.get("/demandes-de-DUPONT?q=10001234567")
            client.get("/static/DUPONT.css")
        server.end()
        log = server.stderr()
    assert "GET /api/docs 200" in log
    assert [word for word in ("DUPONT", "10001234567", server.token, "127.0.0.1") if word in log] == []


def test_a_port_that_is_taken_is_told_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path) as server:
        port = server.url.rpartition(":")[2]
        assert main(["web", "--no-browser", "--out", str(tmp_path), "--port", port]) == 2
    assert f"Le port {port} de 127.0.0.1 est déjà pris" in capsys.readouterr().err


REFUSED: Sequence[tuple[Sequence[str], str]] = [
    (("--host", "192.0.2.1"), "Sur l'adresse 192.0.2.1, d'autres que vous pourraient entrer"),
    (("--host", "192.0.2.1", "--utilisateur-entete", "X-User", "--proxy", "127.0.0.1"), "ne peut pas écouter"),
    (("--utilisateur-entete", "X-User"), "vont ensemble"),
    (("--proxy", "127.0.0.1"), "vont ensemble"),
    (("--utilisateur-entete", "X-User", "--proxy", "la-bas"), "n'est pas une adresse IP"),
    (("--adresse", "segur.exemple.fr"), "n'est pas l'adresse d'un site"),
    (("--port", "70000"), "n'est pas un port"),
    (("--conserver", "-1"), "n'est pas un nombre de jours"),
]


@pytest.mark.parametrize(("options", "sentence"), REFUSED)
def test_what_would_be_unsafe_or_impossible_does_not_start(
    tmp_path: Path, options: Sequence[str], sentence: str
) -> None:
    run = command("web", "--no-browser", "--out", tmp_path, "--port", free_port(), *options)
    assert run.status == 2
    assert sentence in run.stderr
    assert run.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_proxy_lets_it_listen_elsewhere_and_the_token_is_not_shown(tmp_path: Path) -> None:
    options = ("--host", "0.0.0.0", "--utilisateur-entete", "X-Forwarded-User", "--proxy", "127.0.0.1")  # noqa: S104
    with running(tmp_path, *options) as server:
        assert server.token == ""
        url = server.url.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        with server.client() as client:
            assert client.get(f"{url}/api/docs").status_code == 403
            assert client.get(f"{url}/api/docs", headers={"X-Forwarded-User": "bob"}).status_code == 200


def test_without_its_packages_the_page_says_how_to_install_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "converter.web.server", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    run = command("web", "--no-browser", "--out", tmp_path)
    assert (run.status, "« uvicorn » manque" in run.stderr.replace("\u00a0", " ")) == (2, True)
    assert 'pip install "converter[web]"' in run.stderr


@pytest.mark.parametrize("words", [["--help"], ["web", "--help"], ["status", "--json"]])
def test_no_command_imports_the_page(tmp_path: Path, words: list[str]) -> None:
    script = (
        "import sys; from converter.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "loaded = [one for one in sys.modules if one.startswith(('fastapi', 'uvicorn', 'converter.web'))]\n"
        "print('LOADED', loaded)"
    )
    ran = subprocess.run([sys.executable, "-c", script, *words], cwd=tmp_path, capture_output=True, text=True,
                         env={"PYTHONPATH": str(Path(__file__).parents[1])}, check=True)  # fmt: skip
    assert ran.stdout.splitlines()[-1] == "LOADED []"
