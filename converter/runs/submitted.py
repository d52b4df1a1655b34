"""A workbook handed over by a program, with its documents, in place of a path."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from converter.checking.options import DOCUMENTS_FOLDER
from converter.documents.folder import Folder, handed_over_folder
from converter.reading.mapping import MappingFile

_NO_FILE_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')  # what some system refuses in a name
_LONGEST = 100  # characters


@dataclass(frozen=True)
class Submitted:
    """A workbook as bytes. `name` is the user's; `identity` distinguishes it from another of that name.

    `documents`: files, by the relative paths under which its cells name them; they must not change afterwards.
    `mapping`: how to read it when its headings are not ours, in place of the one of the run.
    """

    name: str
    content: bytes
    documents: Mapping[str, Path] = field(default_factory=dict)
    identity: str = ""
    mapping: MappingFile | None = None

    @property
    def path(self) -> Path:
        """The path by which findings name it: there is no file there, but its name is the user's."""
        bare = _NO_FILE_NAME.sub("_", self.name.replace("\\", "/").rpartition("/")[2]).strip(" .")
        stem, dot, suffix = bare.rpartition(".")
        return Path(self.identity) / f"{stem[:_LONGEST]}{dot}{suffix}"

    @cached_property
    def folder(self) -> Folder:
        """Its documents, looked up as those of a folder « pieces » beside it."""
        return handed_over_folder(self.path.parent / DOCUMENTS_FOLDER, self.documents)
