"""No request leaves without a row that a reader would take for a part of it, whatever was forgotten or mistyped.

Sheets of orders are drawn; on some rows the reference is dropped, or mistyped by one slip of the keyboard; orders are
put in another order. Whatever leaves must be a whole order, as it was before.
"""

import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conftest import DAY, Run, beneficiaries, command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from workbooks import Cell, Row, group, mandate, solo, structure, write_workbook

SOME = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # each example is a whole run: shrinking one would take minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
BUILDS: list[Callable[..., list[Row]]] = [solo, group, mandate, structure]
OWN = {"nomMedecin", "emailMedecin", "telephoneMedecin", "RPPS", "FINESSGeo"}
NAMES: list[Callable[[int], Cell]] = [
    lambda rank: f"BC-{rank:04d}",
    lambda rank: f"2026/CMD/{rank}",
    lambda rank: f"Commande n° {100 + rank}",
    lambda rank: 52_000 + rank,
]


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it was meant: its rows, with their reference."""

    reference: Cell
    rows: Sequence[Row]

    @property
    def beneficiaries(self) -> list[str]:
        return [str(row.get("RPPS") or row["FINESSGeo"]) for row in self.rows]


@st.composite
def orders(draw: st.DrawFn, *, repeated: bool) -> list[Order]:
    """Two to six orders of one to four beneficiaries; `repeated`: each row says everything of its order."""
    name = draw(st.sampled_from(NAMES))
    made = []
    for rank in range(1, draw(st.integers(2, 6)) + 1):
        build, first = draw(st.sampled_from(BUILDS)), 10 * rank
        rows = build(name(rank), first, montantSegurHT=f"{1000 + 10 * rank}.00")
        if build is not solo:
            rows += [{**rows[1], **_another(rows[1], first + more)} for more in range(2, draw(st.integers(2, 4)))]
        if repeated:
            rows = [{**rows[0], **dict.fromkeys(OWN), **row} for row in rows]
        made.append(Order(name(rank), rows))
    return made


def _another(row: Row, rank: int) -> Row:
    """The columns of another beneficiary of the same sort."""
    other = structure("", rank)[0] if "FINESSGeo" in row else solo("", rank)[0]
    return {tag: other[tag] for tag in row if tag in OWN}


def slips(reference: Cell) -> st.SearchStrategy[Cell]:
    """The same reference with one slip of the keyboard, or with what the eye passes over."""
    text = str(reference)
    places = [place for place, one in enumerate(text) if one.isalnum()]
    place = st.sampled_from(places)
    return st.one_of(
        place.map(lambda at: text[:at] + text[at + 1 :]),
        place.map(lambda at: text[:at] + text[at] + text[at:]),
        st.tuples(place, st.sampled_from("7XZ")).map(lambda pair: text[: pair[0]] + pair[1] + text[pair[0] + 1 :]),
        place.filter(lambda at: at + 1 < len(text)).map(
            lambda at: text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        ),
        st.just(text.replace("0", "O")),
        st.just(text.lower().replace("-", " ").replace("/", "-")),
        st.just(f"00{text}"),
    )


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[list[Order], list[Row], set[str]]:
    """Orders, the sheet that was made of them, and the beneficiaries of those of which a row was spoilt.

    A row that still says everything of an order is one, whatever its reference: only where values stand once is a
    reference mistyped. A row without a reference belongs where it stands: orders may move, their rows may not.
    """
    repeated, dropped = draw(st.booleans()), draw(st.booleans())
    made = draw(orders(repeated=repeated))
    known = {str(order.reference) for order in made}
    blocks, touched = [], set()
    for order in made:
        rows = [dict(row) for row in order.rows]
        if len(rows) > 1 and draw(st.booleans()):
            least = 0 if dropped and len(rows) > 2 else 1
            at = draw(st.integers(least, len(rows) - 1))
            if dropped and not (repeated and len(rows) < 3):
                rows[at]["refCommande"] = None
                touched.update(order.beneficiaries)
            elif not repeated:
                rows[at or 1]["refCommande"] = draw(slips(order.reference).filter(lambda slip: slip not in known))
                touched.update(order.beneficiaries)
        blocks.append(rows)
    blocks = draw(st.permutations(blocks))
    sheet = [row for block in blocks for row in block]
    if not any(row.get("refCommande") is None for row in sheet) and draw(st.booleans()):
        sheet = draw(st.permutations(sheet))
    return made, sheet, touched


def converted(rows: Sequence[Row]) -> tuple[Run, list[list[str]]]:
    with tempfile.TemporaryDirectory() as folder:
        path = write_workbook(Path(folder) / "a.xlsx", rows)
        run = command("convert", path, "--out", Path(folder) / "out", "--date", DAY, "--no-attachments")
        return run, [beneficiaries(request) for request in run.requests]


@SOME
@given(spoilt())
def test_what_leaves_is_whole(drawn: tuple[list[Order], list[Row], set[str]]) -> None:
    made, sheet, touched = drawn
    run, leaving = converted(sheet)
    whole = {frozenset(order.beneficiaries) for order in made}
    assert [one for one in leaving if frozenset(one) not in whole] == [], run.told
    assert [one for one in leaving if touched.intersection(one)] == [], run.told
    assert run.status == (1 if touched else 0)


@SOME
@given(st.booleans().flatmap(lambda repeated: orders(repeated=repeated)), st.randoms(use_true_random=False))
def test_whole_orders_leave_in_any_order(made: list[Order], draw: random.Random) -> None:
    sheet = [row for order in made for row in order.rows]
    draw.shuffle(sheet)
    run, leaving = converted(sheet)
    assert (run.status, [told for told in run.told if told[1] != "correction"]) == (0, [])
    assert sorted(map(sorted, leaving)) == sorted(sorted(order.beneficiaries) for order in made)
