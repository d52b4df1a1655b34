"""Whatever stands around a right value, or between its signs: it gives that value, or an error; never another one.

Each example is a sheet of many requests, one decorated cell each, converted once.
"""

import datetime
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from conftest import DAY, command
from email_validator import validate_email
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from phonenumbers import is_valid_number, parse
from samples.cases import luhn
from test_corrections import values
from workbooks import Row, solo, structure, write_workbook

from converter.checking.values import emails, emptiness, names, phones

FEW = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # each example is a whole run
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
SPACES = ("", " ", "  ", "\u00a0", "\u202f", "\t", "\n", "\u200b", "\ufeff")
NONE = ("",) * 8
QUOTES = (
    *zip(NONE, NONE, strict=True),
    ('"', '"'), ("'", "'"), ("« ", " »"), ("“", "”"), ("'", ""), ('="', '"'), ("(", ")"), ("<", ">"), ("[", "]"),
)  # fmt: skip
ENDS = (*NONE, ".", ";", ",", " ;", " !", " ?", "…")
BETWEEN = ("", " ", ".", "-", "\u2011", "·", "/", "_", "\u00a0", ",", ":", " - ")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
Cell = tuple[str, str, str]
"""A tag, its right value, and how it is typed."""


@st.composite
def around(draw: st.DrawFn, text: str, before: tuple[str, ...] = ("",), after: tuple[str, ...] = ("",)) -> str:
    opening, closing = draw(st.sampled_from(QUOTES))
    spaces = st.sampled_from(SPACES)
    inner = f"{draw(st.sampled_from(before))}{text}{draw(st.sampled_from(after))}"
    quoted = f"{opening}{draw(spaces)}{inner}{draw(spaces)}{closing}"
    return f"{draw(spaces)}{quoted}{draw(st.sampled_from(ENDS))}{draw(spaces)}"


@st.composite
def spread(draw: st.DrawFn, digits: str) -> str:
    """The digits in groups, with the same mark between them, or another one now and then."""
    size, mark = draw(st.sampled_from((1, 2, 3, 4, 20))), draw(st.sampled_from(BETWEEN))
    groups = [digits[start : start + size] for start in range(0, len(digits), size)]
    return mark.join(groups)


@st.composite
def a_name(draw: st.DrawFn) -> Cell:
    name = draw(
        st.sampled_from(("LEFÈVRE", "DE LA TOUR", "L'HAŸ", "NA JIN", "DR'OUIN", "PROFIT", "M'BAPE", "LE GOËLAND"))
    )
    typed = draw(st.sampled_from((name, name.lower(), name.title())))
    titles = ("", "Dr ", "DR. ", "Dr.", "docteur ", "Pr ", "M. ", "Mme ", "Mme le Dr ", "Monsieur le Professeur ")
    return "nomMedecin", name, draw(around(typed, titles, ("", " (Dr)", ", Dr")))


@st.composite
def an_email(draw: st.DrawFn) -> Cell:
    address = draw(st.sampled_from(("a.b@cabinet.example", "o'brien@x.example", "jean_42+mdv@sous.domaine-x.example")))
    befores = ("", "mailto:", "Anne B <", "e-mail : ", '"B, Anne" <', "courriel:", "a@x.example ")
    return "emailMedecin", address, draw(around(address, befores, ("", ">", " (secrétariat)", "?subject=x")))


@st.composite
def a_phone(draw: st.DrawFn) -> Cell:
    number = draw(st.sampled_from(("0199001234", "0612345678", "+33699001234", "0033199001234", "+3222345678")))
    written = draw(spread(number.removeprefix("+")))
    if number.startswith("+"):
        written = f"+{written}"
    if number.startswith("+33") and draw(st.booleans()):
        written = f"{draw(st.sampled_from(('(+33)', '+33 ', '+33.')))}(0){draw(spread(number[3:]))}"
    afters = ("", " secrétariat", " (Mme B)", " poste 12", " ou 13", " / 0612345679", " fax")
    return "telephoneMedecin", number, draw(around(written, ("", "Tél. : ", "tel:", "Fax "), afters))


@st.composite
def a_day(draw: st.DrawFn) -> Cell:
    day = draw(st.dates(datetime.date(2021, 3, 1), datetime.date(2026, 11, 1)))
    month = MONTHS[day.month - 1]
    mark = draw(st.sampled_from(("/", "-", ".", " ", " / ", "–")))
    forms = (
        f"{day.day:02}{mark}{day.month:02}{mark}{day.year}",
        f"{day.day}{mark}{day.month}{mark}{day.year}",
        f"{day.day}{mark}{day.month}{mark}{day.year % 100:02}",
        f"{day.year}{mark}{day.month:02}{mark}{day.day:02}",
        f"{day.day} {month} {day.year}",
        f"{day.day} {month.upper()} {day.year}",
        f"{day.day}{mark}{month[:3]}.{mark}{day.year}",
        f"{day.isoformat()}T00:00:00Z",
        f"{day.isoformat()}T00:00:00+02:00",
        f"{day.isoformat()} 23:30",
    )
    befores = ("", "le ", "lundi ", "dim. ", "Le mardi ")
    right = f"{day:%d/%m/%Y}"
    return (
        "dateCommande",
        right,
        draw(around(draw(st.sampled_from(forms)), befores, (*NONE, " 10:30", " à 10h", " ou 2026"))),
    )


