"""The mutants of a module: its text with one operator, constant or comparison changed, one at a time.

Only the place of the change is known by its syntax tree: the rest of the text stays as it is, lines included.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: (r"<", "<="),
    ast.LtE: (r"<=", "<"),
    ast.Gt: (r">", ">="),
    ast.GtE: (r">=", ">"),
    ast.Eq: (r"==", "!="),
    ast.NotEq: (r"!=", "=="),
    ast.In: (r"\bin\b", "not in"),
    ast.NotIn: (r"\bnot\s+in\b", "in"),
    ast.Is: (r"\bis\b", "is not"),
    ast.IsNot: (r"\bis\s+not\b", "is"),
}
_OPERATORS: dict[type[ast.operator] | type[ast.boolop], tuple[str, str]] = {
    ast.And: (r"\band\b", "or"),
    ast.Or: (r"\bor\b", "and"),
    ast.Add: (r"\+", "-"),
    ast.Sub: (r"-", "+"),
    ast.Mult: (r"\*", "+"),
    ast.Div: (r"/", "*"),
    ast.FloorDiv: (r"//", "*"),
    ast.Mod: (r"%", "*"),
    ast.Pow: (r"\*\*", "*"),
    ast.BitOr: (r"\|", "&"),
    ast.BitAnd: (r"&", "|"),
}
_CALLS = {
    "fullmatch": "match",
    "match": "fullmatch",
    "search": "match",
    "startswith": "endswith",
    "endswith": "startswith",
    "upper": "lower",
    "lower": "upper",
    "strip": "lstrip",
    "find": "rfind",
    "rfind": "find",
    "partition": "rpartition",
    "rpartition": "partition",
    "any": "all",
    "all": "any",
    "min": "max",
    "max": "min",
}
_NO_CODE = ("annotation", "returns", "decorator_list")  # a cache's size, a frozen class: not what is decided
_LOOKS = {"(?=": "(?!", "(?!": "(?=", "(?<=": "(?<!", "(?<!": "(?<="}
_RAW = re.compile(r"[rR][fFbB]?['\"]|[fFbB][rR]['\"]")
_REGEX_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:<?[=!]|:|P<\w+>)|\{+[^}]*\}+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: `before`, in `text` (that of the line, for people), becomes `after`; `source` is the whole module."""

    line: int
    text: str
    before: str
    after: str
    source: bytes

    @property
    def shown(self) -> str:
        """The line, and what it becomes."""
        return f"{self.text}\n      {self.before} → {self.after or '(rien)'}"


def mutants(source: bytes) -> Iterator[Mutant]:
    """Every mutant of a module, from its first line to its last."""
    starts = [0]
    for whole in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(whole))
    for start, end, after in sorted(set(_Changes(source, starts).of(ast.parse(source)))):
        line = source.count(b"\n", 0, start) + 1
        text = source[starts[line - 1] : starts[line]].decode().strip()
        changed = source[:start] + after.encode() + source[end:]
        yield Mutant(line, text, source[start:end].decode(), after, changed)


Change = tuple[int, int, str]
"""The bytes from the first to the second are replaced by the text."""


class _Changes:
    """The changes of one module."""

    def __init__(self, source: bytes, starts: list[int]) -> None:
        self._source = source
        self._starts = starts

    def of(self, node: ast.AST) -> Iterator[Change]:
        """Those of a node and of all that it holds, where they can show."""
        yield from self._here(node)
        for name, value in ast.iter_fields(node):
            if name in _NO_CODE or isinstance(node, ast.JoinedStr):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not _never_shows(child):
                    yield from self.of(child)

    def _here(self, node: ast.AST) -> Iterator[Change]:
        yield from self._operators(node)
        match node:
            case ast.If() | ast.IfExp() | ast.While():
                yield from self._condition(node.test)
            case ast.comprehension():
                for condition in node.ifs:
                    yield from self._condition(condition)
            case ast.Call():
                yield from self._call(node)
            case ast.Constant():
                yield from self._constant(node)
            case ast.JoinedStr() if self._raw(node):
                yield from self._regex(node)

    def _operators(self, node: ast.AST) -> Iterator[Change]:
        match node:
            case ast.Compare():
                operands = [node.left, *node.comparators]
                for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
                    yield from self._between(left, right, *_COMPARISONS[type(operator)])
            case ast.BoolOp():
                for left, right in zip(node.values, node.values[1:], strict=False):
                    yield from self._between(left, right, *_OPERATORS[type(node.op)])
            case ast.BinOp() if type(node.op) in _OPERATORS:
                yield from self._between(node.left, node.right, *_OPERATORS[type(node.op)])
            case ast.UnaryOp(op=ast.Not() | ast.USub()):
                start = self._start(node)
                yield start, start + (3 if isinstance(node.op, ast.Not) else 1), ""

    def _condition(self, test: ast.expr) -> Iterator[Change]:
        """The other way round, where no operator of its own is to be changed."""
        if isinstance(test, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr):
            start, end = self._start(test), self._end(test)
            yield start, end, f"(not ({self._source[start:end].decode()}))"

    def _call(self, node: ast.Call) -> Iterator[Change]:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name in _CALLS:
            end = self._end(function)
            yield end - len(name), end, _CALLS[name]
        of_re = (
            isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "re"
        )
        if of_re and node.args and isinstance(node.args[0], ast.Constant) and not self._raw(node.args[0]):
            yield from self._regex(node.args[0])

    def _constant(self, node: ast.Constant) -> Iterator[Change]:
        start, end = self._start(node), self._end(node)
        match node.value:
            case bool():
                yield start, end, str(not node.value)
            case int() | float():
                yield start, end, str(node.value + 1)
            case str() | bytes():
                literal = self._source[start:end].decode()
                yield start, end, f'({literal} {"b" if isinstance(node.value, bytes) else ""}"XX")'
                if self._raw(node):
                    yield from self._regex(node)

    def _raw(self, node: ast.expr) -> bool:
        """Whether it is a raw text: a pattern, or a part of one."""
        return _RAW.match(self._source[self._start(node) : self._end(node)].decode()) is not None

    def _regex(self, node: ast.Constant | ast.JoinedStr) -> Iterator[Change]:
        """A pattern without one of its quantifiers or anchors, or with one bound or negation changed."""
        start = self._start(node)
        literal = self._source[start : self._end(node)].decode()
        for part in _REGEX_PART.finditer(literal):
            at = start + len(literal[: part.start()].encode())
            for before, after in _regex_changes(part[0]):
                offset = at + len(part[0][: part[0].find(before)].encode())
                yield offset, offset + len(before.encode()), after

    def _between(self, left: ast.expr, right: ast.expr, token: str, after: str) -> Iterator[Change]:
        start, end = self._end(left), self._start(right)
        if found := re.search(token, self._source[start:end].decode()):
            yield start + found.start(), start + found.end(), after

    def _start(self, node: ast.expr) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.expr) -> int:
        return self._starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)


def _never_shows(node: ast.AST) -> bool:
    """A docstring; the promise that two sequences are as long."""
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return docstring or (isinstance(node, ast.keyword) and node.arg == "strict")


def _regex_changes(part: str) -> Iterator[tuple[str, str]]:
    if part in ("?", "*", "+", "^", "$"):
        yield part, ""
    elif part.startswith("[^"):
        yield "[^", "["
    elif part in _LOOKS:
        yield part, _LOOKS[part]
    elif bounds := re.fullmatch(r"\{+(\d*),?(\d*)\}+", part):
        for bound in filter(None, dict.fromkeys(bounds.groups())):
            yield bound, str(int(bound) + 1)
