"""Runs over several days as their users make them: a folder of workbooks and documents, the portal's answers, days."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conftest import DAY, Run, command
from samples.documents import document
from workbooks import SUPPLIER, Cell, Row, write_workbook

NEXT_DAY = "2026-11-23"
ANS = "0123456789"
Answer = tuple[str | None, str, str]
"""numeroASP, codeTraitement, libelleTraitement."""


def file_name(number: int, day: str = DAY, ans: str = ANS) -> str:
    return f"JSON-{ans}-{day.replace('-', '')}-{number:03d}.json"


def accepted(asp: str) -> Answer:
    return asp, "0000", "Demande acceptée"


def refused(wording: str = "RPPS inconnu", code: str = "1042") -> Answer:
    return None, code, wording


class Office:
    """One publisher's folder: its workbook, its `pieces`, its `out`; each method is one command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.pieces = folder / "pieces"
        self.ledger = self.out / "registre.sqlite3"

    def workbook(
        self, rows: Iterable[Row], name: str = "commandes", supplier: Mapping[str, Cell] = SUPPLIER, **layout: Any
    ) -> Path:
        return write_workbook(self.folder / f"{name}.xlsx", rows, supplier=supplier, **layout)

    def document(self, name: str, like: str = "") -> str:
        """A document of `pieces`, with the content of the one called `like`."""
        self.pieces.mkdir(parents=True, exist_ok=True)
        (self.pieces / name).write_bytes(document(like or name))
        return name

    def convert(
        self,
        *inputs: Path | Iterable[Row],
        day: str = DAY,
        supplier: Mapping[str, Cell] = SUPPLIER,
        documents: bool = False,
        options: Iterable[object] = (),
        does: str = "convert",
    ) -> Run:
        paths = [
            one if isinstance(one, Path) else self.workbook(one, f"commandes{rank}", supplier)
            for rank, one in enumerate(inputs)
        ]
        words = [] if documents else ["--no-attachments"]
        return command(does, *paths, "--out", self.out, "--date", day, *words, *options)

    def emitted(self, name: str) -> Path:
        """A JSON file of `out`, wherever its lot is."""
        (found,) = self.out.rglob(name)
        return found

    def handed_back(self, name: str, answers: Mapping[str, Answer], **header: str) -> Path:
        """The file as the portal hands it back, in another layout: an answer for each numeroEditeur named."""
        file = json.loads(self.emitted(name).read_bytes()) | header
        for one in file["lignesImport"]:
            if one["numeroEditeur"] in answers:
                asp, code, wording = answers[one["numeroEditeur"]]
                one |= {"numeroASP": asp, "codeTraitement": code, "libelleTraitement": wording}
        return self.write_back(name, file)

    def write_back(self, name: str, file: Mapping[str, Any]) -> Path:
        path = self.folder / "rendus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
        return path

    def answer(self, name: str, answers: Mapping[str, Answer]) -> Run:
        return self.take_back(self.handed_back(name, answers))

    def take_back(self, *files: Path) -> Run:
        return command("return", *files, "--out", self.out)

    def void(self, name: str) -> Run:
        return command("void", name, "--out", self.out)

    def reject(self, name: str, reason: str = "Structure non conforme") -> Run:
        return command("return", "--rejected", name, "--reason", reason, "--out", self.out)

    def states(self) -> dict[str, tuple[str, str, str]]:
        """numeroEditeur → refCommande, state, numeroASP."""
        return {
            one["numeroEditeur"]: (one["refCommande"] or "", one["state"], one["numeroASP"] or "")
            for one in command("status", "--out", self.out).document["requests"]
        }


def numbers(run: Run) -> list[str]:
    return [request["numeroEditeur"] for request in run.requests]


def told(run: Run, code: str) -> list[str]:
    """What is said under this code, with plain spaces: message and remedy."""
    found = [one for one in run.document["findings"] if one["code"] == code]
    return [plain(f"{one['message']} {one['remedy']}") for one in found]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")
