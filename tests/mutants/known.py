"""The modules that decide what is sent, the tests that watch them, and the changes that nobody could see."""

import re
from collections.abc import Mapping

_CELLS = ("test_corrections", "test_operators", "test_rules")
_RULES = ("test_schemas", "test_docs_pages")
_ORDERS = ("test_grouping", "test_whole_orders", "test_order_sheets")
_FOLDING = ("test_grouping", "test_whole_orders", "test_mapping", "test_schemas", "test_sentences")
_CONTROLS = ("test_codes_requests", "test_codes_check", "test_portal_controls", "test_portal_schema")
_LEDGER = ("test_reconciliation", "test_ledger_changes")
TESTS: Mapping[str, tuple[str, ...]] = {
    "checking/clean_rows.py": ("test_corrections", "test_grouping", "test_mapping"),
    "checking/cleaning.py": _CELLS,
    "checking/values/*.py": _CELLS,
    "checking/schemas.py": (*_RULES, "test_whole_orders"),
    "checking/schema_checks.py": _RULES,
    "checking/cross_rules.py": _RULES,
    "checking/cell_rules.py": (*_RULES, *_CELLS),
    "checking/grouping.py": _ORDERS,
    "checking/belonging.py": _ORDERS,
    "checking/folding.py": _FOLDING,
    "portal/control_*.py": _CONTROLS,
    "portal/patterns.py": _CONTROLS,
    "portal/value_schema.py": _CONTROLS,
    "ledger/reconciliation.py": _LEDGER,
    "ledger/claims.py": _LEDGER,
    "ledger/changes.py": _LEDGER,
}
"""Modules, and the files of tests that are run on their mutants."""

Key = tuple[str, str, str, str]
"""The module, the text of the line, what is changed in it, into what."""


def _unseen(module: str, text: str, reason: str, *changes: tuple[str, str]) -> Mapping[Key, str]:
    return {(module, text, *change): reason for change in changes}


def _longer(module: str, text: str, reason: str, *literals: str) -> Mapping[Key, str]:
    """Texts with « XX » at their end."""
    return _unseen(module, text, reason, *((one, f'({one} "XX")') for one in literals))


def _literals(line: str) -> list[str]:
    """The texts between quotes of a line."""
    return re.findall('"[^"]*"', line)


_FIND = ("fullmatch", "match")
_WORK = "Une borne du travail : au-delà, le texte est de toute façon refusé pour sa longueur."
_SHORTCUT = "Un raccourci : ce qu'il laisse passer est jugé de même un peu plus loin."
_ONE_SPACE = "Il n'y a jamais deux espaces de suite : le texte est déjà nettoyé."
_PREFIX = "Ce qui est écrit n'a qu'à en être le début."
_REQUESTS, _STRUCTURE, _VALUES = "portal/control_requests.py", "portal/control_structure.py", "portal/control_values.py"
_UNSAID = "La phrase de ce code ne dit pas la valeur."
_TRIMMED = "Rien ne suit, ou tout est vide."
_OF_CONTROLS: Mapping[Key, str] = {
    **_unseen(
        "portal/patterns.py", "_CASED = (range(0x2500), range(0xFB00, 0xFF5B), range(0x10400, 0x10450))",
        "Ce qui est à ces bornes n'est pas une minuscule.",
        ("0x2500", "9473"), ("0xFF5B", "65372"), ("0x10400", "66561"), ("0x10450", "66641"),
    ),
    **_longer(
        _REQUESTS,
        'case: _checks((one for one in fields_of(Beneficiaires) if one.tag != "commandePour" and one not in _DERIVED),'
        " case)",
        "Elle vient d'être contrôlée.", '"commandePour"',
    ),
    **_longer(_VALUES, 'return Wrong("ctl-missing", tag)', "L'opérateur, lui, est facultatif.", '"ctl-missing"'),
    (_REQUESTS, 'return Wrong("ctl-mandate-and-single", "isMandataire", "true")', '"true"', '("true" "XX")'): _UNSAID,
    (_REQUESTS, 'return Wrong("ctl-structure-boolean", tag, "true")', '"true"', '("true" "XX")'): _UNSAID,
    (_STRUCTURE, 'return f"{found.message} {found.remedy}".strip()', "strip", "lstrip"): _TRIMMED,
    (_STRUCTURE, 'return Refusal("file-header", balise=tag, motif=sentence(wrong, ""))', '""', '("" "XX")'):
        "Ces phrases ne disent pas le fichier.",
    (_VALUES, 'value: str = ""', '""', '("" "XX")'): _UNSAID,
    (_VALUES, 'longest = "" if field.below is None else field.below - 1', '""', '("" "XX")'):
        "Chaque texte du guide a une longueur.",
    (_VALUES, "_LONGEST_LABEL = 150", "150", "151"): "Une borne du travail, bien au-delà du plus long des libellés.",
    (_VALUES, "likely = isinstance(value, str) and len(value) <= _LONGEST_LABEL", "<=", "<"): "La même borne.",
    (_VALUES, "if not isinstance(value, str) or not value.strip():", "strip", "lstrip"): _TRIMMED,
}  # fmt: skip

