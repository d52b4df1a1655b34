"""Check digits of French identifiers. A wrong one is a warning: the guide asks for a length only (§ 3.2).

RPPS and FINESS end with a Luhn digit (a Corsican FINESS is read with 2A as 21 and 2B as 22); so does a SIRET, but for
the establishments of La Poste, whose fourteen digits add up to a multiple of 5.
Sources: ANS (RPPS), DREES (FINESS), Insee (SIRET). python-stdnum plays the algorithm; it is imported once there is a
number to judge. Its own SIRET would also judge the SIREN within, which is refusing more than the guide asks for.

>>> luhn("38042372300028"), siret("38042372300028"), siret("35600000000057")
(True, True, False)
>>> finess("2A0000139")
True
"""

from functools import lru_cache

_LA_POSTE = "356000000"
_REMEMBERED = 32_768  # numbers, so that judging a sheet again after a correction is quick


@lru_cache(_REMEMBERED)
def luhn(digits: str) -> bool:
    """Whether the last of these digits (ASCII, any number of them) is the Luhn check digit of the others."""
    from stdnum.luhn import is_valid

    return is_valid(digits)


def rpps(number: str) -> bool:
    """Whether these 11 digits end with the right one."""
    return luhn(number)


def finess(number: str) -> bool:
    """Whether these 9 characters end with the right digit."""
    return luhn(number.replace("A", "1").replace("B", "2"))


def siret(number: str) -> bool:
    """Whether these 14 digits end with the right one."""
    return luhn(number) or (number.startswith(_LA_POSTE) and sum(map(int, number)) % 5 == 0)