@st.composite
def an_amount(draw: st.DrawFn) -> Cell:
    cents = draw(st.integers(1000, 10**8))
    whole, rest = divmod(cents, 100)
    separator = draw(st.sampled_from(("", " ", "\u202f", "\u00a0", ".", ",", "'")))
    point = draw(st.sampled_from((",", ".")))
    typed = f"{whole:,}".replace(",", separator) + f"{point}{rest:02}" * (rest > 0 or draw(st.booleans()))
    units = (*NONE, "€", " €", " HT", " € HT", " EUR", " euros H.T.", " TTC", " $", " k€", " / 2")
    return "montantSegurHT", f"{whole}.{rest:02}", draw(around(typed, ("", "€ ", "EUR ", "HT "), units))


@st.composite
def an_identifier(draw: st.DrawFn) -> Cell:
    tag, number = draw(st.sampled_from((("RPPS", luhn("9998888123")), ("FINESSJuridique", luhn("01000123")))))
    return tag, number, draw(around(draw(spread(number)), ("", "8") if tag == "RPPS" else ("",), ("", "0", ".0")))


@st.composite
def an_answer(draw: st.DrawFn) -> Cell:
    right = draw(st.sampled_from(("OUI", "NON")))
    typed = {"OUI": ("oui", "O", "x", "✔", "☑", "Yes", "VRAI", "1"), "NON": ("non", "N", "☐", "no", "Faux", "0")}[right]
    return "isDirecToDMP", right, draw(around(draw(st.sampled_from(typed))))


@st.composite
def of_a_list(draw: st.DrawFn) -> Cell:
    right, typed = draw(
        st.sampled_from((("HT", "ht"), ("HT", "H.T."), ("TTC", "T T C"), ("TTC", "ttc"), ("HT", "hors taxes")))
    )
    return "regimeTVA", right, draw(around(typed))


CELLS = st.one_of(
    a_name(), an_email(), a_phone(), a_day(), an_amount(), an_identifier(), an_answer(), of_a_list()
)  # fmt: skip


def order(number: int, tag: str, typed: str) -> list[Row]:
    build = structure if tag.startswith("FINESS") else solo
    return build(f"BC-{number}", 10 + 2 * number, **{tag: typed})


@FEW
@given(st.lists(CELLS, min_size=60, max_size=120))
def test_a_decorated_value_is_that_value_or_an_error(cells: list[Cell]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for number, (tag, _, typed) in enumerate(cells) for row in order(number, tag, typed)]
        path = write_workbook(Path(folder) / "a.xlsx", rows)
        run = command("convert", path, "--out", Path(folder) / "out", "--date", DAY, "--no-attachments")
        out = {request["numeroEditeur"]: request for request in run.requests}
        emitted = iter(out.values())
    first_rows = {}
    row = 2
    for number, (tag, _, _) in enumerate(cells):
        first_rows[number] = row
        row += 2 if tag.startswith("FINESS") else 1
    in_error = {one["row"] for one in run.document["findings"] if one["severity"] == "erreur"}
    wrong = []
    for number, (tag, right, typed) in enumerate(cells):
        if first_rows[number] in in_error:
            continue
        value = values(next(emitted))[tag]
        if {True: "OUI", False: "NON"}.get(value, value) not in accepted(tag, right):  # type: ignore[call-overload]
            wrong.append((tag, right, typed, value))
    assert wrong == []
    assert next(emitted, None) is None


def accepted(tag: str, right: str) -> set[Any]:
    """The values that mean the same: a French number by its prefix or without."""
    if tag == "telephoneMedecin" and right.startswith("0033"):
        return {right, f"+33{right[4:]}"}
    return {right}


# What is known at once as right is what the libraries and the long way say


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.from_regex(emails.PLAIN_EMAIL, fullmatch=True).filter(lambda text: len(text) < 150))
def test_an_address_known_at_once_is_one_for_the_library(address: str) -> None:
    validate_email(address, allow_smtputf8=False, check_deliverability=False)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.from_regex(phones.PLAIN_PHONE, fullmatch=True))
def test_a_telephone_known_at_once_has_the_digits_of_one(number: str) -> None:
    assert len(str(parse(number, "FR").national_number)) == 9


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.from_regex(names.PLAIN_NAME, fullmatch=True).filter(lambda text: len(text) < 50))
def test_a_name_known_at_once_is_one_the_long_way(name: str) -> None:
    never = re.compile("(?!)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "PLAIN_NAME", never)
        assert (names.clean(name), names.unlike_a_name(name)) == ((name, ()), None)
    assert not emptiness.stands_for_nothing(name)


def test_the_numbers_of_these_tests_are_those_of_their_countries() -> None:
    assert is_valid_number(parse("+3222345678"))
    assert is_valid_number(parse("+33699001234"))
