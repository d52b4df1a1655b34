"""The workbook that `status --xlsx` writes: every request, and the columns in which people write decisions."""

from collections.abc import Sequence
from pathlib import Path

from converter.findings.french import tidy
from converter.format.user_files import REQUESTS_SHEET
from converter.ledger.files import write_new
from converter.ledger.model import ListedRequest
from converter.portal.followup_columns import TO_FILL, WORDS, FollowUp
from converter.views.table_workbook import Column, Format, Value, table_workbook

_FORMATS = {
    FollowUp.AMOUNT: Format.AMOUNT,
    FollowUp.ADVANCE: Format.AMOUNT,
    FollowUp.LINE: Format.NUMBER,
    FollowUp.DAY: Format.DAY,
    FollowUp.DECIDED: Format.DAY,
    FollowUp.RECEIVED: Format.AMOUNT,
    FollowUp.DIFFERENCE: Format.AMOUNT,
    FollowUp.DECISION_DAY: Format.DAY,
    FollowUp.PAID: Format.AMOUNT,
}
_COLUMNS = [
    Column(
        header.value,
        _FORMATS.get(header, Format.TEXT),
        to_fill=header in TO_FILL,
        choices=list(WORDS) if header is FollowUp.DECISION else (),
    )
    for header in FollowUp
]


def write_followup(requests: Sequence[ListedRequest], path: Path) -> None:
    """Write it as a new workbook; Refusal if `path` exists or cannot be written."""
    write_new(path, followup_workbook(requests))


def followup_workbook(requests: Sequence[ListedRequest]) -> bytes:
    """Its bytes."""
    return table_workbook(REQUESTS_SHEET, _COLUMNS, [_row(one) for one in requests])


def _row(one: ListedRequest) -> tuple[Value, ...]:
    return (
        one.numeroEditeur, one.key.numeroAns, tidy(one.key.refCommande), one.state.value, one.montantSegurHT,
        one.advance, one.file, one.numLigne, one.day, tidy(one.numeroASP), tidy(one.refusal), one.decided, one.paid,
        one.difference or None, tidy(one.reason), None, None, None, None,
    )  # fmt: skip
