"""Checks of the files of the regions, e.g. networks/hip.yaml: its letter and what it is called."""

from __future__ import annotations

from pathlib import Path

from bme_bayes.checks.files import Findings, Line
from bme_bayes.documents import Block, parse_yaml, read_text
from bme_bayes.errors import InputError
from bme_bayes.network import REGIONS

KEYS = ("region", "letter", "label")


def check_regions(folder: Path, found: Findings) -> None:
    """Every region has a file with its name, its letter, a label and nothing else."""
    for letter, region in REGIONS.items():
        file = f"{region}.yaml"
        try:
            data = parse_yaml(read_text(folder / file), file)
        except InputError as error:
            found.add(file, None, str(error))
            continue
        if not isinstance(data, Block):
            found.add(file, None, f"is not a mapping of {', '.join(KEYS)}")
            continue
        _region(data, region, letter, Line(file, data.line, {}), found)
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in REGIONS.values() and _names_a_region(path):
            found.known(Line(path.name, 1, {}), "region", path.stem, REGIONS.values())


def _region(data: Block, region: str, letter: str, line: Line, found: Findings) -> None:
    for key in data:
        found.known(line, "key", key, KEYS)
    for key, wanted in (("region", region), ("letter", letter)):
        if data.get(key) != wanted:
            found.at(line, f"{key} is {data.get(key)!r}, not {wanted!r}")
    label = data.get("label")
    if not isinstance(label, str) or not label.strip():
        found.at(line, "the label is blank")


def _names_a_region(path: Path) -> bool:
    """Whether a file is that of a region, by its keys; faulty files are for other checks."""
    try:
        data = parse_yaml(read_text(path), path.name)
    except InputError:
        return False
    return isinstance(data, Block) and set(KEYS) <= set(data)
