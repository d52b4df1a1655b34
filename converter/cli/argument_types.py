"""What the text of an argument must be: each function returns its value, or says in French what it is not."""

import argparse
import datetime
from decimal import Decimal

from converter.findings.french import euros_in

_YEARS = range(2000, 2100)  # four digits, as file names want them


def port(text: str) -> int:
    """A port to listen on."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"«\u00a0{text}\u00a0» n'est pas un port")
    return int(text)


def day_count(text: str) -> int:
    """A number of days."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"«\u00a0{text}\u00a0» n'est pas un nombre de jours")
    return int(text)


def amount(text: str) -> Decimal:
    """An amount in euros, as people write it."""
    euros = euros_in(text)
    if euros is None:
        raise argparse.ArgumentTypeError(f"«\u00a0{text}\u00a0» n'est pas un montant en euros supérieur à 0")
    return euros


def day(text: str) -> datetime.date:
    """A day, AAAA-MM-JJ, of the years that file names may hold."""
    try:
        read = datetime.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 — a day, wherever one is
    except ValueError:
        raise argparse.ArgumentTypeError(f"«\u00a0{text}\u00a0» n'est pas une date AAAA-MM-JJ") from None
    if read.year not in _YEARS:
        raise argparse.ArgumentTypeError(f"«\u00a0{text}\u00a0» n'est pas un jour de dépôt possible")
    return read
