"""The package as others install it: `templates/` travels with it, and `converter` works from any folder."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from workbooks import solo, write_workbook

ROOT = Path(__file__).parents[1]


def test_the_wheel_installed_elsewhere_writes_a_template_and_converts(tmp_path: Path) -> None:
    build: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        ROOT,
    ]
    subprocess.run([*build, "-q", "-w", tmp_path / "wheel"], check=True, cwd=tmp_path)
    [wheel] = (tmp_path / "wheel").glob("converter-*.whl")

    venv.create(tmp_path / "venv", with_pip=False)
    scripts = tmp_path / "venv" / "bin"
    install: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        scripts / "python",
        "install",
        "--no-deps",
        "--no-index",
        "-q",
    ]
    subprocess.run([*install, "--disable-pip-version-check", wheel], check=True, cwd=tmp_path)
    environment = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")}  # its dependencies, those of the tests

    folder = tmp_path / "ailleurs"
    folder.mkdir()

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [scripts / "converter", *words], cwd=folder, env=environment, capture_output=True, text=True, check=True
        )

    run("template", "modele.xlsx")
    assert (folder / "modele.xlsx").stat().st_size > 10_000
    write_workbook(folder / "commandes.xlsx", solo())
    document = json.loads(run("convert", "commandes.xlsx", "--date", "2026-11-22", "--no-attachments", "--json").stdout)
    assert document["requests"] == {"emitted": 1, "already_emitted": 0, "held_back": 0}
    assert (folder / document["files"][0]["path"]).is_file()
    where = subprocess.run(
        [scripts / "python", "-c", "import converter; print(converter.__file__)"],
        cwd=folder, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(tmp_path / "venv")
