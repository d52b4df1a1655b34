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
    mapping: SourceMapping | None,
) -> Iterator[Reader]:
    """A reader that returns each of these workbooks, once and in their order, or raises the Refusal of `read_workbook`.

    `mapping`: how to read those whose headings are not ours.
    Only one is read ahead: a folder of hundreds does not fill the memory.
    """
    pool = ThreadPoolExecutor(max_workers=1)
    waiting = iter(workbooks)
    reads: dict[Path, Future[Workbook]] = {}

    def start_next() -> None:
        if path := next(waiting, None):
            content = handed_over.get(path)
            reads[path] = pool.submit(read_workbook, path, documents=documents, handed_over=content, mapping=mapping)

    def read(path: Path) -> Workbook:
        start_next()
        return reads.pop(path).result()

    start_next()
    try:
        yield read
    finally:
        pool.shutdown(cancel_futures=True)
