"""Which tests execute which lines of the modules: a mutant is shown first to those that execute what it changes."""

import ast
import pickle
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

_QUICK = 0.05  # seconds, traced
Line = tuple[str, int]
"""The file and the number of a line."""


@dataclass(slots=True)
class Seen:
    """What the tests did on the code as it is.

    `lines`: those that each test executes; `seconds`: of processor time that each takes, and the fixtures of a file.
    """

    lines: dict[str, set[Line]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def kept(cls, path: Path) -> "Seen":
        """What `keep` wrote, in another process."""
        return cls(*pickle.loads(path.read_bytes()))  # noqa: S301 — written by this very program

    def keep(self, path: Path) -> None:
        path.write_bytes(pickle.dumps((self.lines, self.seconds)))

    @property
    def tests(self) -> list[str]:
        """All of them, those of the quickest file first."""
        return self._in_order(self.lines)

    def chosen(self, path: Path, source: bytes, line: int) -> list[str]:
        """The tests that execute the statement of `line`, those of the quickest file first; they keep its order.

        A statement that is executed at import is seen by whoever executes anything of the module.
        """
        statement = _statement(source, line)
        wanted = {(str(path), one) for one in statement} if statement else None
        found = [
            test
            for test, lines in self.lines.items()
            if (not wanted.isdisjoint(lines) if wanted else any(name == str(path) for name, _ in lines))
        ]
        return self._in_order(found)

    def _in_order(self, tests: Iterable[str]) -> list[str]:
        """The quick tests first, those of a file together, for they share its fixtures; then the others one by one."""
        files: dict[str, float] = {}
        for test in filter(self._is_quick, tests):
            files[_file(test)] = files.get(_file(test), self.seconds.get(_file(test), 0.0)) + self.seconds[test]
        costs = {test: files[_file(test)] if self._is_quick(test) else self.seconds[test] for test in tests}
        return sorted(costs, key=lambda test: (not self._is_quick(test), costs[test]))

    def _is_quick(self, test: str) -> bool:
        return self.seconds[test] < _QUICK


class Recorder:
    """A pytest plugin that fills `seen`. What a fixture executes counts for every test of its file."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.seen = Seen()
        self._watched = frozenset(map(str, paths))
        self._now: set[Line] = set()
        self._of_fixtures: dict[str, set[Line]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        _forget()
        file = _file(item.nodeid)
        yield from self._recording(self._of_fixtures.setdefault(file, set()), file)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        yield from self._recording(self.seen.lines.setdefault(item.nodeid, set()), item.nodeid)

    def pytest_sessionfinish(self) -> None:
        for test, lines in self.seen.lines.items():
            lines |= self._of_fixtures.get(_file(test), set())

    def _recording(self, lines: set[Line], name: str) -> Iterator[None]:
        """What is executed from here on goes to `lines`, and the time that it takes to `name`."""
        self._now = lines
        start = time.process_time()
        threading.settrace(self._called)
        sys.settrace(self._called)
        try:
            yield
        finally:
            sys.settrace(None)
            self.seen.seconds[name] = self.seen.seconds.get(name, 0.0) + time.process_time() - start
            threading.settrace(None)  # type: ignore[arg-type]

    def _called(self, frame: FrameType, _event: str, _value: Any) -> Any:
        return self._executed if frame.f_code.co_filename in self._watched else None

    def _executed(self, frame: FrameType, event: str, _value: Any) -> Any:
        if event == "line":
            self._now.add((frame.f_code.co_filename, frame.f_lineno))
        return self._executed


class Chosen:
    """A pytest plugin that keeps these tests alone, in their order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._rank: Mapping[str, int] = {test: rank for rank, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        kept = [one for one in items if one.nodeid in self._rank]
        items[:] = sorted(kept, key=lambda one: self._rank[one.nodeid])


def _file(test: str) -> str:
    return test.partition("::")[0]


def _statement(source: bytes, line: int) -> range | None:
    """The lines of the innermost statement that holds `line`, of its head alone when it holds others; None for a
    statement that is executed at import."""
    found, in_function = None, False
    node: ast.AST = ast.parse(source)
    while inner := next((one for one in _statements(node) if one.lineno <= line <= (one.end_lineno or 0)), None):
        body = getattr(inner, "body", None)
        last = body[0].lineno - 1 if body else inner.end_lineno or 0
        if not in_function and isinstance(inner, ast.FunctionDef) and line <= last:
            return None  # a default value
        in_function = in_function or isinstance(inner, ast.FunctionDef)
        found, node = range(inner.lineno, max(last, inner.lineno) + 1), inner
    return found if in_function else None


def _statements(node: ast.AST) -> Iterator[Any]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.match_case | ast.ExceptHandler):
            yield from child.body


def _forget() -> None:
    """Empty the caches of functions, so that each test executes what it asks."""
    for name, module in list(sys.modules.items()):
        if name.startswith("converter."):
            for one in list(vars(module).values()):
                if hasattr(one, "cache_clear"):
                    one.cache_clear()
