"""E-mail addresses: what stands around one is taken off; `email-validator` judges those that are not plainly right.

Nothing is asked of the network.

>>> clean("Jean Durand <jd@cabinet.fr>"), clean("mailto:jd@cabinet.fr;"), clean("a@b.fr, c@d.fr")
(('jd@cabinet.fr', ('courriel',)), ('jd@cabinet.fr', ('courriel',)), ('a@b.fr, c@d.fr', ()))
>>> is_address("hélène@cabinet.fr"), is_address("a..b@cabinet.fr"), is_address("a@cabinet"), is_usual("a@cabinet")
(False, False, True, False)
"""

import re
from enum import Enum, auto
from functools import lru_cache

from converter.checking.values.tidying import Cleaned, changed, unquoted

_ATOM = r"[A-Za-z0-9_+-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?!-)){0,60}[A-Za-z0-9]|[A-Za-z0-9]"
PLAIN_EMAIL = re.compile(
    rf"{_ATOM}(?:\.{_ATOM})*@(?:(?:{_LABEL})\.)+(?!(?:arpa|invalid|local|localhost|onion|test|alt)$)[A-Za-z]{{2,20}}",
    re.IGNORECASE,
)
"""What is an address for sure: `email-validator` says so of each of them (a test asks it)."""
_LABELLED = re.compile(
    r"(?:adresse )?(?:e-?mail|mail|mél|courriel)s? ?: ?(?P<address>.*)|mailto:(?P<link>[^?]*)(?:\?.*)?", re.IGNORECASE
)
_DISPLAYED = re.compile(r"[^<>@]*<\s*(?P<address>[^<>\s]+@[^<>\s]+)\s*>")
_REMARKED = re.compile(r"(?P<address>\S+@\S+) ?\([^@()]*\)")
_ONE = re.compile(r"[^@\s]+@[^@\s]+")
_LONGEST = 400  # characters: beyond, it is no address with something around it


class _Verdict(Enum):
    """Whether mail can be delivered to an address: from anywhere, only from some places, or not at all."""

    USUAL = auto()
    DOUBTFUL = auto()
    WRONG = auto()


def clean(text: str) -> Cleaned:
    """The one address of `text`, tidied; `text` as it is when it holds none, or several."""
    if PLAIN_EMAIL.fullmatch(text) or len(text) > _LONGEST:
        return text, ()
    address = text
    while (inner := _inside(address)) != address:
        address = inner
    return changed(text, address, "courriel") if _ONE.fullmatch(address) else (text, ())


def is_address(value: str) -> bool:
    """Whether mail can be sent there at all."""
    return PLAIN_EMAIL.fullmatch(value) is not None or _judged(value) is not _Verdict.WRONG


def is_usual(value: str) -> bool:
    """Whether mail can be sent there from anywhere: a domain with a dot, and without accents, which are mostly those of
    a name that was typed too fast. Nothing is said here of what is no address."""
    return PLAIN_EMAIL.fullmatch(value) is not None or _judged(value) is not _Verdict.DOUBTFUL


def _inside(text: str) -> str:
    """`text` without the outermost thing that stands around an address."""
    shorn = unquoted(text.strip().rstrip(";,. ")).lstrip("'’")
    for around in (_DISPLAYED, _REMARKED, _LABELLED):
        if found := around.fullmatch(shorn):
            return found[found.lastgroup or 0]
    return shorn[1:-1] if shorn.startswith("<") and shorn.endswith(">") else shorn


@lru_cache(4096)
def _judged(value: str) -> _Verdict:
    from email_validator import EmailNotValidError, validate_email  # only for those: 0.03 s

    try:
        found = validate_email(value, allow_smtputf8=False, globally_deliverable=False, check_deliverability=False)
    except EmailNotValidError:
        return _Verdict.WRONG
    try:
        validate_email(value, allow_smtputf8=False, check_deliverability=False)
    except EmailNotValidError:
        return _Verdict.DOUBTFUL
    return _Verdict.USUAL if found.domain.isascii() else _Verdict.DOUBTFUL
