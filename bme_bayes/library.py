"""Finds the bundled data: networks, priors and the app.

Looked for in this order: the folder that the environment variable `BME_BAYES_DATA` names, the
data inside the installed package, the top of the repository.
"""

from __future__ import annotations

import os
from pathlib import Path

from bme_bayes.errors import InputError

VARIABLE = "BME_BAYES_DATA"
PACKAGE = Path(__file__).resolve().parent
FOLDERS = ("networks", "priors")


def data_folder() -> Path:
    """Return the folder that holds `networks/` and `priors/`.

    Raises
    ------
    InputError
        If `BME_BAYES_DATA` names a folder without them (nothing else is tried then: a silent
        fall back would answer from another model than the one asked for), or none is found.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        folder = Path(chosen).expanduser()
        missing = [name for name in FOLDERS if not (folder / name).is_dir()]
        if missing:
            lacks = " and ".join(f"{name}/" for name in missing)
            raise InputError(f"{VARIABLE} names {folder}, which has no {lacks}")
        return folder.resolve()
    for home in _homes():
        if all((home / name).is_dir() for name in FOLDERS):
            return home
    raise InputError(
        "no bundled networks and priors: reinstall bme-bayes, or set the environment variable "
        f"{VARIABLE} to a folder that holds networks/ and priors/"
    )


def networks_folder() -> Path:
    """Return the folder of the network tables (variables, links, claims, sources).

    Rules, reference cards and a file for each region, with what it is called, lie beside them.
    """
    return data_folder() / "networks"


def priors_folder() -> Path:
    """Return the folder of the clinical settings, one file each."""
    return data_folder() / "priors"


def app_path() -> Path:
    """Return the file that `streamlit run` starts.

    The app belongs to the installed code, so `BME_BAYES_DATA` does not move it.

    Raises
    ------
    InputError
        If it is not there.
    """
    for home in _homes():
        if (home / "app.py").is_file():
            return home / "app.py"
    raise InputError("the app is not part of this installation: reinstall bme-bayes")


def _homes() -> list[Path]:
    """Where an installation keeps its data: in the package; in a clone, at the top."""
    top = PACKAGE.parent
    # A site-packages folder may hold someone else's `networks`; only a clone has the project file.
    clone = [top] if (top / "pyproject.toml").is_file() else []
    return [PACKAGE / "data", *clone]
