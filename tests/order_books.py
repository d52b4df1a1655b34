"""Three order books unlike ours, as publishers keep them: an export of a CRM, a sheet kept by hand, one in English.

Invented data only, as in `workbooks`. docs/correspondance.md shows the mapping of each.
"""

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl
from openpyxl.styles import Font
from workbooks import Cell, finess, rpps

CRM_HEADINGS = (
    "ID affaire", "Nom de l'affaire", "Étape", "Date de création", "Date de signature", "Montant HT", "Montant TTC",
    "Code TVA", "Produit", "Quantité", "Commercial", "E-mail du commercial", "Tél. du commercial", "Compte",
    "Type de compte", "SIREN", "Adresse", "Code postal", "Ville", "Pays", "Civilité", "Nom du contact",
    "Prénom du contact", "E-mail du contact", "Tél. du contact", "N° RPPS", "Spécialité", "FINESS EJ", "FINESS ET",
    "Centre de santé", "Opérateur MSSanté", "DMP", "PDF signé", "Source", "Campagne", "Probabilité", "Prochaine étape",
    "Date de relance", "Date d'installation", "N° de facture", "Date de facture", "Remise", "Acompte", "Solde dû",
    "Mode de paiement", "Concurrent", "Commentaire", "Dernière activité", "Créé par", "Modifié par",
    "Date de modification", "Langue", "Fuseau horaire", "Consentement", "Score", "Étiquettes", "Référent technique",
    "E-mail du référent", "Contrat de maintenance", "Identifiant externe",
)  # fmt: skip
"""Sixty headings, of which sixteen serve."""


def crm_export(path: Path) -> Path:
    """One row an order or a site: two doctors, a centre of two sites, a quotation, an order of another product."""
    rows: list[dict[str, Cell]] = [
        _deal(1, {"Nom du contact": "Églantier", "Prénom du contact": "Anne", "N° RPPS": int(rpps(1))}),
        _deal(2, {"Nom du contact": "Mélèze", "Prénom du contact": "Jean-Paul", "N° RPPS": rpps(2), "DMP": "Via PFI"}),
        _deal(3, _centre(1)),
        _deal(3, _centre(2)),
        _deal(4, {"Nom du contact": "Lilas", "N° RPPS": rpps(4), "Étape": "Devis envoyé"}),
        _deal(5, {"Nom du contact": "Tilleul", "N° RPPS": rpps(5), "Produit": "Agenda"}),
    ]
    return _saved(path, "Affaires gagnées", [CRM_HEADINGS, *([row.get(one) for one in CRM_HEADINGS] for row in rows)])


def _deal(rank: int, changes: dict[str, Cell]) -> dict[str, Cell]:
    return {
        "ID affaire": f"OPP-2026-{rank:04}",
        "Nom de l'affaire": f"Ségur vague {rank}",
        "Étape": "Signé",
        "Date de création": datetime.date(2026, 9, rank),
        "Date de signature": datetime.date(2026, 10, rank),
        "Montant HT": 1075 + rank,
        "Montant TTC": round((1075 + rank) * 1.2, 2),
        "Code TVA": "FR-20%",
        "Produit": "Ségur LGC",
        "Commercial": "Camille Noyer",
        "E-mail du commercial": "camille@editeur.example",
        "Type de compte": "Cabinet",
        "SIREN": "552100554",
        "Ville": "Brest",
        "E-mail du contact": f"contact{rank}@cabinet.example",
        "Tél. du contact": f"01 99 00 12 3{rank}",
        "Opérateur MSSanté": "CH _28",
        "DMP": "Direct",
        **changes,
    }


def _centre(site: int) -> dict[str, Cell]:
    return {
        "Type de compte": "Centre",
        "Nom du contact": "Rivière",
        "Prénom du contact": "Léa",
        "FINESS EJ": finess(30),
        "FINESS ET": finess(30 + site),
        "Centre de santé": "x",
        "Opérateur MSSanté": None,
    }


def kept_by_hand(path: Path) -> Path:
    """Titles, two rows of headings tied by merged cells, contacts in one cell, a blank row, a remark, a total."""
    rows: list[list[Cell]] = [
        ["Suivi Ségur — équipe Ouest", *[None] * 9],
        ["mis à jour le lundi", *[None] * 9],
        [None] * 10,
        ["N° BC", "Client", None, None, "Commande", None, None, "Envoi", None, "Fait par"],
        [None, "Médecin", "RPPS", "Contact", "Signée le", "HT", "TTC", "DMP", "MSS", None],
        ["BC-101", "Dr Églantier Anne", rpps(11), "anne@cabinet.example / 01 99 00 12 34", "12/10/26", 2150, 2580,
         "oui", "oui", "Zoé"],
        [None, None, None, None, None, None, None, None, None, None],
        ["BC-101", "Dr Mélèze", rpps(12), "meleze@cabinet.example / 01 99 00 12 35", *[None] * 6],
        ["octobre : relancer le Dr Lilas", *[None] * 9],
        ["BC-102", "Dr Tilleul", rpps(13), "tilleul@cabinet.example / 01 99 00 12 36", "14 octobre 2026", 1075, 1290,
         "oui", "non", "Max"],
        ["TOTAL", None, None, None, None, 3225, 3870, None, None, None],
    ]  # fmt: skip
    _saved(path, "Ouest", rows)
    book = openpyxl.load_workbook(path)
    sheet = book["Ouest"]
    for cells in ("A1:J1", "A4:A5", "B4:D4", "E4:G4", "H4:I4", "J4:J5"):
        sheet.merge_cells(cells)
    sheet["A1"].font = Font(bold=True, size=14)
    book.create_sheet("Mode d'emploi").append(["Qui remplit quoi"])
    book.save(path)
    return path


def in_english(path: Path) -> Path:
    headings = (
        "Order no.", "Signed on", "Practice", "Doctor last name", "Doctor first name", "Doctor email", "Doctor phone",
        "RPPS number", "Net amount (excl. VAT)", "Gross amount", "VAT scheme", "Customer type", "Health centre?",
        "Secure mail operator", "Sales rep",
    )  # fmt: skip
    rows = [
        ("EN-1", "2026-10-01", "Blossom", "Églantier", "Anne", "anne@practice.example", "+33 1 99 00 12 34", rpps(21),
         1075.5, 1290.6, "VAT incl.", "GP practice", "no", "MAI_15", "Sam"),
        ("EN-2", "2026-10-02", "Oak", "Mélèze", "Jean", "jean@practice.example", "+33 1 99 00 12 35", rpps(22),
         1200, 1440, "VAT incl.", "GP practice", "no", "", "Sam"),
    ]  # fmt: skip
    return _saved(path, "Orders", [headings, *rows])


def _saved(path: Path, name: str, rows: Iterable[Sequence[Cell]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path
