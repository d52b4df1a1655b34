"""The files of one run, written into its staging folder: JSON files, zips, annotated workbooks, report."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from converter.checking.examination import Examination, Options
from converter.checking.second_process import Beside
from converter.cli.summary import REPORT
from converter.documents.archives import archive_name, plan, write_archive
from converter.documents.attaching import Entry, document_name
from converter.findings import Cell, Finding, Severity, finding
from converter.ledger.model import Cle, Ecriture, Etat, Inscription
from converter.ledger.reconciliation import ToEmit
from converter.ledger.staging import write_staged
from converter.portal.controls import OwnFile, refuse_wrong
from converter.portal.rendering import FichierJson, Ligne, file_name, render, split
from converter.portal.spelling import Spelling
from converter.views.annotate import AnnotationImpossible, annotate
from converter.views.fates import Place
from converter.views.outcome import Archive, Fichier, Outcome, Suivi
from converter.views.report import render_report

ANNOTATED = "-erreurs"
_CONTROLLED_AT_ONCE = 10  # files: 3 Mo; one by one, both processes would mostly wait for each other
Control = Callable[[], None]
"""Waits for the portal's controls of some files, replayed; Refusal where they would be refused."""


@dataclass(frozen=True, slots=True)
class Copying:
    """An annotated copy being made of the workbook at `path`; `made` waits for it."""

    path: Path
    made: Callable[[], bytes]


def number(to_emit: Sequence[ToEmit], typed: Collection[str], ecriture: Ecriture) -> list[ToEmit]:
    """Every request under its number: its own, or the next free ones in order.

    `typed`: the numbers that users filled in, those of requests held back too: not to be given to another meanwhile.
    """
    wanted = sum(not one.numeroEditeur for one in to_emit)
    free = iter(ecriture.free_numbers(wanted, typed)) if wanted else iter(())
    return [one if one.numeroEditeur else replace(one, numeroEditeur=next(free)) for one in to_emit]


def files_of(numbered: Sequence[ToEmit], options: Options, ecriture: Ecriture) -> list[FichierJson]:
    """The requests pooled by numeroAns and SIRET, at most 200 a file, under the day's next names."""
    pools: dict[tuple[str, str], list[Ligne]] = {}
    for one in numbered:
        supplier = one.demande.fournisseur
        pools.setdefault((supplier.numeroAns, supplier.SIRET), []).append(_ligne(one))
    files = []
    next_number: dict[str, int] = {}
    for (numeroAns, SIRET), lignes in pools.items():
        for part in split(lignes):
            rank = next_number.get(numeroAns) or ecriture.next_file_number(numeroAns, options.jour)
            next_number[numeroAns] = rank + 1
            files.append(FichierJson(file_name(numeroAns, options.jour, rank), numeroAns, SIRET, part))
    return files


def places(files: Sequence[FichierJson]) -> dict[Cle, Place]:
    """Where each request stands: its JSON file and its number, by its key."""
    return {ligne.demande.cle: Place(one.nom, ligne.numeroEditeur) for one in files for ligne in one.lignes}


def inscriptions(files: Sequence[FichierJson], numbered: Sequence[ToEmit], options: Options) -> list[Inscription]:
    """What the ledger is to remember of these files."""
    contenus = {one.numeroEditeur: one.contenu for one in numbered}
    return [
        Inscription(
            cle=ligne.demande.cle,
            numeroEditeur=ligne.numeroEditeur,
            etat=Etat.EMISE,
            fichier=one.nom,
            numLigne=rank,
            jour=options.jour,
            SIRET=one.SIRET,
            montantSegurHT=ligne.demande.commande.montantSegurHT,
            beneficiaires=ligne.demande.beneficiary_numbers,
            contenu=contenus[ligne.numeroEditeur],
        )
        for one in files
        for rank, ligne in enumerate(one.lignes, start=1)
    ]


