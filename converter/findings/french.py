"""Numbers, dates and plurals as French readers expect them, with no-break spaces (U+00A0) where they belong."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

NBSP = "\u00a0"
_CENT = Decimal("0.01")
_ADVANCE = Decimal("0.30")  # guide § 1: the advance is 30 % of the amount
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def thousands(number: int) -> str:
    """`20000` → « 20 000 »."""
    return f"{number:,}".replace(",", NBSP)


def counted(number: int, singular: str, plural: str = "") -> str:
    """`(3, "demande")` → « 3 demandes »; the plural adds an s unless it is given."""
    return f"{thousands(number)}{NBSP}{singular if number < 2 else plural or singular + 's'}"


def euros(amount: Decimal) -> str:
    """`Decimal("10750")` → « 10 750,00 € »."""
    written = f"{amount.quantize(_CENT, ROUND_HALF_UP):,}"
    return written.replace(",", NBSP).replace(".", ",") + f"{NBSP}€"


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


def tidy(name: str) -> str:
    """A file's name, without what could steer a terminal or could not be encoded."""
    if name.isprintable():
        return name
    return "".join(one if one.isprintable() or one == NBSP else "\ufffd" for one in name)
