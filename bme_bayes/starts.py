"""Solved base rates kept beside the networks, so that an answer need not solve them again.

`networks/starts.csv` holds one row a region and setting: the version of the network that it
was solved for and the vector that solves it. A row of another version is not used. With and
without the file the answers are the same; only the time differs (about half a second).
"""

from __future__ import annotations

import csv
import io
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.errors import InputError
from bme_bayes.library import data_folder
from bme_bayes.network import REGIONS, Network
from bme_bayes.reading import load, settings
from bme_bayes.writing import save_text

FILE = "starts.csv"
COLUMNS = ("region", "setting", "version", "theta")
Key = tuple[str, str, str]
Vector = NDArray[np.float64]


def stored_start(network: Network) -> Vector | None:
    """The vector that solves this very network, or None where none is kept."""
    try:
        path = data_folder() / "networks" / FILE
        stored = _read(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError, csv.Error, InputError):
        return None
    setting = network.prior.name if network.prior else ""
    found = stored.get((network.region, setting, network.version))
    return None if found is None or found.size != _size(network) else found.copy()


def _size(network: Network) -> int:
    """How many unknowns a network has: grades, two counts, context and risk states."""
    grades = {(k.diagnosis, k.grade) for k in network.kinds}
    return len(grades) + 2 + sum(len(v.states) - 1 for v in network.of_role("context", "risk"))


def write_starts(folder: Path) -> int:
    """Solve every region and setting of a data folder that changed; how many were solved."""
    path = folder / "networks" / FILE
    stored = _read(path, path.stat().st_mtime_ns) if path.is_file() else {}
    rows: dict[Key, Vector] = {}
    for setting in settings(folder / "priors"):
        for region in REGIONS.values():
            network = load(region, setting, folder)
            key = (region, setting, network.version)
            rows[key] = stored[key] if key in stored else DiseaseSpace(network).solved.theta
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for key, theta in rows.items():
        writer.writerow([*key, " ".join(map(repr, theta.tolist()))])
    save_text(path, out.getvalue())
    return len(rows.keys() - stored.keys())


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> dict[Key, Vector]:
    """The rows that can be read; the file saves time and decides nothing."""
    rows: dict[Key, Vector] = {}
    with path.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            try:
                theta = np.array([float(word) for word in row["theta"].split()])
            except (KeyError, AttributeError, ValueError):
                continue
            if theta.size and np.isfinite(theta).all():
                rows[row["region"], row["setting"], row["version"]] = theta
    return rows
