"""The list of things to do (`status --a-faire`), most urgent first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from converter.findings import catalogue
from converter.findings.french import NBSP, counted, euros, long_date, thousands, tidy
from converter.format.file_names import parse_json_file_name
from converter.ledger.model import LedgerFile, ListedRequest, State
from converter.ledger.pages import Need, Pending, UnansweredFile
from converter.views.status import MOST_LINES, difference_text


class TaskKind(Enum):
    """A kind of task, by its code in the catalogue; in the order of urgency."""

    DEPOSIT = "a-faire-deposer"
    NO_ANSWER = "a-faire-sans-reponse"
    PART_ANSWERED = "a-faire-reponse-incomplete"
    CORRECT = "a-faire-corriger"
    NO_DECISION = "a-faire-sans-decision"
    NO_PAYMENT = "a-faire-sans-paiement"
    DIFFERENCE = "a-faire-ecart"


_OF_NEED = {
    Need.CORRECTION: TaskKind.CORRECT,
    Need.DECISION: TaskKind.NO_DECISION,
    Need.PAYMENT: TaskKind.NO_PAYMENT,
    Need.EXPLANATION: TaskKind.DIFFERENCE,
}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do, about the requests of one file or about one request. `since`: the day from which it waits;
    `count`, `amount`: of its requests, in euros; `requests`: the request, or those of a file where they were asked for;
    `path`, `archives`: where the file and its zips are, where they are to be deposited; `case`: that of its sentences.
    """

    kind: TaskKind
    file: str
    numeroAns: str
    since: date
    count: int
    amount: Decimal
    requests: tuple[ListedRequest, ...] = ()
    path: Path | None = None
    archives: tuple[Path, ...] = ()
    case: str = ""

    @property
    def title(self) -> str:
        return catalogue()[self.kind.value].title

    @property
    def message(self) -> str:
        return catalogue()[self.kind.value].worded(self.case).message.format_map(self._details)

    @property
    def remedy(self) -> str:
        return catalogue()[self.kind.value].worded(self.case).remedy.format_map(self._details)

    @property
    def _details(self) -> dict[str, str]:
        zips = ", ".join(one.name for one in self.archives)
        of_file = {
            "fichier": self.file,
            "chemin": tidy(str(self.path or self.file)),
            "zips": f", puis {zips}" if zips else "",
            "numeroAns": self.numeroAns,
            "jour": f"{self.since:%d/%m/%Y}",
            "nombre": counted(self.count, "demande"),
        }
        if not self.requests:
            return of_file
        first = self.requests[0]
        reference = f" ({tidy(first.key.refCommande)})" if first.key.refCommande else ""
        return of_file | {
            "demande": f"{first.numeroEditeur}{reference}",
            "etat": first.state.value,
            "motif": tidy(first.refusal) or "sans motif noté",
            "asp": tidy(first.numeroASP),
            "avance": euros(first.advance),
            "verse": "" if first.paid is None else euros(first.paid),
            "ecart": difference_text(first),
        }


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """The tasks of one kind: how many there are, and the first of them, those that wait longest."""

    kind: TaskKind
    count: int
    tasks: tuple[Task, ...]

    @property
    def key(self) -> str:
        """The kind in a word, as documents and pages name it."""
        return _key(self.kind)

    @property
    def title(self) -> str:
        return catalogue()[self.kind.value].title


def to_do(
    pending: Pending,
    awaiting: Iterable[ListedRequest],
    on_disk: Callable[[], Mapping[str, Sequence[Path]]],
    today: date,
    most: int | None,
) -> list[TaskGroup]:
    """The tasks of that day, kind by kind, at most `most` of each (None: all).

    `awaiting`: the requests of the files without an answer, where they are wanted; `on_disk`: where each JSON file is.
    """
    asked: dict[str, list[ListedRequest]] = {}
    for one in awaiting:
        asked.setdefault(one.file, []).append(one)
    by_kind: dict[TaskKind, list[Task]] = {}
    for file in pending.files:
        if task := _of_file(file, tuple(asked.get(file.file.name, ())), on_disk, today):
            by_kind.setdefault(task.kind, []).append(task)
    groups = {
        kind: TaskGroup(kind, len(tasks), tuple(sorted(tasks, key=lambda task: (task.since, task.file))[:most]))
        for kind, tasks in by_kind.items()
    }
    for need, found in pending.requests.items():
        kind = _OF_NEED[need]
        groups[kind] = TaskGroup(kind, found.count, tuple(_of_request(kind, one) for one in found.first))
    return [groups[kind] for kind in TaskKind if kind in groups]


