"""A publisher's office for tests: a folder, commands run in it, and a portal that answers what the test says."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from conftest import Run, command
from workbooks import Row, write_workbook

from converter.findings.text import fold
from converter.format.fields import FIELDS

Task = tuple[str, tuple[str, ...]]
"""Kind of a task and the requests that it is about."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """The folder of one publisher: workbooks in it, lots in `out`, what the portal hands back in `retours`."""

    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def ledger(self) -> Path:
        return self.out / "registre.sqlite3"

    def run(self, *words: object) -> Run:
        return command(*words, "--out", self.out)

    def workbook(self, name: str, rows: Iterable[Row]) -> Path:
        path = self.folder / name
        path.unlink(missing_ok=True)
        return write_workbook(path, rows)

    def convert(self, day: str, *workbooks: Path, options: Iterable[object] = ()) -> Run:
        return self.run("convert", *workbooks, "--date", day, "--no-attachments", *options)

    def file(self, name: str) -> Path:
        """A JSON file of ours, wherever its lot is."""
        (path,) = self.out.rglob(name)
        return path

    def answer(
        self,
        name: str,
        refused: Mapping[str, str] | None = None,
        silent: Iterable[str] = (),
        folder: str = "retours",
    ) -> Path:
        """The file as the portal hands it back: every request accepted (numeroASP « MDV-numeroEditeur »), but those
        `refused` (number → wording) and those on which it is `silent`."""
        handed_back = json.loads(self.file(name).read_bytes())
        handed_back["impId"] = "IMP-1"
        for request in handed_back["lignesImport"]:
            number = request["numeroEditeur"]
            if number in set(silent):
                continue
            if wording := (refused or {}).get(number):
                request |= {"codeTraitement": "1042", "libelleTraitement": wording}
            else:
                accepted = {"codeTraitement": "0000", "libelleTraitement": "Demande acceptée"}
                request |= {"numeroASP": f"MDV-{number}", **accepted}
        path = self.folder / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(handed_back, ensure_ascii=False), encoding="utf-8")
        return path

    def states(self) -> dict[str, str]:
        """numeroEditeur → state."""
        return {one["numeroEditeur"]: one["state"] for one in self.run("status").document["requests"]}

    def tasks(self, day: str, *options: object) -> list[Task]:
        """What `status --a-faire` tells, in its order."""
        run = self.run("status", "--a-faire", "--date", day, *options)
        found = [(one["kind"], tuple(one["requests"])) for one in run.document["tasks"]]
        assert run.status == (1 if found else 0)
        return found

    def follow_up(self, name: str, filled: Mapping[str, Mapping[str, Any]]) -> Path:
        """The workbook that `status --xlsx` writes, its columns filled: numeroEditeur → header → value."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        assert self.run("status", "--xlsx", path).status == 0
        book = openpyxl.load_workbook(path)
        sheet = book["Demandes"]
        columns = {cell.value: cell.column for cell in sheet[1]}
        for row in range(2, sheet.max_row + 1):
            for header, value in filled.get(sheet.cell(row, columns["Demande"]).value, {}).items():
                sheet.cell(row, columns[header]).value = value
        book.save(path)
        return path


def correct(path: Path, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Change cells of « Demandes » in place: reference → tag → value, on the rows of that reference."""
    book = openpyxl.load_workbook(path)
    sheet = book["Demandes"]
    tags = {fold(name): one.tag for one in FIELDS for name in one.names}
    header = max(sheet.iter_rows(max_row=10), key=lambda row: sum(fold(str(cell.value)) in tags for cell in row))
    columns = {tags[fold(str(cell.value))]: cell.column for cell in header if fold(str(cell.value)) in tags}
    for row in range(header[0].row + 1, sheet.max_row + 1):
        for tag, value in changes.get(str(sheet.cell(row, columns["refCommande"]).value), {}).items():
            sheet.cell(row, columns[tag]).value = value
    book.save(path)
