"""The attachments folder, read once, in which the file names of cells are looked up (docs/interface.md, « documents »).

Cells are only ever compared with what stands in the folder, so no text of a cell reaches the file system.
Symbolic links are neither followed nor accepted.
"""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from converter.checking.options import DOCUMENTS_FOLDER
from converter.checking.values.tidying import unquoted
from converter.findings.french import NBSP, tidy
from converter.findings.text import fold
from converter.format.file_names import EXTENSIONS
from converter.reading.file_access import ask

_MOST_LISTED = 5
# What systems and office suites leave beside documents: no row is expected to use them.
_SYSTEM_FILE = re.compile(r"\.|~\$|(thumbs\.db|desktop\.ini)$", re.IGNORECASE)


_SEVERAL = re.compile(r"\s*[;,+&\n]\s*|\s+et\s+", re.IGNORECASE)


class ItemKind(Enum):
    """What an entry of the folder is; OTHER: a pipe, a device…"""

    FILE = auto()
    FOLDER = auto()
    LINK = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Item:
    """What stands in the folder; `relative` is its path from there, with slashes."""

    path: Path
    relative: str
    kind: ItemKind


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a name gives no document: a code of the catalogue, what its sentences need, and its particular case."""

    code: str
    details: Mapping[str, str] = field(default_factory=dict)
    case: str = ""


@dataclass(frozen=True)
class Folder:
    """An attachments folder, read once. `present` is False if there is none, or none that can be read.

    Keys are folded: two names that differ only by case, Unicode composition, spacing or invisible characters are equal.
    """

    root: Path
    present: bool
    by_path: Mapping[str, tuple[Item, ...]]
    by_name: Mapping[str, tuple[Item, ...]]
    _found: dict[str, "Item | Problem"] = field(default_factory=dict, repr=False, compare=False)
    _meant: dict[str, tuple[Item, ...]] = field(default_factory=dict, repr=False, compare=False)

    def named(self, typed: str) -> tuple[Item, ...]:
        """What `typed` may mean: the path it gives from the folder, else the files of that bare name.

        As it is typed first; then without quotes, and as a path that begins outside and leads into the folder.
        """
        if typed not in self._meant:
            self._meant[typed] = self._named(typed)
        return self._meant[typed]

    def _named(self, typed: str) -> tuple[Item, ...]:
        keys = map(_key, self._spellings(typed))
        return next((items for key in keys if (items := self.by_path.get(key) or self.by_name.get(key))), ())

    def _spellings(self, typed: str) -> Iterator[str]:
        yield typed
        plain = unquoted(typed.strip())
        yield plain
        if (address := _of_address(plain)) is not None:
            yield _below(address, os.path.abspath(self.root))  # noqa: PTH100 — no link is followed
        first, _, rest = _key(plain).partition("/")
        if first in {_key(self.root.name), DOCUMENTS_FOLDER}:
            yield rest

    def find(self, typed: str) -> Item | Problem:
        """The only file that `typed` can mean, if the portal accepts its format; else the Problem."""
        found = self._found.get(typed)
        if found is None:
            found = self._found[typed] = self._looked_up(typed)
        return found

    def _looked_up(self, typed: str) -> Item | Problem:
        if not self.present:
            return Problem("dossier-pieces-absent", {"dossier": tidy(str(self.root))})
        items = self.named(typed)
        if _leads_out(typed) or (not items and _of_address(unquoted(typed.strip())) is not None):
            return self._elsewhere(typed)
        if len(items) > 1:
            code = "document-jumeaux" if _key(typed) in self.by_path else "document-plusieurs-dossiers"
            return Problem(code, {"fichiers": _listed(items)})
        if items and items[0].kind is not ItemKind.FILE:
            return Problem(_REFUSED_SORTS[items[0].kind])
        if format_of(typed) is None:
            return Problem("document-format-inconnu", {"proposition": self._suggestion(typed)})
        return items[0] if items else self._absence(typed)

    def _elsewhere(self, typed: str) -> Problem:
        """The problem of a path that leads out of the folder; it may suggest a file of that name inside."""
        name = typed.replace("\\", "/").rpartition("/")[2]
        inside = [item for item in self.by_name.get(_key(name), ()) if item.kind is ItemKind.FILE]
        if len(inside) != 1:
            return Problem("document-hors-dossier")
        return Problem("document-hors-dossier", {"nom": tidy(inside[0].relative)}, "present")

    def _absence(self, typed: str) -> Problem:
        parents = PurePosixPath(_key(typed)).parents
        behind_link = any(item.kind is ItemKind.LINK for key in parents for item in self.by_path.get(str(key), ()))
        if behind_link:
            return Problem("document-lien")
        if sum(format_of(name) is not None for name in _SEVERAL.split(typed)) > 1:
            return Problem("document-absent", {}, "plusieurs")
        return Problem("document-absent", {"proposition": self._suggestion(typed)})

    @cached_property
    def _by_likeness(self) -> Mapping[str, tuple[Item, ...]]:
        """The files of an accepted format, by the letters and digits of their names."""
        alike: dict[str, tuple[Item, ...]] = {}
        for item in (item for items in self.by_path.values() for item in items):
            if item.kind is ItemKind.FILE and format_of(item.relative):
                likeness = _likeness(item.relative)
                alike[likeness] = (*alike.get(likeness, ()), item)
        return alike

    def _suggestion(self, typed: str) -> str:
        """A sentence that offers the only file whose name has the same letters and digits, or nothing."""
        alike = self._by_likeness.get(_likeness(typed), ())
        return f" Vouliez-vous dire «{NBSP}{tidy(alike[0].relative)}{NBSP}»{NBSP}?" if len(alike) == 1 else ""


_REFUSED_SORTS = {
    ItemKind.FOLDER: "document-est-dossier",
    ItemKind.LINK: "document-lien",
    ItemKind.OTHER: "document-illisible",
}


def format_of(path: str) -> str | None:
    """PDF, PNG or JPG by the extension of `path`, in any case, quotes aside; None for any other or none."""
    name = _key(unquoted(path.strip())).rpartition("/")[2]
    dot = name.rfind(".")
    return EXTENSIONS.get(name[dot:]) if dot > 0 else None


def index_folder(root: Path) -> Folder:
    """Read the whole folder `root`, subfolders included; one that is absent or unreadable gives an absent `Folder`."""
    return _indexed(root, _items(root))


def handed_over_folder(root: Path, documents: Mapping[str, Path]) -> Folder:
    """The documents that a program gives, each under the relative path that its user gave it, as a folder `root`."""
    return _indexed(root, [Item(path, relative, ItemKind.FILE) for relative, path in documents.items()])


def _indexed(root: Path, items: Sequence[Item] | None) -> Folder:
    by_path: dict[str, tuple[Item, ...]] = {}
    by_name: dict[str, tuple[Item, ...]] = {}
    for item in sorted(items or (), key=lambda item: item.relative):
        path_key = _key(item.relative)
        by_path[path_key] = (*by_path.get(path_key, ()), item)
        if item.kind is ItemKind.FOLDER:
            continue
        name_key = path_key.rpartition("/")[2]
        by_name[name_key] = (*by_name.get(name_key, ()), item)
    return Folder(root, items is not None, by_path, by_name)


def unused(folder: Folder, typed: Iterable[str]) -> tuple[str, ...]:
    """The files of the folder that no name `typed` in a cell means, as printable relative paths, sorted."""
    used = {item.path for text in typed for item in folder.named(text)}
    files = [item for items in folder.by_path.values() for item in items if item.kind is ItemKind.FILE]
    return tuple(
        sorted(
            tidy(item.relative)
            for item in files
            if item.path not in used and not _SYSTEM_FILE.match(PurePosixPath(item.relative).name)
        )
    )


def _items(root: Path) -> list[Item] | None:
    """Everything under `root`, links not followed; None if `root` itself is no folder that can be read."""
    try:
        pending = [_entries(root)]
    except OSError:
        return None
    items: list[Item] = []
    while pending:
        for entry in pending.pop():
            path = Path(entry.path)
            item = Item(path, path.relative_to(root).as_posix(), _sort(entry))
            items.append(item)
            if item.kind is ItemKind.FOLDER:
                pending.append(_readable_entries(path))
    return items


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    return ask(folder, lambda: list(os.scandir(folder)))


def _readable_entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return _entries(folder)
    except OSError:
        return []  # its documents will be reported as absent


def _sort(entry: os.DirEntry[str]) -> ItemKind:
    if entry.is_symlink():
        return ItemKind.LINK
    if entry.is_dir(follow_symlinks=False):
        return ItemKind.FOLDER
    return ItemKind.FILE if entry.is_file(follow_symlinks=False) else ItemKind.OTHER


def _listed(items: tuple[Item, ...]) -> str:
    named = [f"«{NBSP}{tidy(item.relative)}{NBSP}»" for item in items]
    return ", ".join(named[:_MOST_LISTED] + ["…"] * (len(named) > _MOST_LISTED))


def _leads_out(typed: str) -> bool:
    path = typed.replace("\\", "/")
    return path.startswith("/") or bool(re.match(r"[A-Za-z]:", path)) or ".." in path.split("/")


def _of_address(typed: str) -> str | None:
    """The path of a « file: » address; None for any other text."""
    return unquote(typed[5:]) if typed[:5].casefold() == "file:" else None


def _below(path: str, root: str) -> str:
    """`path` from the folder `root`, folded; "" if it is not below it, or steps out of it."""
    key, before = _key(path), f"{_key(root)}/"
    return key.removeprefix(before) if key.startswith(before) and ".." not in key.split("/") else ""


def _key(path: str) -> str:
    """`path` folded part by part, with slashes, so that equal keys mean the same file to a person."""
    parts = (_fold(part) for part in path.replace("\\", "/").split("/"))
    return "/".join(part for part in parts if part not in {"", "."})


@lru_cache(4096)
def _fold(name: str) -> str:
    if name.isascii() and name.isprintable():  # nothing invisible nor composed: the usual name, read faster
        return " ".join(name.casefold().split())
    visible = "".join(c for c in name if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf"})
    folded = unicodedata.normalize("NFD", visible).casefold()
    return " ".join(unicodedata.normalize("NFC", folded).split())


def _likeness(path: str) -> str:
    """Only the letters and digits of the bare name, its extension left out."""
    return fold(PurePosixPath(path.replace("\\", "/")).stem)