def _of_file(
    found: UnansweredFile,
    requests: tuple[ListedRequest, ...],
    on_disk: Callable[[], Mapping[str, Sequence[Path]]],
    today: date,
) -> Task | None:
    """What to do about a file without an answer, or with a part of one; None for one whose day is not there yet, or
    whose answer may still come today."""
    file = found.file
    task = Task(TaskKind.NO_ANSWER, file.name, file.numeroAns, file.day, found.waiting, found.montantSegurHT, requests)
    if found.waiting < found.requests:
        return replace(task, kind=TaskKind.PART_ANSWERED)
    if file.deposited:
        return replace(task, since=file.deposited, case="depose") if file.deposited < today else None
    if file.day == today:
        path, archives = _place(file, on_disk())
        return replace(task, kind=TaskKind.DEPOSIT, path=path, archives=archives)
    return task if file.day < today else None


def _of_request(kind: TaskKind, one: ListedRequest) -> Task:
    decided = one.decided if one.state in (State.REJECTED, State.AWARDED, State.PAID) else None
    since = decided or one.day
    return Task(kind, one.file, one.key.numeroAns, since, 1, one.montantSegurHT, (one,))


def _place(file: LedgerFile, on_disk: Mapping[str, Sequence[Path]]) -> tuple[Path | None, tuple[Path, ...]]:
    """The paths of a file and its zips: where the run put them, else where they are found."""
    places = [*on_disk.get(file.name, ()), *([file.folder / file.name] if file.folder else [])]
    path = next((one for one in places if one.is_file()), None)
    named = parse_json_file_name(file.name)
    if path is None or named is None:
        return path, ()
    return path, tuple(sorted(path.parent.glob(named.archives)))


def table(tasks: Sequence[Task], today: date, *, every: bool) -> list[str]:
    """The tasks for a terminal, kind by kind; at most 50 of them unless `every` one is asked for."""
    if not tasks:
        return [f"Rien n'attend personne, ce {long_date(today)}."]
    lines = [f"À faire, ce {long_date(today)}"]
    shown = tasks if every else tasks[:MOST_LINES]
    for kind in TaskKind:
        ours = [task for task in shown if task.kind is kind]
        if ours:
            count = sum(task.kind is kind for task in tasks)
            lines += ["", f"{ours[0].title}{NBSP}: {thousands(count)}", *(f"  {task.message}" for task in ours)]
            lines.append(f"  → {ours[0].remedy}")
    if len(shown) < len(tasks):
        rest = thousands(len(tasks) - len(shown))
        lines += ["", f"… et {rest} autres{NBSP}: --toutes les montre, --xlsx FICHIER les écrit."]
    return lines


def as_json(tasks: Sequence[Task], today: date) -> dict[str, Any]:
    """The document of `status --a-faire --json`."""
    return {"day": today.isoformat(), "tasks": [_task_as_json(task) for task in tasks]}


def _task_as_json(task: Task) -> dict[str, Any]:
    return {
        "kind": _key(task.kind),
        "title": task.title,
        "message": task.message,
        "remedy": task.remedy,
        "file": task.file,
        "path": str(task.path) if task.path else None,
        "archives": [str(one) for one in task.archives],
        "numeroAns": task.numeroAns,
        "requests": [one.numeroEditeur for one in task.requests],
        "since": task.since.isoformat(),
        "montantSegurHT": float(task.amount),
    }


def _key(kind: TaskKind) -> str:
    return kind.value.removeprefix("a-faire-")
