"""The files of one run, written into its staging folder: JSON files, zips, annotated workbooks, report."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from converter.annotate import AnnotationImpossible, annotate
from converter.archives import archive_name, plan, write_archive
from converter.attachments import Entry, document_name
from converter.delivery import FichierJson, Ligne, file_name, render, split
from converter.examine import Examination, Options
from converter.findings import Cell, Finding, Severity, finding
from converter.outcome import Archive, Fichier, Outcome, Suivi
from converter.portal.spelling import Spelling
from converter.publication import write_new
from converter.reconcile import ToEmit
from converter.registre.model import Cle, Ecriture, Etat, Inscription
from converter.report import render_report
from converter.suivis import Place
from converter.summary import REPORT

ANNOTATED = "-erreurs"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A JSON file, whole and controlled, not written yet."""

    fichier: FichierJson
    data: bytes


def number(to_emit: Sequence[ToEmit], typed: Collection[str], ecriture: Ecriture) -> list[ToEmit]:
    """Every request under its number: its own, or the next free ones in order.

    `typed`: the numbers that users filled in, those of requests held back too: not to be given to another meanwhile.
    """
    wanted = sum(not one.numeroEditeur for one in to_emit)
    free = iter(ecriture.free_numbers(wanted, typed)) if wanted else iter(())
    return [one if one.numeroEditeur else replace(one, numeroEditeur=next(free)) for one in to_emit]


def render_all(numbered: Sequence[ToEmit], options: Options, ecriture: Ecriture, spelling: Spelling) -> list[Rendered]:
    """The requests pooled by numeroAns and SIRET, at most 200 a file, under the day's next names."""
    pools: dict[tuple[str, str], list[Ligne]] = {}
    for one in numbered:
        supplier = one.demande.fournisseur
        pools.setdefault((supplier.numeroAns, supplier.SIRET), []).append(_ligne(one))
    rendered = []
    next_number: dict[str, int] = {}
    for (numeroAns, SIRET), lignes in pools.items():
        for part in split(lignes):
            rank = next_number.get(numeroAns) or ecriture.next_file_number(numeroAns, options.jour)
            next_number[numeroAns] = rank + 1
            fichier = FichierJson(file_name(numeroAns, options.jour, rank), numeroAns, SIRET, part)
            rendered.append(Rendered(fichier, render(fichier, spelling)))
    return rendered


def places(rendered: Sequence[Rendered]) -> dict[Cle, Place]:
    """Where each request stands: its JSON file and its number, by its key."""
    return {
        ligne.demande.cle: Place(one.fichier.nom, ligne.numeroEditeur)
        for one in rendered
        for ligne in one.fichier.lignes
    }


def inscriptions(rendered: Sequence[Rendered], numbered: Sequence[ToEmit], options: Options) -> list[Inscription]:
    """What the ledger is to remember of these files."""
    contenus = {one.numeroEditeur: one.contenu for one in numbered}
    return [
        Inscription(
            cle=ligne.demande.cle,
            numeroEditeur=ligne.numeroEditeur,
            etat=Etat.EMISE,
            fichier=one.fichier.nom,
            numLigne=rank,
            jour=options.jour,
            SIRET=one.fichier.SIRET,
            montantSegurHT=ligne.demande.commande.montantSegurHT,
            beneficiaires=ligne.demande.beneficiary_numbers,
            contenu=contenus[ligne.numeroEditeur],
        )
        for one in rendered
        for rank, ligne in enumerate(one.fichier.lignes, start=1)
    ]


def write_files(folder: Path, rendered: Sequence[Rendered], options: Options) -> list[Fichier]:
    """The JSON files and their zips, in `folder`."""
    written = []
    for one in rendered:
        write_new(folder / one.fichier.nom, one.data)
        archives = _write_archives(folder, one.fichier, options) if options.documents else ()
        written.append(
            Fichier(one.fichier.nom, len(one.fichier.lignes), one.fichier.montant, one.fichier.avance, archives)
        )
    return written


def write_annotated(
    folder: Path, examinations: Sequence[Examination], findings: Sequence[Finding], suivis: Sequence[Suivi]
) -> tuple[dict[str, str], list[Finding]]:
    """An annotated copy of each workbook with an error or a warning: workbook → its name; and those that cannot be."""
    told_of: dict[str, list[Finding]] = {}
    for told in findings:
        told_of.setdefault(told.cell.workbook, []).append(told)
    followed: dict[str, list[Suivi]] = {}
    for suivi in suivis:
        followed.setdefault(suivi.workbook, []).append(suivi)
    names: dict[str, str] = {}
    impossible = []
    for one in examinations:
        path = one.classeur.path
        ours = told_of.get(str(path), [])
        if all(told.severity is Severity.CORRECTION for told in ours):
            continue
        name = _annotated_name(path, names.values())
        table, rows = one.table, followed.get(str(path), [])
        try:
            annotate(path, folder / name, ours, rows, demandes_sheet=table.sheet, header_row=table.header_row)
        except AnnotationImpossible as reason:
            impossible.append(finding("annotation-impossible", Cell(str(path)), raison=str(reason)))
        else:
            names[str(path)] = name
    return names, impossible


def write_report(folder: Path, outcome: Outcome) -> None:
    """`rapport.html`."""
    write_new(folder / REPORT, render_report(outcome).encode("utf-8"))


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
