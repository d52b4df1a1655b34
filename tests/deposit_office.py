"""One person who deposits, at the page by HTTP: converts workbooks that are there, hands answers back.

`data`: the folder of what users keep on that server (`web` beside what the test writes, unless it is another).
"""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

from samples.documents import pdf
from test_sentences import OF_A_TERMINAL
from workbooks import Row, rows_of, write_workbook

from converter.web.desk import Desk, Upload
from converter.web.settings import Settings
from converter.web.users import User


class Office:
    """One person at the page: what they do, by HTTP."""

    def __init__(self, client: Any, folder: Path, data: Path | None = None) -> None:
        self.client = client
        self.folder = folder
        self.desk = Desk(Settings(data=data or folder / "web"))

    def drop(self, *requests: list[Row], name: str = "commandes.xlsx") -> str:
        """A workbook kept by the server with the order form of each request; its identifier."""
        rows = [{"bonCommande": f"{one['refCommande']}.pdf", **one} for one in rows_of(*requests)]
        made = write_workbook(self.folder / "made.xlsx", rows)
        workbook = Upload(name, self.desk.files.write(made.read_bytes()))
        made.unlink()
        forms = [str(one["bonCommande"]) for one in rows]
        documents = {one: Upload(one, self.desk.files.write(pdf(f"{one} {name}"))) for one in forms}
        return self.desk.add_all(User("", may_deposit=True), [workbook], documents)[0].id

    def convert(self, *identifiers: str, key: str = "", day: str = "") -> Any:
        asked: dict[str, Any] = {"classeurs": identifiers} | ({"date": day} if day else {})
        return self.client.post("/api/lots", json=asked, headers={"Idempotency-Key": key} if key else {})

    def lot(self, *requests: list[Row]) -> dict[str, Any]:
        """These requests converted; the document."""
        answer = self.convert(self.drop(*requests))
        assert answer.status_code == 201, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def answered(self, lot: dict[str, Any], refused: dict[str, str] | None = None) -> tuple[str, bytes]:
        """Its first file as the portal hands it back: accepted, but those `refused` (number → wording)."""
        address = lot["files"][0]["path"]
        file = self.client.get(address).json()
        for one in file["lignesImport"]:
            number = one["numeroEditeur"]
            if wording := (refused or {}).get(number):
                one |= {"codeTraitement": "1042", "libelleTraitement": wording}
            else:
                one |= {"codeTraitement": "0000", "libelleTraitement": "Demande acceptée", "numeroASP": f"ASP-{number}"}
        return address.rpartition("/")[2], json.dumps(file).encode()

    def states(self, words: str = "") -> dict[str, str]:
        """numeroEditeur → state."""
        found = self.client.get("/api/demandes", params={"q": words}).json()["requests"]
        return {one["numeroEditeur"]: one["state"] for one in found}

    def page(self, address: str, status: int = 200) -> str:
        """The words of a page; outside the manual, none of them is about a terminal."""
        answer = self.client.get(address)
        assert answer.status_code == status, answer.text
        said = words(answer)
        assert address.startswith("/aide") or not OF_A_TERMINAL.search(said), said
        return said


def words(answer: Any) -> str:
    """What a page says, with plain spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())
