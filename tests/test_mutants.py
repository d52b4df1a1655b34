"""The mutants of a module: which changes are tried, and on which modules."""

import ast
from pathlib import Path

import pytest

from tests.mutants.changes import mutants
from tests.mutants.known import TESTS
from tests.mutants.lines import Seen

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("a < b <= c", ["a <= b <= c", "a < b < c"]),
        ("a == b", ["a != b"]),
        ("a not in b", ["a in b"]),
        ("a is b", ["a is not b"]),
        ("a and not b", ["a or not b", "a and  b"]),
        ("a + b", ["a - b"]),
        ("-a", ["a"]),
        ("a = 3", ["a = 4"]),
        ("a = True", ["a = False"]),
        ("a = 'é'", ["a = ('é' \"XX\")"]),
        ("'é'; a < 1", ["'é'; a <= 1", "'é'; a < 2"]),
        ("b if a else c", ["b if (not (a)) else c"]),
        ("[a for a in b if a]", ["[a for a in b if (not (a))]"]),
        ("a.fullmatch(b)", ["a.match(b)"]),
        ("any(a)", ["all(a)"]),
        ("a: int | None", []),
        ("@dataclass(frozen=True)\nclass A:\n    '''Not 1 < 2.'''", []),
        ("zip(a, b, strict=True)", []),
        (
            "re.sub(r'é?[^a]\\+{2,3}', b)",
            [
                "re.sub((r'é?[^a]\\+{2,3}' \"XX\"), b)",
                "re.sub(r'é[^a]\\+{2,3}', b)",
                "re.sub(r'é?[a]\\+{2,3}', b)",
                "re.sub(r'é?[^a]\\+{3,3}', b)",
                "re.sub(r'é?[^a]\\+{2,4}', b)",
            ],
        ),
        (
            "a = rf'{b}{{1,2}}(?<=c)?'",
            [
                "a = rf'{b}{{2,2}}(?<=c)?'",
                "a = rf'{b}{{1,3}}(?<=c)?'",
                "a = rf'{b}{{1,2}}(?<!c)?'",
                "a = rf'{b}{{1,2}}(?<=c)'",
            ],
        ),
        ("f'{a}?'", []),
    ],
)
def test_one_change_at_a_time(source: str, changed: list[str]) -> None:
    assert [one.source.decode() for one in mutants(source.encode())] == changed


def test_each_module_is_there_and_each_mutant_of_it_is_python() -> None:
    for pattern, tests in TESTS.items():
        paths = list((ROOT / "converter").glob(pattern))
        assert paths
        assert all((ROOT / "tests" / f"{name}.py").is_file() for name in tests)
        for one in (mutant for path in paths for mutant in mutants(path.read_bytes())):
            ast.parse(one.source)


MODULE = """A = 1
def f(a=2):
    if a:
        b = [
            a,
        ]
    else:
        b = a
    return b
"""


@pytest.mark.parametrize(
    ("line", "tests"),
    [
        (1, ["t.py::one", "t.py::other", "t.py::both"]),  # at import
        (2, ["t.py::one", "t.py::other", "t.py::both"]),
        (3, ["t.py::one", "t.py::other", "t.py::both"]),
        (5, ["t.py::one", "t.py::both"]),
        (8, ["t.py::other", "t.py::both"]),
    ],
)
def test_a_mutant_is_shown_to_the_tests_that_execute_its_statement(line: int, tests: list[str]) -> None:
    lines = {"t.py::one": {3, 4, 9}, "t.py::other": {3, 8, 9}, "t.py::both": {3, 4, 8, 9}, "t.py::none": set()}
    seen = Seen(
        {test: {("m.py", one) for one in of_test} for test, of_test in lines.items()}, dict.fromkeys(lines, 0.0)
    )
    assert seen.chosen(Path("m.py"), MODULE.encode(), line) == tests


def test_quick_tests_come_first_file_by_file_with_their_fixtures() -> None:
    seconds = {"a.py": 1.0, "a.py::1": 0.01, "a.py::2": 3.0, "b.py::1": 0.02, "a.py::3": 0.01, "b.py::2": 2.0}
    seen = Seen({test: set() for test in seconds if "::" in test}, seconds)
    assert seen.tests == ["b.py::1", "a.py::1", "a.py::3", "b.py::2", "a.py::2"]
