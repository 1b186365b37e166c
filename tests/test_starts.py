"""Stored starts save time and change nothing."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import bme_bayes as bb
from bme_bayes import starts
from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.findings import code_findings
from bme_bayes.library import VARIABLE, networks_folder
from bme_bayes.network import Network

TOP = Path(__file__).resolve().parents[1]
CASES = [
    ("hip", "general_orthopaedics", {"corticosteroids": "present", "groin_pain": "present"}),
    ("knee", "older_adults_falls_clinic", {"age": 71, "onset": "sudden"}),
    ("ankle_foot", "sports_medicine", {"training_jump": "present"}),
    ("spine", "case_reports", {"systemic_signs": "present", "crp": "markedly_raised"}),
]


@pytest.mark.parametrize(("region", "setting", "findings"), CASES)
def test_answers_are_the_same_without(
    region: str, setting: str, findings: dict[str, object]
) -> None:
    network = bb.load(region, setting)
    with_start, without = DiseaseSpace(network, starts.stored_start), DiseaseSpace(network)
    coded = code_findings(network, findings)
    one, two = with_start.belief(coded), without.belief(coded)
    assert np.abs(one.scenario - two.scenario).max() < 1e-9
    assert one.log_evidence == pytest.approx(two.log_evidence, abs=1e-9)


def test_every_network_has_its_start() -> None:
    """Otherwise answers are right but slow."""
    with (networks_folder() / starts.FILE).open(newline="") as handle:
        kept = {(r["region"], r["setting"], r["version"]) for r in csv.DictReader(handle)}
    now = {
        (region, setting, bb.load(region, setting).version)
        for region in ("hip", "knee", "ankle_foot", "spine")
        for setting in bb.settings()
    }
    assert kept == now, "the numbers changed: run `bme-bayes numbers`"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of starts in a data folder that has nothing else in it."""
    for name in ("networks", "priors"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path / "networks" / starts.FILE


def write_row(file: Path, network: Network, theta: str) -> None:
    row = f"hip,general_orthopaedics,{network.version},{theta}"
    file.write_text(f"region,setting,version,theta\n{row}\n")


def test_start_is_used_for_the_version_it_was_solved_for(file: Path) -> None:
    network = bb.load("hip", folder=TOP)
    solved = DiseaseSpace(network).solved
    write_row(file, network, " ".join(map(repr, solved.theta.tolist())))
    stored = starts.stored_start(network)
    assert stored is not None
    assert np.array_equal(stored, solved.theta)
    assert DiseaseSpace(network, starts.stored_start).solved.rounds == 1
    assert starts.stored_start(replace(network, version="another")) is None


@pytest.mark.parametrize("theta", ["", "x y", "nan", "1.5 2.5"])
def test_spoiled_start_is_not_used(file: Path, theta: str) -> None:
    network = bb.load("hip", folder=TOP)
    write_row(file, network, theta)
    assert starts.stored_start(network) is None


def test_spoiled_file_is_not_used(file: Path) -> None:
    network = bb.load("hip", folder=TOP)
    assert starts.stored_start(network) is None
    file.write_bytes(b"\xff\x00")
    assert starts.stored_start(network) is None


def test_only_what_changed_is_solved_again(tmp_path: Path) -> None:
    for name in ("networks", "priors"):
        shutil.copytree(TOP / name, tmp_path / name, ignore=shutil.ignore_patterns("elicitation"))
    for prior in (tmp_path / "priors").glob("*.yaml"):
        if prior.stem != "sports_medicine":
            prior.unlink()
    file = tmp_path / "networks" / starts.FILE
    file.unlink()
    assert starts.write_starts(tmp_path) == 4
    written = file.read_text()
    assert starts.write_starts(tmp_path) == 0
    assert file.read_text() == written
