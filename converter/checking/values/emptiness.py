"""What people write in a cell to say that it is empty: a dash, « N/A », « à compléter »…

Such a cell counts as empty: an error (« est vide ») where its column is required, and no finding elsewhere. A surname
that is also such a word (« NA », « SANS ») is read as a name when a first name is beside it.

>>> [stands_for_nothing(text) for text in ("n.c.", "—", "à compléter", "pas de mail", "0")]
[True, True, True, True, True]
>>> [stands_for_nothing(text) for text in ("Na Jin", "0001", "NAUD", "na@cabinet.fr", "sans.pdf")]
[False, False, False, False, False]
"""

import re

from converter.findings.text import fold

_MARKS = re.compile(r"[-‐‑‒–—―−_/\\.…?¿!*#~=·•|,;:()\[\]\s]+")
_LIKELY = re.compile(r"[^\W\d_][^\d@]*|0", re.DOTALL)
_LONGEST = 40  # characters: beyond, it is a sentence, and it says something
_WORDS = re.compile(
    r"0|na|nc|nd|nr|np|null|none|nil|vide|neant|rien|sans|aucune?s?|inconnue?s?|tbd|tbc|todo|ras|xx+"
    r"|(?:sans|non|pas)(?:objet|applicable|concernee?s?|communiquee?s?|renseignee?s?|connue?s?|disponibles?|fournie?s?"
    r"|transmise?s?|definie?s?|precisee?s?|recue?s?|saisie?s?|attribuee?s?|indiquee?s?|determinee?s?|remplie?s?)"
    r"|a(?:completer|venir|renseigner|preciser|definir|demander|fournir|saisir|remplir|verifier|voir|confirmer"
    r"|recuperer|obtenir|determiner)"
    r"|en(?:attente|cours)(?:dereponse|deretour|duclient)?|manquante?s?|absente?s?"
    r"|(?:sans|pas(?:d|de)?|aucune?)(?:adresse|e?mail|courriel|telephone|tel|portable|numero|nom|mandataire"
    r"|messagerie|operateur|rpps|finess|attestation|document|fichier|reponse|information|infos?|donnees?|valeur)s?"
)  # fmt: skip


def stands_for_nothing(text: str) -> bool:
    """Whether `text`, tidied, says that there is nothing: by marks alone, or by words of any case and spelling.

    « 0 » is one of them: callers for whose kind it is a value (an amount, a Boolean) do not ask about it.
    """
    if _MARKS.fullmatch(text):
        return True
    bare = text.strip("-–—_/.…?!*#~=,;:()[] ")
    return len(text) <= _LONGEST and _LIKELY.fullmatch(bare) is not None and _WORDS.fullmatch(fold(bare)) is not None
