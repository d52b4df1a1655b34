"""A run told in the terminal, and as the `--json` document of docs/interface.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from converter.findings import Severity
from converter.findings.french import NBSP, counted, euros, megabytes, thousands, tidy
from converter.views.finding_groups import Group, grouped, places_told, workbook_names
from converter.views.outcome import EmittedFile, Fate, Outcome, RefusedInput

REPORT = "rapport.html"
_GROUPS_SHOWN = 10
_PATHS_SHOWN = 2


def to_json(outcome: Outcome) -> dict[str, Any]:
    """The document of `--json` (docs/interface.md); `validate` has no files and 0 emitted; paths are under the lot."""
    batch = outcome.batch
    return {
        "lot": None if batch is None else str(batch),
        "files": [
            {
                "path": _path(batch, made.name),
                "requests": made.requests,
                "archives": [_path(batch, archive.name) for archive in made.archives],
            }
            for made in outcome.files
        ],
        "requests": {
            "emitted": outcome.count(Fate.EMITTED),
            "already_emitted": outcome.count(Fate.ALREADY),
            "held_back": outcome.count(Fate.HELD_BACK),
        },
        "annotated": [_path(batch, name) for name in (outcome.annotated or {}).values()],
        "report": None if batch is None else _path(batch, REPORT),
        "findings": [
            {
                "workbook": one.cell.workbook,
                "sheet": one.cell.sheet,
                "row": one.cell.row,
                "column": one.cell.column,
                "tag": one.tag,
                "value": one.value,
                "severity": one.severity.value,
                "code": one.code,
                "message": one.message,
                "remedy": one.remedy,
            }
            for one in outcome.findings
        ]
        + [_refused_to_json(one) for one in outcome.refused],
    }


def _refused_to_json(one: RefusedInput) -> dict[str, Any]:
    """An input that could not be read, as an error about the whole workbook."""
    nowhere = {"sheet": "", "row": None, "column": "", "tag": "", "value": ""}
    told = {"severity": Severity.ERROR.value, "code": one.code, "message": one.reason, "remedy": ""}
    return {"workbook": one.workbook, **nowhere, **told}


def summary(outcome: Outcome) -> list[str]:
    """What the terminal shows, in French: about 25 lines at most, whatever the run; each path ends its line."""
    sections = (_recovered(outcome), _made(outcome), _told(outcome), _to_open(outcome), _next_step(outcome))
    lines: list[str] = []
    for section in map(list, sections):
        if section and lines:
            lines.append("")
        lines += section
    return lines


def _path(batch: Path | None, name: str) -> str:
    return str(batch / name) if batch else name


def _recovered(outcome: Outcome) -> Iterator[str]:
    yield from _some([f"Reprise{NBSP}: {sentence}" for sentence in outcome.recovered])


def _made(outcome: Outcome) -> Iterator[str]:
    if outcome.command == "validate":
        yield f"Vérification seule{NBSP}: rien n'a été émis, aucun numéro n'a été pris."
    elif outcome.files:
        yield f"{counted(len(outcome.files), 'fichier JSON écrit', 'fichiers JSON écrits')}."
    else:
        yield "Aucun fichier JSON écrit."
    yield from _some([_file_line(outcome.batch, made) for made in outcome.files])
    yield f"Demandes{NBSP}: {_fates(outcome)}."
    already = [one for one in outcome.fates if one.fate is Fate.ALREADY]
    yield from _some([f"  {tidy(one.reference)}{NBSP}: {one.statut}" for one in already])
    yield from outcome.notes
    if outcome.amount:
        yield f"Montant HT{NBSP}: {euros(outcome.amount)}, dont avance de 30{NBSP}%{NBSP}: {euros(outcome.advance)}."


def _file_line(batch: Path | None, made: EmittedFile) -> str:
    size = sum(archive.size for archive in made.archives)
    zips = f", {counted(len(made.archives), 'zip')} de {megabytes(size)}" if made.archives else ""
    return f"  {counted(made.requests, 'demande')}, {euros(made.amount)}{zips}{NBSP}: {_path(batch, made.name)}"


def _fates(outcome: Outcome) -> str:
    done = (Fate.VALID, "valide") if outcome.command == "validate" else (Fate.EMITTED, "émise")
    fates = [done, (Fate.ALREADY, "déjà émise"), (Fate.HELD_BACK, "retenue")]
    return ", ".join(counted(outcome.count(fate), word) for fate, word in fates)


def _told(outcome: Outcome) -> Iterator[str]:
    groups = grouped(outcome.findings)
    if groups:
        yield f"Constats{NBSP}: {_by_severity(groups)}."
    names = workbook_names(outcome)
    serious = [group for group in groups if group.severity is not Severity.CORRECTION]
    for group in serious[:_GROUPS_SHOWN]:
        mark = "" if group.severity is Severity.ERROR else f" [{group.severity}]"
        where = f"{NBSP}; ".join(places_told(group, names, limit=1))
        yield f"  {thousands(group.count)}{NBSP}× {group.title}{mark}" + (f" ({where})" if where else "")
    if len(serious) > _GROUPS_SHOWN:
        yield f"  et {counted(len(serious) - _GROUPS_SHOWN, 'autre sorte', 'autres sortes')}, dans le rapport."
    yield from _some([f"Classeur non lu, {_name(one.workbook)}{NBSP}: {one.reason}" for one in outcome.refused])
    if outcome.unused_documents:
        unused = counted(len(outcome.unused_documents), "document")
        yield f"{unused} du dossier des pièces qu'aucune ligne ne cite (liste dans le rapport)."


def _by_severity(groups: list[Group]) -> str:
    counts = {group.severity: 0 for group in groups}
    for group in groups:
        counts[group.severity] += group.count
    return ", ".join(counted(count, severity.value) for severity, count in counts.items())


def _to_open(outcome: Outcome) -> Iterator[str]:
    copies = [tidy(_path(outcome.batch, name)) for name in (outcome.annotated or {}).values()]
    yield from _some([f"Classeur annoté{NBSP}: {copy}" for copy in copies])
    if outcome.batch:
        yield f"Rapport{NBSP}: {_path(outcome.batch, REPORT)}"


def _next_step(outcome: Outcome) -> Iterator[str]:
    held_back = outcome.count(Fate.HELD_BACK)
    if outcome.files:
        yield f"À faire{NBSP}: déposez chaque fichier JSON sur le portail de l'ASP, puis ses zips."
        yield f"Puis, sur chaque fichier que le portail rend{NBSP}: converter return FICHIER.json"
    if held_back:
        yield f"À corriger{NBSP}: les cellules rouges du classeur annoté{NBSP}; enregistrez-le."
        yield f"Puis{NBSP}:"
        yield from _some([f"  converter {outcome.command} {words}" for words in _to_convert_again(outcome)])
    elif outcome.command == "validate" and outcome.count(Fate.VALID):
        yield f"À faire, sur les mêmes classeurs{NBSP}: converter convert CLASSEUR"


def _to_convert_again(outcome: Outcome) -> list[str]:
    """For each workbook with a request held back: its annotated copy, and the options that go with it."""
    held_back = {one.workbook for one in outcome.fates if one.fate is Fate.HELD_BACK}
    return [
        f'"{tidy(_path(outcome.batch, name))}" {outcome.again.get(workbook, "")}'.rstrip()
        for workbook, name in (outcome.annotated or {}).items()
        if workbook in held_back
    ]


def _name(path: str) -> str:
    return tidy(Path(path).name)


def _some(lines: list[str]) -> list[str]:
    """The first few of these lines, and how many are left."""
    rest = len(lines) - _PATHS_SHOWN
    return lines if rest < 2 else [*lines[:_PATHS_SHOWN], f"  … et {counted(rest, 'autre')}, dans le rapport."]
