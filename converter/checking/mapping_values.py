"""The values that a mapping gives (constants, translations), judged as the cells of their columns would be."""

import datetime
from collections.abc import Iterator

from converter.checking.cell_rules import allowed, judges
from converter.checking.cleaning import cleaner
from converter.checking.options import Options
from converter.findings import Refusal, Severity, catalogue
from converter.format.field_kinds import Field
from converter.format.fields import BY_TAG
from converter.reading.cells import as_shown
from converter.reading.mapping import Given, MappingFile, SourceMapping
from converter.reading.mapping_file import load_mapping
from converter.reading.mapping_schema import refuse_faults


def chosen_mapping(options: Options, handed_over: MappingFile | None = None) -> SourceMapping | None:
    """The mapping of a workbook, checked: the one handed over with it, else the one that the user asks for; None where
    there is none. Refusal when it cannot be used."""
    file = handed_over or options.mapping
    if file is None:
        return None
    mapping = load_mapping(file)
    refuse_wrong_values(mapping, options.day)
    return mapping


def refuse_wrong_values(mapping: SourceMapping, upload_day: datetime.date) -> None:
    """Refusal, with the line of each, when values of the mapping are none that their columns can hold."""
    refuse_faults(list(_faults(mapping, upload_day)))


def _faults(mapping: SourceMapping, upload_day: datetime.date) -> Iterator[Refusal]:
    given = [(tag, one) for tag, known in mapping.translations.items() for one in known.values()]
    for tag, one in [*given, *mapping.constants.items()]:
        field = BY_TAG[tag]
        if one.value != "" and not _is_right(field, one, upload_day):
            yield Refusal(
                "correspondance-valeur",
                fichier=mapping.name,
                ligne=str(one.line),
                valeur=as_shown(one.value),
                balise=tag,
                libelle=field.label,
                attendu=_wanted(field),
            )


def _is_right(field: Field, given: Given, upload_day: datetime.date) -> bool:
    value = cleaner(field)(given.value)[0]
    closed = allowed(field)
    if closed is not None:
        return value in closed
    errors = [judge for code, judge in judges(field, upload_day) if catalogue()[code].severity is Severity.ERROR]
    return bool(value) and all(judge(value) for judge in errors)


def _wanted(field: Field) -> str:
    """« TTC » ou « HT »; for what has no short list, its kind."""
    if field.short_list:
        return " ou ".join(f"«\u00a0{one}\u00a0»" for one in field.short_list)
    return f"de quoi remplir cette colonne\u00a0: {field.kind.value}"
