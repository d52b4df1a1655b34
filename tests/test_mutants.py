"""The mutants of a module: which changes are tried, and on which modules."""

import ast
from pathlib import Path

import pytest

from tests.mutants.changes import mutants
from tests.mutants.known import TESTS

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
