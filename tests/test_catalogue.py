"""Every message of the catalogue, rendered with its own example: a sentence that one can read and act upon.

Each test gathers all offenders, so that one run shows every message to mend.
"""

import re
from string import Formatter

from converter.findings import CatalogueEntry, catalogue

ENTRIES = list(catalogue().values())
ENGLISH = re.compile(r"\b(error|warning|invalid|missing|expected|unknown|failed|value|field|file|string)\b", re.I)
PLAIN_SPACE = re.compile(r"« | [»:;!?%€]")
BARE_GUILLEMET = re.compile(r"[^\u00a0\u202f]»|«[^\u00a0\u202f]")
ENDINGS = (".", "!", "?", "\u00a0»", "…", ")")


def rendered(entry: CatalogueEntry) -> tuple[str, str]:
    return entry.message.format_map(entry.example), entry.remedy.format_map(entry.example)


def placeholders(entry: CatalogueEntry) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(entry.message + entry.remedy) if name is not None}


def test_the_catalogue_is_read_whole() -> None:
    assert len(ENTRIES) > 100


def test_codes_are_in_kebab_case() -> None:
    assert [entry.code for entry in ENTRIES if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.code)] == []


def test_each_example_gives_each_placeholder_and_nothing_else() -> None:
    wrong = {entry.code: set(entry.example) ^ placeholders(entry) for entry in ENTRIES}
    assert {code: names for code, names in wrong.items() if names} == {}


def test_each_message_and_remedy_renders_to_whole_sentences() -> None:
    texts = [(entry.code, text) for entry in ENTRIES for text in rendered(entry) if text]
    assert [pair for pair in texts if not pair[1].endswith(ENDINGS)] == []
    assert [pair for pair in texts if not (pair[1][0].isupper() or pair[1][0] in "«0123456789")] == []
    assert [pair for pair in texts if re.search(r"[{}]|  |\n", pair[1])] == []
    assert [entry.code for entry in ENTRIES if not entry.message] == []


def test_they_are_typeset_as_french_is() -> None:
    texts = [(entry.code, text) for entry in ENTRIES for text in (entry.title, entry.message, entry.remedy)]
    assert [pair for pair in texts if PLAIN_SPACE.search(pair[1]) or BARE_GUILLEMET.search(pair[1])] == []


def test_they_speak_french() -> None:
    texts = [(entry.code, f"{entry.title} {entry.message} {entry.remedy}") for entry in ENTRIES]
    assert [pair for pair in texts if ENGLISH.search(re.sub(r"\{\w+\}", "", pair[1]))] == []


def test_titles_are_short_and_without_full_stop() -> None:
    assert [entry.title for entry in ENTRIES if not 3 <= len(entry.title) <= 60 or entry.title.endswith(".")] == []
