"""Workbooks read in a thread, while the main one imports pandas, or examines the workbook before.

The reader (calamine) lets Python go on meanwhile, so that both processors are at work.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from converter.workbook import Classeur, read_workbook

Reader = Callable[[Path], Classeur]


@contextmanager
def reading_ahead(workbooks: Sequence[Path], *, documents: bool) -> Iterator[Reader]:
    """What gives each of these workbooks, once, or raises the Refusal of `read_workbook`."""
    pool = ThreadPoolExecutor(max_workers=1)
    reads = {path: pool.submit(read_workbook, path, documents=documents) for path in workbooks}
    try:
        yield lambda path: reads.pop(path).result()
    finally:
        pool.shutdown(cancel_futures=True)
