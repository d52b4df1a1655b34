"""The list of things to do (`status --a-faire`), most urgent first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from converter.findings import catalogue
from converter.findings.french import NBSP, counted, euros, long_date, thousands, tidy
from converter.format.file_names import parse_json_file_name
from converter.ledger.model import LedgerFile, ListedRequest, State
from converter.ledger.transitions import uncorrected
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


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do, about the requests of one file or about one request. `since`: the day from which it waits;
    `path`, `archives`: where the file and its zips are, where they are to be deposited; `case`: that of its sentences.
    """

    kind: TaskKind
    file: str
    numeroAns: str
    since: date
    requests: tuple[ListedRequest, ...]
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
    def amount(self) -> Decimal:
        """The sum of its requests' amounts, in euros."""
        return sum((one.montantSegurHT for one in self.requests), Decimal())

    @property
    def _details(self) -> dict[str, str]:
        first = self.requests[0]
        reference = f" ({tidy(first.key.refCommande)})" if first.key.refCommande else ""
        zips = ", ".join(one.name for one in self.archives)
        return {
            "fichier": self.file,
            "chemin": tidy(str(self.path or self.file)),
            "zips": f", puis {zips}" if zips else "",
            "numeroAns": self.numeroAns,
            "jour": f"{self.since:%d/%m/%Y}",
            "nombre": counted(len(self.requests), "demande"),
            "demande": f"{first.numeroEditeur}{reference}",
            "etat": first.state.value,
            "motif": tidy(first.refusal) or "sans motif noté",
            "asp": tidy(first.numeroASP),
            "avance": euros(first.advance),
            "verse": "" if first.paid is None else euros(first.paid),
            "ecart": difference_text(first),
        }


def to_do(
    requests: Sequence[ListedRequest],
    files: Sequence[LedgerFile],
    on_disk: Mapping[str, Sequence[Path]],
    today: date,
    patience: int,
) -> list[Task]:
    """The tasks of that day. `on_disk`: where each JSON file is; `patience`: in days, for a decision."""
    tasks = [*_of_files(requests, files, on_disk, today), *_to_correct(requests)]
    for one in requests:
        kind, since = _waiting_for_asp(one, today, patience)
        if kind:
            tasks.append(Task(kind, one.file, one.key.numeroAns, since, (one,)))
    order = list(TaskKind)
    return sorted(tasks, key=lambda task: (order.index(task.kind), task.since, task.file, task.requests[0].numLigne))


def _of_files(
    requests: Iterable[ListedRequest],
    files: Iterable[LedgerFile],
    on_disk: Mapping[str, Sequence[Path]],
    today: date,
) -> Iterator[Task]:
    held: dict[str, list[ListedRequest]] = {}
    for one in requests:
        if one.state not in (State.VOIDED, State.ABANDONED):
            held.setdefault(one.file, []).append(one)
    for file in files:
        ours = [] if file.voided else held.get(file.name, [])
        waiting = tuple(one for one in ours if one.awaits_answer)
        if not waiting:
            continue
        if len(waiting) < len(ours):
            yield Task(TaskKind.PART_ANSWERED, file.name, file.numeroAns, file.day, waiting)
        elif file.deposited and file.deposited < today:
            yield Task(TaskKind.NO_ANSWER, file.name, file.numeroAns, file.deposited, waiting, case="depose")
        elif file.deposited:
            continue  # its answer may still come today
        elif file.day < today:
            yield Task(TaskKind.NO_ANSWER, file.name, file.numeroAns, file.day, waiting)
        elif file.day == today:
            path, archives = _place(file, on_disk)
            yield Task(TaskKind.DEPOSIT, file.name, file.numeroAns, file.day, waiting, path, archives)


def _place(file: LedgerFile, on_disk: Mapping[str, Sequence[Path]]) -> tuple[Path | None, tuple[Path, ...]]:
    """The paths of a file and its zips: where the run put them, else where they are found."""
    places = [*on_disk.get(file.name, ()), *([file.folder / file.name] if file.folder else [])]
    path = next((one for one in places if one.is_file()), None)
    named = parse_json_file_name(file.name)
    if path is None or named is None:
        return path, ()
    return path, tuple(sorted(path.parent.glob(named.archives)))


def _to_correct(requests: Sequence[ListedRequest]) -> Iterator[Task]:
    for one in uncorrected(requests):
        since = one.decided if one.state is State.REJECTED and one.decided else one.day
        yield Task(TaskKind.CORRECT, one.file, one.key.numeroAns, since, (one,))


def _waiting_for_asp(one: ListedRequest, today: date, patience: int) -> tuple[TaskKind | None, date]:
    """What the ASP owes; the portal answers at once, so that an acceptance counts from the day of the upload."""
    if one.state is State.ACCEPTED and not one.awaits_answer and (today - one.day).days > patience:
        return TaskKind.NO_DECISION, one.day
    if one.state is State.AWARDED:
        return TaskKind.NO_PAYMENT, one.decided or one.day
    if one.state is State.PAID and one.difference:
        return TaskKind.DIFFERENCE, one.decided or one.day
    return None, today


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
        "kind": task.kind.value.removeprefix("a-faire-"),
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
