"""What the converter is measured against, one process each, and the annotated copy on its own.

python tests/bench/references.py NAME ARGUMENT...: each function below, with paths for arguments; it imports only what
it needs, since a process is timed from its start to its end.
"""

import sys


def floor(workbook: str, target: str) -> None:
    """The least that any converter does: read the sheet, write JSON."""
    import orjson
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(workbook).get_sheet_by_name("Demandes").to_python()
    with open(target, "wb") as stream:  # noqa: PTH123 — pathlib's import would be timed
        stream.write(orjson.dumps(rows))


def imports() -> None:
    """What a converter of 500 rows cannot start without, were it to import everything."""
    import jinja2  # noqa: F401
    import openpyxl  # noqa: F401
    import pandas  # noqa: F401
    import pandera.pandas  # noqa: F401
    import python_calamine  # noqa: F401


def openpyxl_copy(workbook: str, target: str) -> None:
    """The usual way to an annotated copy, without even a mark: load, save."""
    import openpyxl

    openpyxl.load_workbook(workbook).save(target)


def flatten_tool(workbook: str, target: str) -> None:
    """flatten-tool's conversion of the same rows, without any check."""
    import flattentool

    flattentool.unflatten(workbook, input_format="xlsx", output_name=target, root_list_path="lignesImport", root_id="")


def examine(workbook: str, target: str) -> None:
    """Keep in `target` what the annotated copy of `workbook` has to tell."""
    import datetime
    import pickle
    from pathlib import Path

    from converter import Options, validate

    options = Options(out=Path(target).with_suffix(""), day=datetime.date(2022, 11, 22), documents=False)
    outcome = validate([workbook], options)
    statuts = {row: fate.statut for fate in outcome.fates for row in fate.rows}
    Path(target).write_bytes(pickle.dumps((outcome.findings, statuts)))


def conversions(count: str, workbook: str, target: str) -> None:
    """The same workbook converted so many times, each time with a ledger of its own."""
    import datetime
    from pathlib import Path

    from converter import Options, convert

    for rank in range(int(count)):
        convert([workbook], Options(out=Path(f"{target}-{rank}"), day=datetime.date(2022, 11, 22), documents=False))


def annotated_copy(workbook: str, told: str, target: str) -> None:
    """The annotated copy alone, from what `examine` has kept."""
    import pickle
    from pathlib import Path

    from converter.format.user_files import REQUESTS_SHEET
    from converter.views.annotate import StatutSheet, annotate

    findings, statuts = pickle.loads(Path(told).read_bytes())  # noqa: S301 — `examine` wrote it
    Path(target).write_bytes(annotate(Path(workbook), findings, [StatutSheet(REQUESTS_SHEET, 1, statuts)]))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
