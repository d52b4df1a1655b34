"""A short moment of random use; an hour of it is `python -m tests.soak`."""

import random
from pathlib import Path

from soak import faults, level, use
from web_server import running


def test_random_use_leaves_memory_and_disk_where_they_were(tmp_path: Path) -> None:
    out, chance = tmp_path / "out", random.Random(7)  # noqa: S311 — the same use each time
    with running(out) as server:
        list(use(server, tmp_path, 8, chance))
        before = level(server, out / "web")
        list(use(server, tmp_path, 8, chance))
        assert faults(before, level(server, out / "web")) == []