def write_files(
    folder: Path, files: Sequence[FichierJson], options: Options, spelling: Spelling, beside: Beside
) -> tuple[list[Fichier], list[Control]]:
    """The JSON files and their zips, in `folder`; and their controls, to be waited for before anybody sees them."""
    written, controls, waiting = [], [], []
    for one in files:
        data = render(one, spelling)
        waiting.append(OwnFile(one.nom, data, len(one.lignes)))
        if len(waiting) == _CONTROLLED_AT_ONCE or one is files[-1]:
            controls.append(beside.begin(refuse_wrong, tuple(waiting), spelling))
            waiting.clear()
        write_staged(folder / one.nom, data)
        archives = _write_archives(folder, one, options) if options.documents else ()
        written.append(Fichier(one.nom, len(one.lignes), one.montant, one.avance, archives))
    return written, controls


def begin_copies(
    examinations: Sequence[Examination], findings: Sequence[Finding], suivis: Sequence[Suivi], beside: Beside
) -> list[Copying]:
    """The annotated copy of each workbook with an error or a warning."""
    told_of: dict[str, list[Finding]] = {}
    for told in findings:
        told_of.setdefault(told.cell.workbook, []).append(told)
    statuts: dict[tuple[str, str], dict[int, str]] = {}
    for suivi in suivis:
        statuts.setdefault((suivi.workbook, suivi.sheet), {}).update(dict.fromkeys(suivi.rows, suivi.statut))
    copies = []
    for one in examinations:
        path, table = one.classeur.path, one.table
        ours = told_of.get(str(path), [])
        if any(told.severity is not Severity.CORRECTION for told in ours):
            known = statuts.get((str(path), table.sheet), {})
            made = beside.begin(annotate, path, ours, known, demandes_sheet=table.sheet, header_row=table.header_row)
            copies.append(Copying(path, made))
    return copies


def write_copies(folder: Path, copies: Sequence[Copying]) -> tuple[dict[str, str], list[Finding]]:
    """The annotated copies, in `folder`: workbook → its name; and a finding for each one that cannot be."""
    names: dict[str, str] = {}
    impossible = []
    for one in copies:
        try:
            data = one.made()
        except AnnotationImpossible as reason:
            impossible.append(finding("annotation-impossible", Cell(str(one.path)), raison=str(reason)))
        else:
            name = _annotated_name(one.path, names.values())
            write_staged(folder / name, data)
            names[str(one.path)] = name
    return names, impossible


def write_report(folder: Path, outcome: Outcome) -> None:
    """`rapport.html`."""
    write_staged(folder / REPORT, render_report(outcome).encode("utf-8"))


def _ligne(one: ToEmit) -> Ligne:
    entries = tuple(
        Entry(document_name(document.typeFichier, one.numeroEditeur, document.formatFichier), document)
        for document in one.documents
    )
    return Ligne(one.numeroEditeur, one.demande, entries)


def _write_archives(folder: Path, fichier: FichierJson, options: Options) -> tuple[Archive, ...]:
    rank = int(fichier.nom.removesuffix(".json").rsplit("-", 1)[1])
    archives = []
    for k, entries in enumerate(plan([ligne.pieces for ligne in fichier.lignes]), start=1):
        name = archive_name(fichier.numeroAns, options.jour, rank, k)
        size = write_archive(folder / name, entries)
        archives.append(Archive(name, size, tuple(entry.nomFichier for entry in entries)))
    return tuple(archives)


def _annotated_name(workbook: Path, taken: Collection[str]) -> str:
    """`<workbook>-erreurs.xlsx`; a copy of a copy keeps its name, two workbooks of one name are told apart."""
    stem = workbook.stem.removesuffix(ANNOTATED)
    name, rank = f"{stem}{ANNOTATED}{workbook.suffix.lower()}", 1
    while name in taken:
        rank += 1
        name = f"{stem}-{rank}{ANNOTATED}{workbook.suffix.lower()}"
    return name
