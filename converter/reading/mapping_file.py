"""The file of a mapping: found, read within bounds, and checked by its schema (`mapping_schema`)."""

import re
from pathlib import Path

from converter.findings import Refusal
from converter.reading.file_access import read_file
from converter.reading.mapping import MappingFile, SourceMapping
from converter.reading.mapping_schema import MappingSchema, refuse_faults
from converter.reading.toml_lines import KeyLines, key_lines, toml_of

MAX_MAPPING = 200_000
"""Bytes of a mapping: a thousand lines of two hundred characters."""
_FILE_NAME = re.compile(r"[^/\\:\0]+\.toml", re.IGNORECASE)
_AT_LINE = re.compile(r"at line (\d+)")


def load_mapping(file: Path | MappingFile) -> SourceMapping:
    """The mapping of this file; Refusal, with the line of each fault, when it cannot be read or used."""
    path = Path(file.name) if isinstance(file, MappingFile) else file
    text = _text(path, file.content if isinstance(file, MappingFile) else _content(path))
    lines = key_lines(text)
    try:
        content = toml_of(text)
    except (ValueError, RecursionError) as error:
        raise _no_toml(path, lines, str(error)) from None
    schema = MappingSchema(path, content, lines)
    mapping = schema.mapping()
    refuse_faults(schema.faults)
    return mapping


def mapping_beside(workbook: Path, name: str, *, in_folder: bool) -> SourceMapping:
    """The mapping that « Paramètres » of `workbook` names: a file of the same folder, since anybody may have named it.

    `in_folder`: whether the workbook is a file, and not bytes handed over under a name."""
    where = {"fichier": name, "classeur": workbook.name}
    if not _FILE_NAME.fullmatch(name):
        raise Refusal("correspondance-nom", **where)
    if not in_folder:
        raise Refusal("correspondance-absente", case="parametres", **where)
    try:
        return load_mapping(workbook.parent / name)
    except Refusal as refusal:
        if refusal.code != "correspondance-absente":
            raise
        raise Refusal("correspondance-absente", case="parametres", **where) from None


def _content(path: Path) -> bytes:
    try:
        return read_file(path, MAX_MAPPING)
    except (FileNotFoundError, NotADirectoryError):
        raise Refusal("correspondance-absente", fichier=str(path)) from None
    except (OSError, ValueError):
        raise Refusal("correspondance-illisible", fichier=path.name) from None


def _text(path: Path, content: bytes) -> str:
    if len(content) > MAX_MAPPING:
        raise Refusal("correspondance-illisible", case="grosse", fichier=path.name)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refusal("correspondance-illisible", case="encodage", fichier=path.name) from None


def _no_toml(path: Path, lines: KeyLines, error: str) -> Refusal:
    if lines.twice:
        (*_, key), first, second = lines.twice[0]
        return Refusal("correspondance-cle-double", fichier=path.name, ligne=str(second), cle=key, premiere=str(first))
    said = _AT_LINE.search(error)
    line = lines.fault or (int(said[1]) if said else 1)
    return Refusal("correspondance-toml", fichier=path.name, ligne=str(line))
