"""What the server does by itself: it loads what the first workbook will need, and deletes what was kept long enough."""

import asyncio
import datetime
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from converter.checking.options import Options
from converter.findings import Refusal
from converter.web.work import Work

_BETWEEN = 3600.0  # seconds
_ROW = {"refCommande": "BC-1", "commandePour": "LIBERAL", "dateCommande": "04/11/2022", "montantSegurHT": "1075.00"}


async def keep_up(work: Work, *expire: Callable[[datetime.datetime], None]) -> None:
    """Delete what was kept long enough, now and each hour, until it is cancelled; each of `expire` gets the time."""
    while True:
        for one in expire:
            with suppress(Refusal):  # a folder that cannot be written: whoever sends something will learn it
                await work.run(partial(one, datetime.datetime.now().astimezone()))
        await asyncio.sleep(_BETWEEN)


def warm_up(settled: Callable[[], None]) -> None:
    """Judge an invented workbook once, so that nobody waits for libraries to be loaded; then call `settled`."""
    from converter.runs.review import read, review  # loads pandas and pandera, which takes a second
    from converter.runs.submitted import Submitted
    from converter.views.template import RowToWrite, write_filled

    with tempfile.TemporaryDirectory() as folder, suppress(Refusal):
        path = Path(folder) / "modele.xlsx"
        write_filled(path, {"numeroAns": "0123456789"}, [RowToWrite(_ROW)])
        submitted, options = Submitted(path.name, path.read_bytes()), Options(out=Path(folder))
        review(read(submitted, options), submitted, options, {})
    settled()
