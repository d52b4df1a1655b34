"""Check digits of French identifiers. A wrong one is a warning: the guide asks for a length only (§ 3.2).

RPPS and FINESS end with a Luhn digit (a Corsican FINESS is read with 2A as 21 and 2B as 22); so does a SIRET, but for
the establishments of La Poste, whose fourteen digits add up to a multiple of 5.
Sources: ANS (RPPS), DREES (FINESS), Insee (SIRET).

>>> luhn("38042372300028"), siret("38042372300028"), siret("35600000000057")
(True, True, False)
>>> finess("2A0000139")
True
"""

_DOUBLED = str.maketrans("0123456789", "0246813579")
_LA_POSTE = "356000000"
_ZERO = ord("0")


def luhn(digits: str) -> bool:
    """Whether the last of these digits (ASCII, any number of them) is the Luhn check digit of the others."""
    total = sum(digits[-1::-2].encode()) + sum(digits[-2::-2].translate(_DOUBLED).encode())
    return (total - _ZERO * len(digits)) % 10 == 0


def rpps(number: str) -> bool:
    """Whether these 11 digits end with the right one."""
    return luhn(number)


def finess(number: str) -> bool:
    """Whether these 9 characters end with the right digit."""
    return luhn(number.replace("A", "1").replace("B", "2"))


def siret(number: str) -> bool:
    """Whether these 14 digits end with the right one."""
    return luhn(number) or (number.startswith(_LA_POSTE) and sum(map(int, number)) % 5 == 0)
