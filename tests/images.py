"""`make images`: the pictures of the README, from the samples, through Chromium and LibreOffice.

The page of a workbook, its annotated sheet, and the report of a conversion; PNG files in docs/images.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
from PIL import Image, ImageChops

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import office  # noqa: E402 — beside this file
from browser import chromium, visit  # noqa: E402
from web_server import running  # noqa: E402

from converter.cli import main as converter  # noqa: E402
from converter.format.user_files import REQUESTS_SHEET  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SAMPLE = ROOT / "sample_sheets" / "4-erreurs-courantes" / "erreurs-courantes.xlsx"
FULL = ROOT / "sample_sheets" / "3-plus-de-200-demandes"
DAY = "2026-11-22"
SHOWN, EMPTY = "A1:O20", "GHIJK"
"""The cells of the annotated sheet that are shown, and columns among them that hold nothing."""
MOST = 300_000
"""Bytes of a picture."""
_SIZE = (1280, 860)
_PAPER = (1280, 1080)
_DOTS = 100  # an inch


def main() -> int:
    """Take the three pictures anew; 1 when one is larger than a README should load."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        take_page(folder / "page")
        take_report(folder / "report")
        take_annotated(folder / "annotated")
    large = [path.name for path in IMAGES.glob("*.png") if path.stat().st_size > MOST]
    for path in sorted(IMAGES.glob("*.png")):
        print(f"{path.relative_to(ROOT)}\t{path.stat().st_size // 1000} ko")  # noqa: T201 — a command for developers
    return 1 if large else 0


def take_page(out: Path) -> None:
    """A workbook with errors, dropped on the page."""
    with running(out) as server, chromium() as browser, visit(browser, server.address, size=_SIZE) as person:
        page = person.page
        page.get_by_label("Classeurs", exact=True).set_input_files(SAMPLE)
        page.get_by_label("Pièces justificatives", exact=True).first.set_input_files(
            [path for path in (SAMPLE.parent / "pieces").iterdir() if path.is_file()]
        )
        page.get_by_role("button", name="Contrôler", exact=True).click()
        page.wait_for_url("**/classeurs/*")
        person.cell("Numéro RPPS", 3).focus()
        page.get_by_role("heading", name="Feuille").evaluate("heading => heading.scrollIntoView()")
        page.screenshot(path=IMAGES / "page.png")


def take_report(out: Path) -> None:
    """The report of a conversion of more than 200 requests."""
    converter(["convert", str(FULL), "--out", str(out)])
    with chromium() as browser:
        page = browser.new_page(viewport={"width": _PAPER[0], "height": _PAPER[1]}, locale="fr-FR")
        page.goto(next(out.glob("lot-*/rapport.html")).as_uri())
        page.screenshot(path=IMAGES / "rapport.png")


def take_annotated(out: Path) -> None:
    """The first rows and columns of an annotated sheet, as LibreOffice draws them."""
    converter(["validate", str(SAMPLE), "--date", DAY, "--out", str(out)])
    book = openpyxl.load_workbook(next(out.glob("lot-*/*-erreurs.xlsx")))
    for name in [one for one in book.sheetnames if one != REQUESTS_SHEET]:
        book[name].sheet_state = "hidden"
    sheet = book[REQUESTS_SHEET]
    book.active = sheet
    sheet.print_area = SHOWN
    for letter in EMPTY:
        sheet.column_dimensions[letter].hidden = True
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 8  # A3
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 1
    sheet.print_options.headings = sheet.print_options.gridLines = True
    book.save(out / "demandes.xlsx")
    office.convert([out / "demandes.xlsx"], out, "pdf")
    words = ["-png", "-r", str(_DOTS), "-singlefile", out / "demandes.pdf", out / "demandes"]
    subprocess.run(["pdftoppm", *words], check=True, timeout=60)
    with Image.open(out / "demandes.png") as drawn:
        picture = drawn.convert("RGB")
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    picture.crop(box).quantize(128).save(IMAGES / "feuille-annotee.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
