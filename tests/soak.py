"""Random use of a real server for a while: memory and disk are then where they were.

python -m tests.soak --minutes 60        one line a minute, then the verdict; 1 is the exit status of a failure
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent)]

from samples.documents import pdf  # noqa: E402 — our own modules, once they can be found
from web_server import Server, running  # noqa: E402
from workbooks import rows_of, solo, write_workbook  # noqa: E402

WRONG = "1000123456"
_WARM = 60  # acts after which memory has found its level: code, templates and caches are loaded
_MORE = 40  # MiB above that level, which the allocator may keep


@dataclass(frozen=True, slots=True)
class Level:
    """What a server holds: memory in MiB (Linux), files and bytes of what users keep."""

    memory: float
    files: int
    size: int


def use(server: Server, folder: Path, acts: int, chance: random.Random) -> Iterator[int]:
    """Random acts of one person, each workbook deleted in the end; the statuses of 500 and more raise."""
    with server.client() as client:
        for act in range(acts):
            _act(client, folder, chance)
            yield act


def _act(client: Any, folder: Path, chance: random.Random) -> None:
    orders = [solo(f"BC-{rank}", rank, **_fault(chance)) for rank in range(1, chance.randint(2, 30))]
    rows = [{**one, "bonCommande": f"{one['refCommande']}.pdf"} for one in rows_of(*orders)]
    made = write_workbook(folder / "soak.xlsx", rows)
    forms = [
        ("pieces", (str(one["bonCommande"]), pdf(str(one["bonCommande"])))) for one in rows if chance.random() < 0.8
    ]
    answer = client.post("/api/classeurs", files=[("classeurs", (made.name, made.read_bytes())), *forms])
    made.unlink()
    (document,) = answer.json()
    address = f"/api/classeurs/{document['id']}"
    wrong = [one for one in document["findings"] if one["row"] and one["tag"] == "RPPS"]
    for one in wrong[:3]:
        client.patch(f"{address}/cellules", json=[{"row": one["row"], "tag": "RPPS", "value": WRONG[:-1]}])
    pages = ["/demandes", "/a-faire", "/lots", "/aide/codes", "/api/demandes?q=x", "/rien"]
    pages += [f"{address}/{name}" for name in ("annote.xlsx", "corrige.xlsx")]
    pages += [f"/classeurs/{document['id']}{more}" for more in ("", "/convertir")]
    for path in chance.sample(pages, 4):
        found = client.get(path)
        if found.status_code >= 500:
            raise RuntimeError(f"{path.replace(document['id'], 'ID')}: {found.status_code}")
    client.delete(address)


def _fault(chance: random.Random) -> dict[str, Any]:
    return {"RPPS": WRONG} if chance.random() < 0.3 else {}


def level(server: Server, data: Path) -> Level:
    """What the server holds now."""
    files = [path for path in (data / "fichiers").glob("*") if path.is_file()]
    return Level(_memory(server.process.pid), len(files), sum(path.stat().st_size for path in files))


def faults(before: Level, after: Level) -> list[str]:
    """What is no longer where it was."""
    found = []
    if after.memory > before.memory + _MORE:
        found.append(f"mémoire : {before.memory:.0f} Mio, puis {after.memory:.0f}")
    if (after.files, after.size) != (before.files, before.size):
        found.append(f"disque : {before.files} fichiers, puis {after.files}")
    return found


def _memory(pid: int) -> float:
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Use le serveur au hasard un moment.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)  # noqa: S311 — the same use each time
    with tempfile.TemporaryDirectory(prefix="soak-") as name, running(Path(name) / "out") as server:
        folder, data = Path(name), Path(name) / "out" / "web"
        list(use(server, folder, _WARM, chance))
        before, end, told = level(server, data), time.monotonic() + 60 * arguments.minutes, time.monotonic()
        for act in use(server, folder, sys.maxsize, chance):
            if time.monotonic() > end:
                break
            if time.monotonic() > told:
                told += 60
                sys.stdout.write(f"{act} actes, {level(server, data).memory:.0f} Mio\n")
                sys.stdout.flush()
        wrong = faults(before, level(server, data))
    sys.stdout.write("\n".join(wrong or ["mémoire et disque sont où ils étaient"]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
