"""The batches in `--out` as people follow them: the files to upload, in order, and the others that the runs left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from converter.checking.options import Options
from converter.format.file_names import BATCH_FOLDER, parse_json_file_name
from converter.format.user_files import ANNOTATED, FINDINGS_LIST, TO_CORRECT
from converter.ledger.pages import FileCount
from converter.runs.browse import file_counts, folders_of
from converter.views.outcome import REPORT
from converter.views.run_record import RunRecord, read_record

_WORKBOOKS = (".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True)
class FileToDeposit:
    """A JSON file with what the ledger knows of it, its path (None: no longer in the folder) and those of its zips."""

    counts: FileCount
    path: Path | None
    archives: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Lot:
    """A folder of a run. `to_deposit`: its JSON files in the order of upload; `workbooks`: annotated ones and those to
    correct; `record`: what its run said, None for a batch of the command line."""

    name: str
    folder: Path
    to_deposit: tuple[FileToDeposit, ...]
    workbooks: tuple[Path, ...]
    report: Path | None
    record: RunRecord | None

    @property
    def downloads(self) -> tuple[Path, ...]:
        """Every file that may leave: those to upload in their order, the workbooks, the report; no voided one."""
        upload = [path for one in self.to_deposit for path in (one.path, *one.archives) if path]
        return (*upload, *self.workbooks, *([self.report] if self.report else []))


def lot_names(options: Options) -> list[str]:
    """The folders of runs in `--out`, the latest day first."""
    if not options.out.is_dir():
        return []
    found = [one for path in options.out.iterdir() if (one := BATCH_FOLDER.fullmatch(path.name)) and path.is_dir()]
    return [one[0] for one in sorted(found, key=lambda one: (one["jour"], int(one["numero"])), reverse=True)]


def lots(names: Iterable[str], options: Options) -> list[Lot]:
    """These batches, in the same order."""
    asked = list(names)
    by_folder = _by_folder(file_counts(asked, options))
    return [_lot(options.out / name, by_folder.get(name, ())) for name in asked]


def lot(name: str, options: Options) -> Lot | None:
    """The batch of this name; None where there is none."""
    if not BATCH_FOLDER.fullmatch(name) or not (options.out / name).is_dir():
        return None
    return lots([name], options)[0]


def elsewhere(options: Options) -> list[FileCount]:
    """The JSON files of the ledger that are in no folder of a run, such as adopted ones; the latest first."""
    return file_counts(lot_names(options), options, inside=False)


def lot_of(file: str, options: Options) -> str | None:
    """The name of the batch that holds a JSON file; None where none does."""
    known = set(lot_names(options))
    return next((folder.name for folder in folders_of(file, options) if folder.name in known), None)


def _by_folder(counts: Iterable[FileCount]) -> dict[str, list[FileCount]]:
    folders: dict[str, list[FileCount]] = {}
    for one in counts:
        if one.folder:
            folders.setdefault(one.folder.name, []).append(one)
    return folders


def _lot(folder: Path, counts: Sequence[FileCount]) -> Lot:
    visible = sorted(path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    named = {path.name: path for path in visible if not path.name.startswith(".")}
    return Lot(
        name=folder.name,
        folder=folder,
        to_deposit=tuple(_file(one, named, folder) for one in sorted(counts, key=lambda one: one.name)),
        workbooks=tuple(path for path in named.values() if _is_workbook(path)),
        report=named.get(REPORT),
        record=read_record(folder),
    )


def _file(counts: FileCount, named: dict[str, Path], folder: Path) -> FileToDeposit:
    parts = parse_json_file_name(counts.name)
    if counts.voided or parts is None:
        return FileToDeposit(counts, None, ())
    archives = [named[path.name] for path in folder.glob(parts.archives) if path.name in named]
    by_rank = sorted(archives, key=lambda path: int(path.stem.rpartition("-")[2]))
    return FileToDeposit(counts, named.get(counts.name), tuple(by_rank))


def _is_workbook(path: Path) -> bool:
    marks = (ANNOTATED, FINDINGS_LIST, TO_CORRECT)
    return path.suffix.lower() in _WORKBOOKS and any(mark in path.stem for mark in marks)
