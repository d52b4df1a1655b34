"""The requests of a JSON-MDV file, made before this ledger or handed back by the portal, as ledger entries.

The file is not trusted: a file that would not pass the portal's first control is refused whole; a request that would
not pass the second one is left out, unless the portal answered it.
"""

import copy
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from converter.findings import Cell, Finding, Refusal, finding, shown
from converter.format.file_names import DOCUMENT_CODES, JsonFileName, parse_json_file_name
from converter.format.operators import operator_codes
from converter.format.requests import RequestKey
from converter.ledger.model import LedgerEntry, State
from converter.ledger.recovery import VOIDED_SUFFIX
from converter.ledger.snapshot import Snapshot, rendered_text
from converter.portal.control_requests import first_wrong
from converter.portal.control_structure import check_structure, sentence
from converter.portal.json_parsing import BOM, parse, read_bounded
from converter.portal.returned_file import Answer, Malformed, answer_of
from converter.portal.spelling import Spelling

_NAME_INSIDE = re.compile(r"JSON-[0-9A-Za-z]+-[0-9]{8}-[0-9]{3}(?![0-9])", re.ASCII)  # « … (1).json », « Copie de … »
_NUMBER = re.compile(r"[0-9]{5}", re.ASCII)
_DOCUMENT = re.compile(rf"MDV-LGC-Val-({'|'.join(DOCUMENT_CODES.values())})-([0-9]{{5}})\.[a-z]{{3}}", re.ASCII)
_KINDS = {code: kind for kind, code in DOCUMENT_CODES.items()}
_BIGGEST_DOCUMENT = 3_000_000  # bytes (guide § 2.1)
_ABSURD = 10**15  # euros
_IDENTIFIERS = ("RPPS", "FINESSGeo")
_FILLED_BY_ASP = ("numeroASP", "codeTraitement", "libelleTraitement")
_BAD_ZIP = (OSError, RuntimeError, NotImplementedError, ValueError, EOFError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True)
class ExistingRequest:
    """One request of a file: as it was sent, and the portal's answer (`answer.codeTraitement` is "" before that)."""

    entry: LedgerEntry
    answer: Answer


@dataclass(frozen=True, slots=True)
class ExistingFile:
    """One version of a file. `voided`: whether it was voided; `findings`: what was left out, and why."""

    path: Path
    name: JsonFileName
    voided: bool
    requests: tuple[ExistingRequest, ...]
    findings: tuple[Finding, ...] = ()


def read_existing(path: Path, spelling: Spelling) -> ExistingFile:
    """The requests of a file, in the guide's spelling of tags or the portal's; Refusal when it is no such file."""
    name = _name_of(path)
    try:
        parsed: Any = spelling.to_guide(parse(read_bounded(path).removeprefix(BOM)))
        blank = _without_answers(parsed)
        check_structure(str(name), blank, Spelling())
    except RecursionError as error:
        raise Refusal("json-excessive") from error
    voided = path.name.endswith(VOIDED_SUFFIX)
    reader = _Reader(path, name, parsed["SIRET"], State.VOIDED if voided else State.EMITTED)
    pairs = zip(blank["lignesImport"], parsed["lignesImport"], strict=True)
    found = [reader.request(line, *pair) for line, pair in enumerate(pairs, start=1)]
    left_out = [one for one in found if isinstance(one, Finding)]
    documents, unreadable = _fingerprints(path, name.archives + (VOIDED_SUFFIX if voided else ""))
    kept = [_with_documents(one, documents) for one in found if isinstance(one, ExistingRequest)]
    return ExistingFile(path, name, voided, tuple(kept), (*left_out, *unreadable))


def _name_of(path: Path) -> JsonFileName:
    """The name that the file had when sent, even if a browser or a person added something before or after it."""
    inside = _NAME_INSIDE.search(path.name)
    name = parse_json_file_name(f"{inside[0]}.json") if inside else None
    if name is None:
        raise Refusal("file-name", nom=shown(path.name))
    return name


