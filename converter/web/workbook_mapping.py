"""The mapping of a workbook whose headings are not ours: what the page shows of it, and what a person makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from converter.findings import Refusal
from converter.format.user_files import MAPPING, own_stem
from converter.reading.mapping_file import MAX_MAPPING
from converter.runs.suggest_mapping import suggest_mapping
from converter.web.desk import Desk, StoredWorkbook, Upload
from converter.web.judging import Judge, Judged, submitted_of
from converter.web.problems import Problem
from converter.web.users import User

TEXT = "texte"
"""The field of the form in which the mapping is typed."""
_SPARE_LINES = 8
_SHORTEST = 12  # lines of the field


@dataclass(frozen=True, slots=True)
class ShownMapping:
    """A mapping: `content` is its file, as it was given. `kept`: whether it is the workbook's, rather than a first one
    to complete; `used`: whether the workbook was read through it; `refusal`: why it cannot be, or why there is no text,
    "" for none."""

    name: str
    content: bytes
    kept: bool
    used: bool
    refusal: str

    @property
    def text(self) -> str:
        """What is typed in the field."""
        return self.content.decode("utf-8-sig", "replace")

    @property
    def lines(self) -> int:
        """The lines of the field, some to spare."""
        return max(_SHORTEST, self.text.count("\n") + 1 + _SPARE_LINES)


def shown_mapping(judged: Judged) -> ShownMapping:
    """The mapping of a workbook, else a first one, made from its headings."""
    stored = judged.stored
    refused = str(judged.refusal) if judged.workbook is None and judged.refusal else ""
    if stored.mapping:
        content = stored.mapping.path.read_bytes()
        used = bool(judged.workbook and judged.workbook.mapping)
        return ShownMapping(stored.mapping.name, content, kept=True, used=used, refusal=refused)
    try:
        submitted = submitted_of(stored)
        content = suggest_mapping(submitted.path, content=submitted.content).content
    except Refusal as refusal:
        return ShownMapping(_own_name(stored), b"", kept=False, used=False, refusal=str(refusal))
    return ShownMapping(_own_name(stored), content, kept=False, used=False, refusal="")


def typed_mapping(desk: Desk, stored: StoredWorkbook, form: Mapping[str, str], upload: Upload | None) -> Upload | None:
    """The mapping of a form: the file that was chosen, else the text that was typed; None where it has neither.

    Problem 413 for a text that is no mapping's."""
    typed = form.get(TEXT, "").replace("\r\n", "\n")
    if upload or not typed.strip():
        return upload
    content = typed.encode()
    name = stored.mapping.name if stored.mapping else _own_name(stored)
    if len(content) > MAX_MAPPING:
        raise Problem(413, "page-fichier-trop-gros", fichier=name)
    return Upload(name, desk.files.write(content))


def read_through(
    desk: Desk, judge: Judge, user: User, identifier: str, revision: int | None, mapping: Upload | None
) -> Judged:
    """Read a workbook through this mapping from now on, or through none, and judge it. Problem 409 as for `change`."""
    return judge.judge(desk.set_mapping(user, identifier, revision, mapping))


def _own_name(stored: StoredWorkbook) -> str:
    return f"{own_stem(PurePath(stored.name).stem)}{MAPPING}"
