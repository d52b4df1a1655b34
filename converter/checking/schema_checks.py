"""The pandera checks: one for each value of a column, one across columns, and a limit on the failures they report.

A check bears a code of the catalogue as its name, and computes when pandera calls it. Its `statistics` hold the
severity and the columns that it looks at, for whoever opens the schema.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import filterfalse
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa
from pandera.api.base.checks import CheckResult
from pandera.dtypes import DataType
from pandera.engines import pandas_engine

from converter.findings import Severity, catalogue

Mask = npt.NDArray[np.bool_]
Wrongs = Mapping[str, Mask]
"""For each tag that a rule looks at, the rows on which it is wrong."""
Rule = Callable[[pd.DataFrame], Wrongs]


class Text(pandas_engine.STRING):
    """pandera's `str`, the type of every column: where no cell is of another type, pandera has nothing to lay out."""

    def check(self, pandera_dtype: DataType, data_container: Any = None) -> bool | Iterable[bool]:
        right: Any = super().check(pandera_dtype, data_container)
        return True if np.all(right) else right


@dataclass(slots=True)
class Count:
    """Failures found so far by the checks of one validation, and the most of them that are handed to pandera."""

    most: int
    found: int = 0


_NOTHING = {"", np.nan}
_count: ContextVar[Count | None] = ContextVar("count", default=None)


@contextmanager
def at_most(most: int) -> Iterator[Count]:
    """A context in which checks count their failures, and report none to pandera beyond `most`."""
    count = Count(most)
    before = _count.set(count)
    try:
        yield count
    finally:
        _count.reset(before)


def each(code: str, right: Callable[[str], bool], *, severity: Severity | None = None) -> pa.Check:
    """A check of a column: each distinct value is judged once; an empty cell is not judged."""

    def mask(column: pd.Series) -> pd.Series | bool:
        wrong = set(filterfalse(right, set(column.tolist()) - _NOTHING))
        if not wrong:
            return True  # so that pandera does not look at each cell
        found = column.isin(wrong)
        return ~found if _has_room_for(found.to_numpy(bool)) else True

    return pa.Check(mask, name=code, ignore_na=False, **_about(code, severity, ()))


def across(code: str, tags: Sequence[str], rule: Rule) -> pa.Check:
    """A check of a whole frame: `rule` gives, for each of `tags`, the rows on which it is wrong."""
    return _Across(rule, name=code, **_about(code, None, tags))


class _Across(pa.Check):
    """Gives pandera the wrong cells themselves; given a mask of rows, it would report every cell of a wrong row."""

    def __call__(self, check_obj: pd.DataFrame, column: str | None = None) -> CheckResult:  # noqa: ARG002 — pandera's
        rule: Rule = self._check_fn
        cells = [
            _cells(tag, check_obj[tag], wrong)
            for tag, wrong in rule(check_obj).items()
            if wrong.any() and _has_room_for(wrong)
        ]
        if not cells:
            return CheckResult(True, True, check_obj, None)  # noqa: FBT003
        return CheckResult(False, False, check_obj, pd.concat(cells))  # noqa: FBT003


def _cells(tag: str, column: pd.Series, wrong: Mask) -> pd.DataFrame:
    failing = column[wrong]
    return pd.DataFrame({"column": tag, "index": failing.index, "failure_case": failing.to_numpy(object)})


def _has_room_for(wrong: Mask) -> bool:
    """Count these failures, and return whether all of them are still within the limit."""
    count = _count.get()
    if count is None:
        return True
    count.found += int(wrong.sum())
    return count.found <= count.most


def _about(code: str, severity: Severity | None, tags: Sequence[str]) -> dict[str, Any]:
    """What a reader of the schema sees of the code: its title, its sentence on an example, its severity."""
    entry = catalogue()[code]
    return {
        "title": entry.title,
        "description": entry.message.format_map(entry.example),
        "statistics": {"gravité": str(severity or entry.severity), "balises": tuple(tags)},
    }
