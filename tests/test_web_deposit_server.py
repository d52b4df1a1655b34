"""A real server for those who deposit: killed in the middle and started again, asked for one lot by many at once."""

import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
from deposit_office import Office
from web_server import running
from workbooks import solo

REQUESTS = 60


def asked(client: Any, identifier: str) -> Any:
    return client.post("/api/lots", json={"classeurs": [identifier]}, headers={"Idempotency-Key": "le-meme"})


def test_a_server_killed_in_the_middle_and_asked_again_makes_one_lot(tmp_path: Path) -> None:
    """Wherever the kill falls: before the numbers are given, after it, or once all was done."""
    out = tmp_path / "out"
    with running(out) as server, server.client() as client:
        office = Office(client, tmp_path, out / "web")
        identifier = office.drop(*(solo(f"BC-{rank}", rank) for rank in range(1, REQUESTS + 1)))
        warm = office.drop(solo("BC-0", 99))
        office.convert(warm)

        def ask() -> None:
            with suppress(httpx2.HTTPError):
                asked(client, identifier)

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.25)
        server.end(signal.SIGKILL)
        asking.join()
    with running(out) as server, server.client() as client:
        first, second = asked(client, identifier), asked(client, identifier)
        assert (first.status_code, first.json()) == (201, second.json())
        assert first.json()["requests"]["emitted"] == REQUESTS
        found = client.get("/api/demandes", params={"q": "BC"}).json()
        assert found["count"] == REQUESTS + 1
        assert len(client.get("/api/lots").json()["lots"]) == 2


def test_ten_who_ask_at_once_get_one_lot(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with running(out) as server, server.client() as client:
        identifier = Office(client, tmp_path, out / "web").drop(*(solo(f"BC-{rank}", rank) for rank in range(1, 6)))
        answers: list[Any] = []
        asking = [threading.Thread(target=lambda: answers.append(asked(client, identifier))) for _ in range(10)]
        for one in asking:
            one.start()
        for one in asking:
            one.join()
        assert {one.status_code for one in answers} == {201}
        assert len({one.json()["lot"] for one in answers}) == 1
        assert client.get("/api/demandes").json()["count"] == 5