_AMOUNTS, _DATES, _EMAILS = "checking/values/amounts.py", "checking/values/dates.py", "checking/values/emails.py"
_LAST_MARK = "La dernière marque est seule de son espèce, ou il n'y en a que d'une espèce."
_BIGGEST = "Un montant aussi grand est refusé de toute façon."
_OF_AMOUNTS: Mapping[Key, str] = {
    **_unseen(
        _AMOUNTS, 'return AMOUNT.fullmatch(value) is not None and value.strip("0.") != ""',
        "Un montant finit par un chiffre : les deux bouts ne comptent que s'il n'y a que des zéros.",
        ("strip", "lstrip"), ('"0."', '("0." "XX")'),
    ),
    **_unseen(_AMOUNTS, "return TAX_INCLUDED.fullmatch(value) is None", "Le motif finit par « .* ».", _FIND),
    **_unseen(_AMOUNTS, 'last = max(joined.rfind("."), joined.rfind(","))', _LAST_MARK, ("rfind", "find")),
    **_unseen(
        _AMOUNTS, "if last < 0 or joined.count(joined[last]) > 1:",
        "Un nombre commence par un chiffre : la marque n'est jamais en tête.", ("<", "<="), ("0", "1"),
    ),
    **_unseen(
        _AMOUNTS, "if not -(10**15) < amount < 10**15:", _BIGGEST, ("10", "11"), ("15", "16"), ("<", "<="),
    ),
}  # fmt: skip
_WEEK = '_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")'
_MONTHS = (
    '("janvier", "january"), ("fevrier", "february"), ("mars", "march"), ("avril", "april"), ("mai", "may"),',
    '("juin", "june"), ("juillet", "july"), ("aout", "august"), ("septembre", "september"), ("octobre", "october"),',
    '("novembre", "november"), ("decembre", "december"),',
)
_OF_DATES: Mapping[Key, str] = {
    **{key: why for line in (_WEEK, *_MONTHS) for key, why in _longer(_DATES, line, _PREFIX, *_literals(line)).items()},
    **_unseen(
        _DATES, '_BEFORE = re.compile(r"(?:le )?(?:([a-z]{3,8})\\.?,? )?(?:le )?(?=[0-9])")',
        "Aucun jour de la semaine n'a neuf lettres.", ("8", "9"),
    ),
    **_unseen(
        _DATES,
        r'_IN_WORDS = re.compile(r"([0-9]{1,2}) ?(?:er)?[ \-./]{0,3}([a-z]{3,9})[ \-./]{0,3}([0-9]{4}|[0-9]{2})")',
        "Aucun mois n'a dix lettres.", ("9", "10"),
    ),
    **_unseen(
        _DATES, "if not DAY.fullmatch(value):", "Avec une suite, ce n'est pas une année du calendrier.", _FIND,
    ),
    **_longer(
        _DATES, 'plain = " ".join(bare(text).split()).rstrip(".;, ")', "Il n'y a plus de majuscule.", '".;, "',
    ),
}  # fmt: skip
_LABEL_LINE = '_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?!-)){0,60}[A-Za-z0-9]|[A-Za-z0-9]"'
_PLAIN = (
    r'rf"{_ATOM}(?:\.{_ATOM})*@(?:(?:{_LABEL})\.)+'
    r'(?!(?:arpa|invalid|local|localhost|onion|test|alt)$)[A-Za-z]{{2,20}}",'
)
_OF_EMAILS: Mapping[Key, str] = {
    **_longer(_EMAILS, '_ATOM = r"[A-Za-z0-9_+-]+"', _SHORTCUT, 'r"[A-Za-z0-9_+-]+"'),
    **_unseen(_EMAILS, '_ATOM = r"[A-Za-z0-9_+-]+"', _SHORTCUT, ("+", "")),
    **_longer(_EMAILS, _LABEL_LINE, _SHORTCUT, _LABEL_LINE.partition(" = ")[2]),
    **_unseen(_EMAILS, _LABEL_LINE, _SHORTCUT, ("(?!", "(?="), ("0", "1"), ("60", "61")),
    **_unseen(_EMAILS, _PLAIN, _SHORTCUT, ("*", ""), ("+", ""), ("(?!", "(?="), ("$", ""), ("2", "3"), ("20", "21")),
    **_unseen(
        _EMAILS, "_LONGEST = 400  # characters: beyond, it is no address with something around it", _WORK,
        ("400", "401"),
    ),
    **_unseen(_EMAILS, "if PLAIN_EMAIL.fullmatch(text) or len(text) > _LONGEST:", _WORK, (">", ">=")),
    **_unseen(
        _EMAILS, """shorn = unquoted(text.strip().rstrip(";,. ")).lstrip("'’")""",
        "Les espaces de la fin s'en vont juste après.", ("strip", "lstrip"),
    ),
    **_unseen(_EMAILS, "return found[found.lastgroup or 0]", "Chaque motif a un groupe nommé.", ("0", "1")),
    **_unseen(
        _EMAILS, "validate_email(value, allow_smtputf8=False, check_deliverability=False)",
        "Les accents avant « @ » viennent d'être refusés.", ("False", "True"),
    ),
}  # fmt: skip
_NAMES, _PHONES, _TIDYING = "checking/values/names.py", "checking/values/phones.py", "checking/values/tidying.py"
_OF_NAMES: Mapping[Key, str] = {
    **{(_NAMES, line, "+", ""): _ONE_SPACE for line in (
        r'_CIVILITY = r"(?:M|MR|MM|MME|MLLE)\.\s*|(?:MR|MME|MLLE|MONSIEUR|MADAME|MADEMOISELLE)\s+"',
        r'_TITLE = r"(?:DR|DRE|PR|PRE)\.\s*|(?:DR|DRE|DOCTEUR|DOCTEURE|DOCTORESSE|PR|PRE|PROFESSEUR|PROFESSEURE)\s+"',
        r'_BEFORE = re.compile(rf"(?=\S)(?:{_CIVILITY})?(?:(?:LE|LA)\s+(?={_TITLE}))?(?:{_TITLE})*", re.IGNORECASE)',
    )},
    **_unseen(
        _NAMES,
        r'_DOCUMENT = re.compile(r".*\.(?:PDF|PNG|JPE?G|DOCX?|XLSX?|HEIC|TIFF?)", re.IGNORECASE | re.DOTALL)',
        "Un nom nettoyé est en majuscules, sur une ligne.", ("|", "&"),
    ),
    **_unseen(_NAMES, "_LONGEST = 200  # characters: a longer text is reported for its length", _WORK, ("200", "201")),
    **_unseen(
        _NAMES,
        """rf"(?:[LD]')?(?!(?:{_WORDS_TO_LOOK_AT})\\b)[A-ZÀ-ÖØ-Þ]{{4,}}"""
        """(?:[' -][A-ZÀ-ÖØ-Þ]{{2,}})*(?: [0-9]{{1,3}})?\"""",
        _SHORTCUT, ("4", "5"), ("2", "3"), ("?", ""), ("*", ""), ("1", "2"), ("3", "4"),
    ),
    **_unseen(
        _NAMES, "_REMEMBERED = 32_768  # names, so that judging a sheet again after a correction is quick",
        "La taille d'une mémoire.", ("32_768", "32769"),
    ),
    **_unseen(
        _NAMES,
        r"""_END = re.compile(r"\s*[;,]+$|\s+\.$|(?<=\w{3})\.$|(?<=[)'’\"])\.$")  # « LEFÈVRE. », but « LEFÈVRE J. »""",
        "Ce qui reste s'en va au tour suivant.", ("+", ""),
    ),
    **_unseen(_NAMES, "bare = name if len(name) > _LONGEST else _without_title(name)", _WORK, (">", ">=")),
    **_unseen(_NAMES, "if PLAIN_NAME.fullmatch(value) or len(value) > _LONGEST:", _WORK, ("or", "and"), (">", ">=")),
}  # fmt: skip
_OF_PHONES: Mapping[Key, str] = {
    **_unseen(
        _PHONES, 'PLAIN_PHONE = re.compile(r"0[1-9][0-9]{8}")', _SHORTCUT,
        ('r"0[1-9][0-9]{8}"', '(r"0[1-9][0-9]{8}" "XX")'), ("8", "9"),
    ),
    **_unseen(
        _PHONES, r'_INTERNATIONAL = re.compile(r"(?:\+|00)(?P<number>[1-9][0-9]{5,14})")',
        "Aucun pays n'a de numéros de six chiffres ni de seize.", ("5", "6"), ("14", "15"),
    ),
    **_unseen(
        _PHONES, "_LONGEST = 120  # characters: beyond, it is no number with a remark", _WORK, ("120", "121"),
    ),
    **_unseen(_PHONES, "if PLAIN_PHONE.fullmatch(text) or len(text) > _LONGEST:", _WORK, (">", ">=")),
    **_unseen(
        _PHONES, "if _FRENCH.fullmatch(value):", "Ce qui commence comme un numéro français n'est d'aucun autre pays.",
        _FIND,
    ),
    **_unseen(
        _PHONES, "return False, False", "Ce qui n'est pas possible n'a pas à être probable.", ("False", "True"),
    ),
    **_longer(
        _PHONES, 'return number.lstrip("(").startswith(("+", "00"))', "Un numéro ne commence par aucune lettre.", '"("',
    ),
}  # fmt: skip
_CLEANING, _CELL_RULES = "checking/cleaning.py", "checking/cell_rules.py"
_PLAIN_LINE = 'PLAIN = re.compile(r"[!-~À-ÖØ-öø-ÿŒœŸ€«»–—’]+(?: [!-~À-ÖØ-öø-ÿŒœŸ€«»–—’]+)*")'
_PROFILES = "Les profils vides et les espaces autour s'en vont ensuite."
_OF_CELLS: Mapping[Key, str] = {
    **_longer(_CLEANING, '_NEVER = re.compile(r"(?!)")', "Ni l'un ni l'autre ne trouve de texte.", 'r"(?!)"'),
    **_unseen(_CLEANING, '_NEVER = re.compile(r"(?!)")', "Un texte vide reste vide.", ("(?!", "(?=")),
    **_unseen(
        _CLEANING, """FieldKind.TEXT: re.compile(rf"(?![\\"'«“”„‘’`=])(?=.*[1-9]){PLAIN.pattern}"),""", _SHORTCUT,
        ("*", ""),
    ),
    **_unseen(
        _CLEANING, r'FieldKind.FILE: re.compile(rf"(?=.*\.(?i:pdf|png|jpe?g)$){PLAIN.pattern}"),', _SHORTCUT,
        ("*", ""), ("?", ""), ("$", ""),
    ),
    **_longer(_TIDYING, _PLAIN_LINE, _SHORTCUT, _PLAIN_LINE[len("PLAIN = re.compile(") : -1]),
    **_unseen(_TIDYING, _PLAIN_LINE, _SHORTCUT, ("+", ""), ("*", "")),
    **_unseen(_TIDYING, "if not text or PLAIN.fullmatch(text):", _SHORTCUT, ("or", "and")),
    **_unseen(
        _CLEANING, r'_BETWEEN_PROFILES = re.compile(r"\s*[,;/|+&\n\r]+\s*")', _PROFILES, ("*", ""), ("+", ""),
    ),
    **_unseen(_CLEANING, 'text = _BETWEEN_PROFILES.sub(" ; ", as_shown(raw).strip())', _PROFILES, ("strip", "lstrip")),
    **_unseen(_CLEANING, "if field.kind is FieldKind.IDENTIFIER:", _SHORTCUT, ("is", "is not")),
    **_longer(
        _TIDYING, """return text[1:] if text[0] in "'’" and text[1:2].isdigit() else text""",
        "Seul un signe qui ouvre vient jusque-là.", '"\'’"',
    ),
    **_unseen(
        _CLEANING, r'_SEPARATORS = re.compile(r"[\s.\-‐-―−_/·]+")', "Tous s'en vont, un à un ou ensemble.", ("+", ""),
    ),
    **_unseen(
        _CLEANING, 'if field.tag == "RPPS" and _RPPS_CARD.fullmatch(joined):',
        "Ce qui a plus de douze signes n'est plus là.", _FIND,
    ),
    **_unseen(
        _CLEANING,
        "if raw == 0 or not length or not digits.isdigit() or not 0 < length - len(digits) <= field.lost_zeros:",
        "Zéro de trop peu : rien n'est ajouté.", ("<", "<="),
    ),
    **_unseen(
        _CELL_RULES,
        'pairs.append(("numero-zero", lambda value: value.strip("0") != "" or len(value) != field.exact))',
        "Il ne reste rien que s'il n'y a que des zéros.", ("strip", "lstrip"),
    ),
    **_unseen(_CELL_RULES, "limit = field.below or 0", "Chaque texte du guide a une longueur.", ("0", "1")),
}  # fmt: skip
_CLEAN_ROWS, _SCHEMAS, _CHECKS = "checking/clean_rows.py", "checking/schemas.py", "checking/schema_checks.py"
_CROSS = "checking/cross_rules.py"
_VERDICT = "Pandera lit l'autre des deux."
_OF_SCHEMAS: Mapping[Key, str] = {
    **_unseen(
        _CLEAN_ROWS, "refuse_beyond(len(corrections) + sum(len(codes) for _, codes in corrected), table.workbook)",
        "Le classeur est refusé de même un peu plus loin, à la place près.", ("+", "-"),
    ),
    **_unseen(
        _CLEAN_ROWS, "if known is None or known[0] is not raws:", "La colonne est nettoyée deux fois, de même.",
        ("0", "1"),
    ),
    **_unseen(
        _CLEAN_ROWS,
        "if any(isinstance(raw, _EQUALS) for raw in distinct) and "
        "len(set(map(type, raws)).intersection(_EQUALS)) > 1:",
        "La clé longue vaut aussi où la courte suffit.", ("and", "or"), (">", ">="),
    ),
    **_unseen(
        _CROSS, "Case.MANDATED: liberal & mandated,", "Un mandat suppose des médecins.", ("&", "|"),
    ),
    **_unseen(
        _CROSS, "Case.UNMANDATED: liberal & ~mandated,",
        "Des colonnes d'une demande, aucune n'est exigée que sans mandat.", ("&", "|"),
    ),
    **_longer(
        _CROSS,
        'several, one = ~requests[MEDECINS].isin(["0", "1"]).to_numpy(bool), _is(requests, MEDECINS, "1")',
        "Sans médecin, « client unique » vaut toujours NON.", '"0"',
    ),
    **_longer(
        _CROSS, 'kept = np.full(request.max(initial=-1) + 1, "", dtype=object)',
        "Une demande sans valeur n'a aucune cellule à lui comparer.", '""',
    ),
    **_unseen(
        _CROSS, 'kept = np.full(request.max(initial=-1) + 1, "", dtype=object)', "Des places de trop.",
        ("-", ""), ("1", "2"),
    ),
    **_unseen(
        _SCHEMAS, "*, day: datetime.date | None = None, profiles: Collection[str] | None = None, "
        "strict_keys: bool = False", "Aucune règle d'une demande n'en dépend.", ("False", "True"),
    ),
    **_unseen(
        _SCHEMAS, "return _request_schema(_rules(day or datetime.date.max, profiles, strict_keys=strict_keys), "
        "folded=False)", "Aucune règle d'une demande ne dépend du jour.", ("or", "and"),
    ),
    **_longer(_SCHEMAS, 'if column.dtype == "str" and not column.hasnans:', _SHORTCUT, '"str"'),
    **_unseen(_SCHEMAS, 'if column.dtype == "str" and not column.hasnans:', _SHORTCUT, ("==", "!=")),
    **_unseen(
        _SCHEMAS, 'key=lambda one: (one[2], _RANK[one[1]], one[0] != "autre-public", one[4] != "Column", one[5]),',
        "Les constats sont rangés par cellule ensuite.", ("2", "3"),
    ),
    **_unseen(
        _CHECKS, "return CheckResult(True, True, check_obj, None)  # noqa: FBT003", _VERDICT, ("True", "False"),
    ),
    **_unseen(
        _CHECKS, "return CheckResult(False, False, check_obj, pd.concat(cells))  # noqa: FBT003", _VERDICT,
        ("False", "True"),
    ),
    **_unseen(
        _SCHEMAS, "schema.validate(frame, lazy=True, inplace=True)  # nothing is changed, nothing copied",
        "Une copie de plus, du même contenu.", ("True", "False"),
    ),
    **_unseen(
        _SCHEMAS, 'if cases["index"].isna().any():  # a check broke down, or a column is not text: a defect of ours, '
        "to be seen", "Un tri de cas sans ligne échoue lui aussi.", ("any", "all"),
    ),
    **_longer(
        _CHECKS, '_count: ContextVar[Count | None] = ContextVar("count", default=None)', "Personne ne lit ce nom.",
        '"count"',
    ),
    **_unseen(
        _CHECKS, "return ~found if _has_room_for(found.to_numpy(bool)) else True",
        "Le classeur est refusé de toute façon.", ("True", "False"),
    ),
    **_unseen(
        _CHECKS, "return pa.Check(mask, name=code, ignore_na=False, **_about(code, severity, ()))",
        "Une cellule sans valeur n'est pas jugée, que pandera l'ôte ou non.", ("False", "True"),
    ),
}  # fmt: skip
_GROUPING, _BELONGING = "checking/grouping.py", "checking/belonging.py"
_FOLDED = "checking/folding.py"
_FEW = "Une borne du travail : les premières lignes en erreur suffisent à retenir la commande."
_OF_ORDERS: Mapping[Key, str] = {
    (_GROUPING, "_MOST_AWAITED = 5", "5", "6"): _FEW,
    (_GROUPING, "if len(places) < _MOST_AWAITED:", "<", "<="): _FEW,
    **_longer(_GROUPING, 'found = [""] * len(self._given)', "Ni l'un ni l'autre n'est la clé d'une commande.", '""'),
    **_longer(
        _FOLDED, 'value or (default if audience == field.audience.value else "")',
        "Ce qu'une commande dit d'une colonne qui n'est pas de son public n'est lu nulle part.", '""',
    ),
    **_unseen(
        _BELONGING, "alone = [key for key in sheet.places if key and key not in sheet.headed]",
        "Des clés de plus, que rien ne demande.", ("and", "or"),
    ),
}  # fmt: skip
_CHANGES, _CLAIMS, _RECONCILED = "ledger/changes.py", "ledger/claims.py", "ledger/reconciliation.py"
_NAMED = "Une pièce lue est nommée dans sa cellule."
_READS = "Une référence qui se lit n'est pas vide."
_OF_LEDGER: Mapping[Key, str] = {
    **_longer(
        _CHANGES, 'name, before = now.cells.get(tag, ""), then.cells.get(tag, "")', _NAMED, '""',
    ),
    **_longer(_CLAIMS, 'reading, reference = request.reading, request.reference.refCommande or ""', _READS, '""'),
    **_longer(_CLAIMS, 'first, where = met.reference.refCommande or "", _where(met)', _READS, '""'),
    **_longer(
        _CLAIMS, 'cell, typed = request.origin.cell("bonCommande"), request.documents.bonCommande or ""', _NAMED, '""',
    ),
    **_unseen(
        _RECONCILED,
        "_Rendered(render, [one.request for one in examined if one.request.key in known and not one.in_error]),",
        "Rendues ensemble ou une à une, les demandes sont les mêmes.", ("and", "or"), ("in", "not in"), ("not", ""),
    ),
}  # fmt: skip
EXCUSED: Mapping[Key, str] = {
    **_OF_CONTROLS, **_OF_AMOUNTS, **_OF_DATES, **_OF_EMAILS, **_OF_NAMES, **_OF_PHONES, **_OF_CELLS,
    **_OF_SCHEMAS, **_OF_ORDERS, **_OF_LEDGER,
}  # fmt: skip
"""Why each of these changes shows nowhere."""