def _without_answers(parsed: object) -> Any:
    """The file as it was sent, if its shape allows: the values that the ASP fills are null again, and amounts have two
    decimals (a program that writes the file again may write 1075.0)."""
    blank: Any = copy.deepcopy(parsed)
    if isinstance(blank, dict):
        blank["impId"] = None
        requests = blank.get("lignesImport")
        for request in requests if isinstance(requests, list) else ():
            if isinstance(request, dict):
                request.update({tag: None for tag in _FILLED_BY_ASP if tag in request})
                _write_cents(request.get("commande"))
    return blank


def _write_cents(order: object) -> None:
    if isinstance(order, dict):
        amount = order.get("montantSegurHT")
        if isinstance(amount, int | float | Decimal) and not isinstance(amount, bool):
            written = Decimal(str(amount))
            if written.is_finite() and abs(written) < _ABSURD and written == round(written, 2):
                order["montantSegurHT"] = round(written, 2)


class _Reader:
    """Reads the requests of one file."""

    def __init__(self, path: Path, name: JsonFileName, SIRET: str, state: State) -> None:
        self._path, self._name, self._SIRET, self._state = path, name, SIRET, state
        self._seen: dict[str, int] = {}

    def request(self, line: int, blank: dict[str, Any], whole: Mapping[str, Any]) -> ExistingRequest | Finding:
        """A request that passes control 2 or that the portal answered; otherwise the reason why it is left out."""
        answer = answer_of(line, whole)
        if isinstance(answer, Malformed):
            return self._left_out("return-malformed", ligne=str(line), champ=answer.tag)
        wrong = first_wrong(blank, line, self._seen, operator_codes())
        number = answer.numeroEditeur
        if wrong and (not answer.codeTraitement or not _NUMBER.fullmatch(number)):
            return self._left_out("adopt-demande-fausse", ligne=str(line), raison=sentence(wrong, str(self._path)))
        try:
            snapshot = Snapshot(rendered_text(blank))
            amount = Decimal(snapshot.values["montantSegurHT"])
            if not amount.is_finite():
                raise ValueError("no amount")
            beneficiaries = tuple(one[tag] for one in snapshot.beneficiaries for tag in _IDENTIFIERS if tag in one)
        except (ValueError, ArithmeticError, KeyError, TypeError):
            return self._left_out("adopt-demande-illisible", ligne=str(line), demande=shown(number))
        entry = LedgerEntry(
            key=RequestKey(self._name.numeroAns, "", number),
            numeroEditeur=number,
            state=self._state,
            file=str(self._name),
            numLigne=line,
            day=self._name.day,
            SIRET=self._SIRET,
            montantSegurHT=amount,
            beneficiaires=beneficiaries,
            snapshot=snapshot,
        )
        return ExistingRequest(entry, answer)

    def _left_out(self, code: str, **details: str) -> Finding:
        return finding(code, Cell(str(self._path)), "", "", None, **details)


def _with_documents(one: ExistingRequest, documents: Mapping[str, Mapping[str, str]]) -> ExistingRequest:
    snapshot = replace(one.entry.snapshot, fingerprints=documents.get(one.entry.numeroEditeur, {}))
    return replace(one, entry=replace(one.entry, snapshot=snapshot))


def _fingerprints(path: Path, archives: str) -> tuple[dict[str, dict[str, str]], list[Finding]]:
    """numeroEditeur → the SHA-256 of its documents, from the zips beside the file; findings about unreadable zips."""
    found: dict[str, dict[str, str]] = {}
    unreadable = []
    for archive in sorted(path.parent.glob(archives)):
        try:
            for kind, number, digest in _digests(archive):
                found.setdefault(number, {})[kind] = digest
        except _BAD_ZIP:
            unreadable.append(finding("adopt-zip-illisible", Cell(str(path)), "", "", None, zip=archive.name))
    return found, unreadable


def _digests(archive: Path) -> Iterator[tuple[str, str, str]]:
    """typeFichier, numeroEditeur and SHA-256 of each document of a zip; none of what is too big to be one."""
    if not archive.is_file():
        return
    with zipfile.ZipFile(archive) as package:
        for info in package.infolist():
            named = _DOCUMENT.fullmatch(info.filename)
            if named and info.file_size <= _BIGGEST_DOCUMENT:
                with package.open(info) as stream:
                    data = stream.read(_BIGGEST_DOCUMENT + 1)
                yield _KINDS[named[1]], named[2], hashlib.sha256(data).hexdigest()
