"""Numbers, dates and plurals as French readers expect them, with no-break spaces (U+00A0) where they belong."""

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

NBSP = "\u00a0"
_UNUSUAL = re.compile("[^ -~\u00a0-\u00ac\u00ae-\u05ff\u2010-\u2027\u202f-\u205f]")  # all others are seen
_TURNING = ("Cf", "Zl", "Zp")
_CENT = Decimal("0.01")
_BESIDE_DIGITS = re.compile(r"[\s€]")
_EUROS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
_ADVANCE = Decimal("0.30")  # guide § 1: the advance is 30 % of the amount
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def thousands(number: int) -> str:
    """`20000` → « 20 000 »."""
    return f"{number:,}".replace(",", NBSP)


def decimal(number: float) -> str:
    """`2.5` → « 2,5 »; `60.0` → « 60 »."""
    return f"{number:g}".replace(".", ",")


def counted(number: int, singular: str, plural: str = "") -> str:
    """`(3, "demande")` → « 3 demandes »; the plural adds an s unless it is given."""
    return f"{thousands(number)}{NBSP}{singular if number < 2 else plural or singular + 's'}"


def euros(amount: Decimal) -> str:
    """`Decimal("10750")` → « 10 750,00 € »."""
    written = f"{amount.quantize(_CENT, ROUND_HALF_UP):,}"
    return written.replace(",", NBSP).replace(".", ",") + f"{NBSP}€"


def euros_in(text: str) -> Decimal | None:
    """The amount above zero that a person wrote, in euros; None for anything else.

    >>> euros_in("1 075,5 €"), euros_in("0"), euros_in("12,345")
    (Decimal('1075.50'), None, None)
    """
    written = _BESIDE_DIGITS.sub("", text).replace(",", ".")
    if not _EUROS.fullmatch(written) or not Decimal(written):
        return None
    return Decimal(written).quantize(_CENT)


def advance(amount: Decimal) -> Decimal:
    """The 30 % that the ASP pays in advance on `amount` euros, to the cent."""
    return (amount * _ADVANCE).quantize(_CENT, ROUND_HALF_UP)


def megabytes(size: int) -> str:
    """A size in bytes, in Mo of 1 000 000 bytes: « 12,4 Mo »."""
    tenths = Decimal(size).scaleb(-6).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{tenths}{NBSP}Mo".replace(".", ",") if tenths else f"moins de 0,1{NBSP}Mo"


def long_date(day: date) -> str:
    """« 1er mars 2027 »."""
    return f"{'1er' if day.day == 1 else day.day}{NBSP}{_MONTHS[day.month - 1]}{NBSP}{day.year}"


def tidy(text: str) -> str:
    """A text of the user's on one line, with « � » for each character that could steer a terminal, make the text read
    otherwise than it is (U+202E turns it round), or not be encoded.

    >>> tidy("bon\u202efdp.exe")
    'bon�fdp.exe'
    """
    return text if text.isprintable() else _UNUSUAL.sub(lambda found: _seen(found[0]), text)


def unturned(text: str) -> str:
    """`text` with « � » only for the characters that change how it reads; line ends are kept, for a cell of a sheet."""
    if text.isprintable():
        return text
    return _UNUSUAL.sub(lambda found: "\ufffd" if unicodedata.category(found[0]) in _TURNING else found[0], text)


def _seen(character: str) -> str:
    return character if character.isprintable() or unicodedata.category(character) == "Zs" else "\ufffd"
