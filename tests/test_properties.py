"""What holds whatever the rows: a file read back and converted again is itself; the order of rows matters not."""

import datetime
import json
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from conftest import DAY, Run, command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from workbooks import Row, group, mandate, rows_of, solo, structure, write_workbook

BUILDS: list[Callable[..., list[Row]]] = [solo, group, mandate, structure]
FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # each example is two whole runs: shrinking one would take minutes
    suppress_health_check=[HealthCheck.too_slow],
)
NAMES = (
    st.text("abcÉèñÆ 'ß-\u00a0\u0301", min_size=1, max_size=20)
    .filter(lambda text: not re.search("[ \u00a0]'[ \u00a0\u0301-]*$", text))  # a mark that ends no name
    .map(lambda text: f"xa{text}")
)
CHANGES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "montantSegurHT": st.one_of(
            st.decimals("0.01", "99999.99", places=2).map(str),
            st.floats(1000, 99999, allow_nan=False).map(lambda amount: round(amount, 3)),
            st.integers(1, 10**6),
        ),
        "dateCommande": st.one_of(
            st.dates(datetime.date(2001, 1, 1), datetime.date(2025, 12, 31)), st.just("4.11.2025")
        ),
        "isPFIToDMP": st.sampled_from(["OUI", "non", True, 0, "VRAI"]),
        "operateurMessagerie": st.sampled_from([None, "ch28", "CH _28", "MAI_15", "Mailiz"]),
        "regimeTVA": st.sampled_from(["TTC", "ht", " HT"]),
    }
)


@st.composite
def sheets(draw: st.DrawFn) -> list[Row]:
    """Rows of one to four requests that must go out, each request's rows together."""
    requests = []
    for number in range(draw(st.integers(1, 4))):
        build = draw(st.sampled_from(BUILDS))
        changes = draw(CHANGES)
        name = "nomResponsable" if build is structure else "nomMedecin"
        requests.append(build(f"BC-{number}", 10 * number + 1, **changes, **{name: draw(NAMES)}))
    return rows_of(*requests)


def converted(rows: Sequence[Row]) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        path = write_workbook(Path(folder) / "a.xlsx", rows)
        run = command("convert", path, "--out", Path(folder) / "out", "--date", DAY, "--no-attachments")
        assert run.status == 0, (run.document, run.stderr)
        run.document["read"] = [json.loads(Path(one["path"]).read_bytes()) for one in run.document["files"]]
        return run


def rows_from(file: dict[str, Any]) -> list[Row]:
    """The rows that say what a JSON file says, one a beneficiary, everything on each row."""
    rows: list[Row] = []
    for request in file["lignesImport"]:
        who, scenario = request["beneficiaires"], request["scenarioInstallation"]
        yes_no = {tag: ("OUI" if value else "NON") for tag, value in scenario.items() if isinstance(value, bool)}
        structure_head = {tag: value for tag, value in who["structure"].items() if tag != "FINESSGeo"}
        head = {
            "refCommande": f"relu {request['numeroEditeur']}",
            "numeroEditeur": request["numeroEditeur"],
            **request["commande"],
            "commandePour": who["commandePour"],
            **{tag: who[tag] for tag in ("nomMandataire", "emailMandataire", "telephoneMandataire")},
            **structure_head,
            **yes_no,
            "operateurMessagerie": scenario["operateurMessagerie"],
        }
        sites = [{"FINESSGeo": site} for site in who["structure"].get("FINESSGeo", [])]
        rows += [{**head, **one} for one in who["liberal"] or sites]
    return rows


@FEW
@given(sheets())
def test_a_file_read_back_and_converted_again_is_itself(rows: list[Row]) -> None:
    [first] = converted(rows).document["read"]
    again = converted(rows_from(first))
    assert [told for told in again.told if told[1] != "avertissement"] == []
    assert again.document["read"] == [first]


@FEW
@given(sheets(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_request(rows: list[Row], draw: Any) -> None:
    shuffled = list(rows)
    draw.shuffle(shuffled)
    assert as_a_set(converted(shuffled)) == as_a_set(converted(rows))


def as_a_set(run: Run) -> list[str]:
    """The requests without their places: numbers left out, beneficiaries sorted."""
    [file] = run.document["read"]
    for request in file["lignesImport"]:
        del request["numLigne"], request["numeroEditeur"], request["piecesJustificatives"]
        who = request["beneficiaires"]
        who["liberal"].sort(key=lambda one: one["RPPS"])
        who["structure"].get("FINESSGeo", []).sort()
    return sorted(json.dumps(request, ensure_ascii=False, sort_keys=True) for request in file["lignesImport"])
