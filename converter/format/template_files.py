"""Where the files of `templates/` and `docs/` are: beside the package in a checkout, inside it once installed."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def template_path(name: str) -> Path:
    """The path of `templates/<name>`."""
    return _folder("templates") / name


def docs_folder() -> Path:
    """The folder of the docs."""
    return _folder("docs")


def _folder(name: str) -> Path:
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
