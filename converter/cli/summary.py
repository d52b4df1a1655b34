"""The summary of a run in the terminal."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from converter.findings import Severity
from converter.findings.french import NBSP, counted, euros, megabytes, thousands, tidy
from converter.portal.batch_files import EmittedFile
from converter.views.finding_groups import Group, grouped, listed_places, workbook_names
from converter.views.outcome import Fate, Outcome

_GROUPS_SHOWN = 10
_PATHS_SHOWN = 2


def summary(outcome: Outcome, again: Mapping[str, str]) -> list[str]:
    """What the terminal shows, in French: about 25 lines at most, whatever the run; each path ends its line.

    `again`: workbook → the options with which its annotated copy is to be converted.
    """
    sections = (_recovered(outcome), _made(outcome), _findings(outcome), _to_open(outcome), _next_step(outcome, again))
    lines: list[str] = []
    for section in map(list, sections):
        if section and lines:
            lines.append("")
        lines += section
    return lines


def _recovered(outcome: Outcome) -> Iterator[str]:
    yield from _some([f"Reprise{NBSP}: {sentence}" for sentence in outcome.recovered])


def _made(outcome: Outcome) -> Iterator[str]:
    if outcome.command == "validate":
        yield f"Vérification seule{NBSP}: rien n'a été émis, aucun numéro n'a été pris."
    elif outcome.files:
        yield f"{counted(len(outcome.files), 'fichier JSON écrit', 'fichiers JSON écrits')}."
    else:
        yield "Aucun fichier JSON écrit."
    yield from _some([_file_line(made) for made in outcome.files])
    yield f"Demandes{NBSP}: {_fates(outcome)}."
    already = [one for one in outcome.fates if one.fate is Fate.ALREADY]
    yield from _some([f"  {tidy(one.reference)}{NBSP}: {one.statut}" for one in already])
    if outcome.amount:
        yield f"Montant HT{NBSP}: {euros(outcome.amount)}, dont avance de 30{NBSP}%{NBSP}: {euros(outcome.advance)}."
    yield from outcome.notes


def _file_line(made: EmittedFile) -> str:
    size = sum(archive.size for archive in made.archives)
    zips = f", {counted(len(made.archives), 'zip')} de {megabytes(size)}" if made.archives else ""
    return f"  {counted(made.requests, 'demande')}, {euros(made.amount)}{zips}{NBSP}: {made.path}"


def _fates(outcome: Outcome) -> str:
    done = (Fate.VALID, "valide") if outcome.command == "validate" else (Fate.EMITTED, "émise")
    fates = [done, (Fate.ALREADY, "déjà émise"), (Fate.HELD_BACK, "retenue")]
    return ", ".join(counted(outcome.count(fate), word) for fate, word in fates)


def _findings(outcome: Outcome) -> Iterator[str]:
    groups = grouped(outcome.findings)
    if groups:
        yield f"Constats{NBSP}: {_by_severity(groups)}."
    names = workbook_names(outcome)
    serious = [group for group in groups if group.severity is not Severity.CORRECTION]
    for group in serious[:_GROUPS_SHOWN]:
        mark = "" if group.severity is Severity.ERROR else f" [{group.severity}]"
        where = f"{NBSP}; ".join(listed_places(group, names, limit=1))
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
    copies = [tidy(str(copy)) for copy in outcome.annotated.values()]
    yield from _some([f"Classeur annoté{NBSP}: {copy}" for copy in copies])
    if outcome.report:
        yield f"Rapport{NBSP}: {outcome.report}"


def _next_step(outcome: Outcome, again: Mapping[str, str]) -> Iterator[str]:
    held_back = outcome.count(Fate.HELD_BACK)
    if outcome.files:
        yield f"À faire{NBSP}: déposez chaque fichier JSON sur le portail de l'ASP, puis ses zips."
        yield f"Puis, sur chaque fichier que le portail rend{NBSP}: converter return FICHIER.json"
    if held_back:
        yield _to_correct(outcome)
        yield f"Puis{NBSP}:"
        yield from _some([f"  converter {outcome.command} {words}" for words in _to_convert_again(outcome, again)])
    elif outcome.command == "validate" and outcome.count(Fate.VALID):
        mappings = {tidy(str(mapping)) for mapping in outcome.mappings.values()}
        with_mapping = "".join(f' --correspondance "{one}"' for one in mappings) if len(mappings) == 1 else ""
        yield f"À faire, sur les mêmes classeurs{NBSP}: converter convert CLASSEUR{with_mapping}"


def _to_correct(outcome: Outcome) -> str:
    if all(workbook in outcome.annotated for workbook in _with_held_back(outcome)):
        return f"À corriger{NBSP}: les cellules rouges du classeur annoté{NBSP}; enregistrez-le."
    return f"À corriger{NBSP}: les cellules que cite la liste des anomalies{NBSP}; enregistrez le classeur."


def _to_convert_again(outcome: Outcome, again: Mapping[str, str]) -> list[str]:
    """For each workbook with a request held back: its annotated copy, else itself, and the options to add."""
    return [
        f'"{tidy(str(outcome.annotated.get(workbook, workbook)))}" {again.get(workbook, "")}'.rstrip()
        for workbook in _with_held_back(outcome)
    ]


def _with_held_back(outcome: Outcome) -> list[str]:
    """The workbooks with a request held back, in their order."""
    return list(dict.fromkeys(one.workbook for one in outcome.fates if one.fate is Fate.HELD_BACK))


def _name(path: str) -> str:
    return tidy(Path(path).name)


def _some(lines: list[str]) -> list[str]:
    """The first few of these lines, and how many are left."""
    rest = len(lines) - _PATHS_SHOWN
    return lines if rest < 2 else [*lines[:_PATHS_SHOWN], f"  … et {counted(rest, 'autre')}, dans le rapport."]
