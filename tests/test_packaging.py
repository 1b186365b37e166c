"""The wheel works on its own, and the lock files agree with the project file."""

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bme_bayes.network import REGIONS

TOP = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from this environment's settings; give what it printed."""
    hidden = ("BME_BAYES_DATA", "PYTHONPATH", "VIRTUAL_ENV")
    environment = {k: v for k, v in os.environ.items() if k not in hidden}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs folder of a fresh environment with the wheel, built from the sdist.

    The dependencies come from this environment, appended to the fresh one's path: an editable
    installation of the project here is not seen through that.
    """
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, TOP, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    fresh = folder / "fresh"
    run(sys.executable, "-m", "venv", "--without-pip", fresh, cwd=folder)
    programs = fresh / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python")]
    run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    paths = {"base": str(fresh), "platbase": str(fresh)}
    site = Path(sysconfig.get_path("purelib", scheme="venv", vars=paths))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


def test_wheel_lists_the_regions_from_another_folder(installed: Path, tmp_path: Path) -> None:
    printed = run(installed / "bme-bayes", "list", cwd=tmp_path)
    assert [region for region in REGIONS.values() if region not in printed] == []


def test_wheel_brings_its_own_data_and_app(installed: Path, tmp_path: Path) -> None:
    code = "from bme_bayes import library as l; print(l.data_folder(), l.app_path(), sep='\\n')"
    data, app = map(Path, run(installed / "python", "-c", code, cwd=tmp_path).split())
    assert data.is_relative_to(installed.parent)
    assert app == data / "app.py"
    for name in ("networks", "priors"):
        ours = {path.name for path in (TOP / name).rglob("*") if path.is_file()}
        assert {path.name for path in (data / name).rglob("*") if path.is_file()} == ours
    assert (data / ".streamlit" / "config.toml").is_file()


def of_extra(name: str) -> list[str]:
    """What an extra asks for; one that names this project asks for its extras."""
    out: list[str] = []
    for text in PROJECT["project"]["optional-dependencies"][name]:
        requirement = Requirement(text)
        if requirement.name == PROJECT["project"]["name"]:
            out += [t for extra in sorted(requirement.extras) for t in of_extra(extra)]
        else:
            out.append(text)
    return out


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_lock_files_agree_with_the_project_file(lock: str) -> None:
    text = (TOP / "requirements" / f"{lock}.txt").read_text()
    pins = dict(re.findall(r"^([\w.-]+)==([\w.+!]+)", text, re.MULTILINE))
    wanted = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"]
    if lock == "dev":
        wanted = wanted + of_extra("dev")
    for requirement in map(Requirement, wanted):
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{name} is not locked: run `make lock`"
        assert requirement.specifier.contains(pins[name]), f"{name}: run `make lock`"
    assert "--hash=sha256:" in text
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links", text)
    assert "torch" not in pins
