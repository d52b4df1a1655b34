"""Workbooks read in a thread, while the main one imports the rest, or examines the workbook before.

The reader (calamine) lets Python go on meanwhile, so that both processors are at work.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from converter.reading.mapping import SourceMapping
from converter.reading.workbook import Workbook, read_workbook

Reader = Callable[[Path], Workbook]


@contextmanager
def reading_ahead(
    workbooks: Sequence[Path],
    *,
    documents: bool,
    handed_over: Mapping[Path, bytes],
    mapping_of: Callable[[Path], SourceMapping | None],
) -> Iterator[Reader]:
    """A reader that returns each of these workbooks, once and in their order, or raises the Refusal of `read_workbook`.

    `mapping_of`: how to read one whose headings are not ours; a Refusal of it is one of this workbook.
    Only one is read ahead: a folder of hundreds does not fill the memory.
    """
    pool = ThreadPoolExecutor(max_workers=1)
    waiting = iter(workbooks)
    reads: dict[Path, Future[Workbook]] = {}

    def read_now(path: Path) -> Workbook:
        return read_workbook(path, documents=documents, handed_over=handed_over.get(path), mapping=mapping_of(path))

    def start_next() -> None:
        if path := next(waiting, None):
            reads[path] = pool.submit(read_now, path)

    def read(path: Path) -> Workbook:
        start_next()
        return reads.pop(path).result()

    start_next()
    try:
        yield read
    finally:
        pool.shutdown(cancel_futures=True)
