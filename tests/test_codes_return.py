"""Every code of `converter return`: answers written into the file that was emitted, then the request and the code."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Convert, command
from workbooks import rows_of, solo

NAME = "JSON-0123456789-20261122-001.json"
Answer = tuple[Any, Any, Any]
"""codeTraitement, numeroASP, libelleTraitement."""
NONE: Answer = (None, None, None)


def accepted(numeroASP: str | None) -> Answer:
    return "0000", numeroASP, "Demande acceptée"


def refused(code: str) -> Answer:
    return code, None, "RPPS inconnu"


@pytest.fixture
def emitted(convert: Convert) -> Path:
    """The file of two requests, 00001 and 00002, that a run has just made."""
    run = convert(rows_of(solo("BC-1", 1), solo("BC-2", 2)))
    (file,) = run.document["files"]
    return Path(file["path"])


def handed_back(emitted: Path, *answers: Answer, **header: Any) -> Path:
    """The same file with an answer a request, elsewhere."""
    document = json.loads(emitted.read_bytes()) | header
    for request, answer in zip(document["lignesImport"], answers, strict=True):
        request |= dict(zip(("codeTraitement", "numeroASP", "libelleTraitement"), answer, strict=True))
    path = emitted.parents[2] / "rendus" / emitted.name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def said(emitted: Path, *files: Path) -> tuple[int, list[tuple[str, str]]]:
    """The exit status of `return`, and the numeroEditeur and code of each thing that it has to say."""
    run = command("return", *files, "--out", emitted.parents[1])
    return run.status, [(one["numeroEditeur"], one["code"]) for one in run.document["notices"]]


A, B = accepted("MDV-1"), accepted("MDV-2")
ANSWERED = [
    ((A, NONE), 0, ("00002", "return-unanswered")),
    ((A, (0, None, None)), 1, ("", "return-malformed")),
    ((A, accepted(None)), 1, ("00002", "return-without-asp-number")),
    ((A, accepted("FICTIF-0000000002")), 0, ("", "return-made-up")),
]


@pytest.mark.parametrize(("answers", "status", "expected"), ANSWERED, ids=[one[2][1] for one in ANSWERED])
def test_an_answer(emitted: Path, answers: tuple[Answer, Answer], status: int, expected: tuple[str, str]) -> None:
    assert said(emitted, handed_back(emitted, *answers)) == (status, [expected])


AGAIN = [
    (A, accepted("MDV-9"), 1, "return-other-asp-number"),
    (A, refused("1042"), 1, "return-refused-after-accepted"),
    (refused("1042"), A, 1, "return-accepted-after-refused"),
    (refused("1042"), refused("1043"), 0, "return-refused-otherwise"),
]


@pytest.mark.parametrize(("first", "then", "status", "code"), AGAIN, ids=[one[3] for one in AGAIN])
def test_another_answer_than_the_first(emitted: Path, first: Answer, then: Answer, status: int, code: str) -> None:
    command("return", handed_back(emitted, first, NONE), "--out", emitted.parents[1])
    assert said(emitted, handed_back(emitted, then, B)) == (status, [("00001", code)])


def test_an_answer_to_a_voided_file(emitted: Path) -> None:
    file = handed_back(emitted, A, NONE)
    command("void", NAME, "--out", emitted.parents[1])
    assert said(emitted, file) == (1, [("00001", "return-voided"), ("00002", "return-unanswered")])


def test_a_request_that_the_ledger_does_not_know(emitted: Path) -> None:
    file = handed_back(emitted, A, B)
    file.write_text(file.read_text(encoding="utf-8").replace('"00002"', '"00009"'), encoding="utf-8")
    assert said(emitted, file) == (1, [("00009", "return-unknown-request")])


def test_no_answer_yet(emitted: Path) -> None:
    assert said(emitted, handed_back(emitted, NONE, NONE)) == (0, [("", "return-no-answer")])


OTHER_FILES = {
    "return-unreadable": b"PK\x03\x04",
    "return-shape": b'{"numeroAns": "0123456789"}',
    "return-not-ours": None,
}


@pytest.mark.parametrize(("code", "content"), OTHER_FILES.items(), ids=OTHER_FILES)
def test_a_file_that_is_no_return_of_ours_beside_one_that_is(emitted: Path, code: str, content: bytes | None) -> None:
    other = handed_back(emitted, A, B, numeroAns="9876543210")
    other = other.rename(other.with_name("autre.json"))
    if content is not None:
        other.write_bytes(content)
    assert said(emitted, other, handed_back(emitted, A, B)) == (1, [("", code)])


def rejected(emitted: Path, name: str, reason: str) -> str:
    """The sentence of a `return --rejected` that does nothing."""
    run = command("return", "--rejected", name, "--reason", reason, "--out", emitted.parents[1])
    assert (run.status, run.document) == (2, {})
    return run.stderr.replace("\u00a0", " ")


def test_a_whole_file_rejected_without_a_reason(emitted: Path) -> None:
    assert rejected(emitted, NAME, " ") == (
        "Le motif du rejet n'est pas donné. Recopiez par --reason la phrase du portail, entre guillemets.\n"
    )


def test_a_whole_file_rejected_that_the_ledger_does_not_know(emitted: Path) -> None:
    assert rejected(emitted, "JSON-0123456789-20261122-002.json", "Structure") == (
        "Le registre ne connaît pas de fichier « JSON-0123456789-20261122-002.json ». Donnez à --rejected le nom du "
        "fichier que vous avez déposé, par exemple JSON-0123456789-20261122-001.json.\n"
    )


def test_a_whole_file_rejected_of_which_a_request_was_accepted(emitted: Path) -> None:
    command("return", handed_back(emitted, A, NONE), "--out", emitted.parents[1])
    assert rejected(emitted, NAME, "Structure") == (
        "Le fichier « JSON-0123456789-20261122-001.json » contient des demandes déjà acceptées par le portail : "
        "il n'a pas pu être rejeté en entier. Rien n'a été changé. Vérifiez le nom du fichier.\n"
    )
