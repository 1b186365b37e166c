"""Any change of a number is another version; the version is in every answer, export and link."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_network import small_network

import bme_bayes as bb
from bme_bayes.cli import main
from bme_bayes.cohort import score_cohort
from bme_bayes.exchange import FORMATS, export_network
from bme_bayes.network import REGIONS, Network, Number
from bme_bayes.priors import PriorSet
from bme_bayes.reading import with_version
from bme_bayes.ui.links import to_query
from bme_bayes.ui.state import Case

TOP = Path(__file__).resolve().parents[1]
FLAG = "fever_redness_or_marked_swelling"
FIELDS = ("value", "low", "high", "n")
REGION = st.sampled_from(list(REGIONS.values()))


@lru_cache(maxsize=4)
def network(region: str) -> Network:
    return bb.load(region)


def prior_of(net: Network) -> PriorSet:
    assert net.prior is not None
    return net.prior


@settings(max_examples=150, deadline=None)
@given(REGION, st.data())
def test_a_change_of_any_number_changes_the_version(region: str, data: st.DataObject) -> None:
    net = network(region)
    prior = prior_of(net)
    where = data.draw(st.sampled_from(("links", "base", "mix", "scalar", "kind")))
    field = data.draw(st.sampled_from(FIELDS))
    factor = data.draw(st.sampled_from((1 + 1e-12, 0.5, 2.0)))

    def moved(number: Number) -> Number:
        old = getattr(number, field)
        change: dict[str, Any] = {field: old * factor if old else 1e-12}
        return replace(number, **change)

    if where == "links":
        key = data.draw(st.sampled_from(sorted(net.numbers)))
        other = replace(net, numbers={**net.numbers, key: moved(net.numbers[key])})
    elif where == "base":
        base = prior.region(region)
        grade = data.draw(st.sampled_from(sorted(base)))
        rates = {**prior.base, region: {**base, grade: moved(base[grade])}}
        other = net.with_prior(replace(prior, base=rates))
    elif where == "mix":
        state = data.draw(st.sampled_from(sorted(prior.mix)))
        other = net.with_prior(replace(prior, mix={**prior.mix, state: moved(prior.mix[state])}))
    elif where == "scalar":
        name = data.draw(st.sampled_from(("none", "kind_power", "unmentioned")))
        other = net.with_prior(replace(prior, **{name: getattr(prior, name) * factor}))
    else:
        place = data.draw(st.integers(0, len(net.kinds) - 1))
        kinds = [*net.kinds]
        kinds[place] = replace(kinds[place], id=f"{kinds[place].id}_2")
        other = replace(net, kinds=tuple(kinds))
    assert with_version(other).version != net.version
    assert with_version(net).version == net.version


def test_a_cell_of_the_files_changes_it_and_a_note_does_not(tmp_path: Path) -> None:
    copy_of_data(tmp_path)
    before = bb.load("hip", folder=tmp_path).version
    assert before == network("hip").version
    edit_links(tmp_path, lambda row: row["regions"].startswith("h"), "note", lambda _: "said anew")
    assert bb.load("hip", folder=tmp_path).version == before
    edit_links(
        tmp_path, lambda row: row["regions"].startswith("h"), "high", lambda x: f"{float(x) + 1e-9}"
    )
    assert bb.load("hip", folder=tmp_path).version != before


def test_every_region_and_setting_has_its_own() -> None:
    versions = [bb.load(r, s).version for s in bb.settings() for r in REGIONS.values()]
    assert len(set(versions)) == len(versions) == 4 * len(bb.settings())
    assert all(len(v) == 12 and int(v, 16) >= 0 for v in versions)


CASE = {"region": "hip", "findings": {"corticosteroids": "present", "groin_pain": "present"}}


@pytest.mark.parametrize(
    "command",
    [
        ["posterior", "--draws", "5"],
        ["next"],
        ["explain", "avn"],
        ["sure", "--draws", "2", "--top", "1"],
        ["compare", "--change", "groin_pain=absent"],
    ],
    ids=lambda c: c[0],
)
def test_answers_name_it(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(CASE))
    arguments = [command[0], str(path), *command[1:]]
    assert main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["model_version"] == network("hip").version
    assert main(arguments) == 0
    assert f"(model {network('hip').version})" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize("form", FORMATS)
def test_exported_networks_name_it(form: str, tmp_path: Path) -> None:
    small = with_version(small_network())
    export_network(small, tmp_path / "out", form)
    assert f"hip_small_{small.version}" in (tmp_path / "out").read_text()


def test_cohorts_and_links_name_it(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("region,crp\nhip,raised\nknee,normal\n")
    score_cohort(tmp_path / "in.csv", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [r["model_version"] for r in rows] == [network("hip").version, network("knee").version]
    assert to_query(Case(), network("hip").version)["model"] == network("hip").version


def copy_of_data(folder: Path) -> None:
    hidden = shutil.ignore_patterns("elicitation", "cases")
    shutil.copytree(TOP / "networks", folder / "networks", ignore=hidden)
    shutil.copytree(TOP / "priors", folder / "priors")


def edit_links(folder: Path, chosen, column: str, change) -> None:  # type: ignore[no-untyped-def]
    """Change a cell of the first row that is chosen."""
    path = folder / "networks" / "links.csv"
    with path.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    row = next(r for r in rows if chosen(r))
    row[column] = change(row[column])
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, list(row))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model with one frequency changed and one red flag gone."""
    folder = tmp_path_factory.mktemp("other")
    copy_of_data(folder)

    path = folder / "networks" / "links.csv"
    with path.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        if row["child"] == "serpentine_band" and row["cause"].startswith("avn."):
            row |= {"value": "0.002", "low": "0.001", "high": "0.004"}
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    flags = folder / "networks" / "red_flags.yaml"
    parts = flags.read_text().split("\n- id: ")
    flags.write_text("\n- id: ".join(p for p in parts if not p.startswith(FLAG)))
    return folder


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cases") / "cases.jsonl"
    patients = {
        "band": {"serpentine_band": "present"},
        "fever": {"systemic_signs": "present"},
        "same": {"crp": "raised", "serpentine_band": "unknown"},
    }
    lines = [
        json.dumps({"case_id": name, "region": "hip", "findings": found, "diagnosis": "avn"})
        for name, found in patients.items()
    ]
    path.write_text("\n".join(lines))
    return path


def answers(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict:  # type: ignore[type-arg]
    assert main(["diff", *map(str, arguments), "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_diff_of_a_model_with_itself_is_empty(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answers(capsys, TOP, TOP, cases)
    assert (found["cases"], found["changed"], found["largest_change"]) == (3, [], 0.0)


def test_diff_names_leaders_and_red_flags(
    other: Path, cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answers(capsys, TOP, other, cases)
    versions = found["model_versions"]["hip"]
    assert versions["old"] == bb.load("hip", "case_reports").version != versions["new"]
    changed = {c["case_id"]: c for c in found["changed"]}
    old = bb.Engine(bb.load("hip", "case_reports")).posterior({"serpentine_band": "present"})
    new = bb.Engine(bb.load("hip", "case_reports", other)).posterior({"serpentine_band": "present"})
    assert "same" not in changed
    assert changed["fever"]["red_flags"] == {"gained": [], "lost": [FLAG]}
    assert found["largest_change"] > 0.05
    assert (old.leader, new.leader != "avn") == ("avn", True)
    assert changed["band"]["leader"] == {"old": "avn", "new": new.leader}
    shares = changed["band"]["main_cause"]["avn"]
    assert shares["old"] == pytest.approx(old.diagnoses["avn"].main_cause, abs=1e-9)
    assert shares["new"] == pytest.approx(new.diagnoses["avn"].main_cause, abs=1e-9)
    assert (found["right"], found["leaders_changed"]) == ({"old": 1, "new": 0}, 1)
    assert main(["diff", str(TOP), str(other), str(cases)]) == 0
    assert f"-{FLAG}" in capsys.readouterr().out


def test_diff_says_what_is_missing(
    tmp_path: Path, cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", str(TOP), str(tmp_path), str(cases)]) == 2
    assert "has no networks/ and no priors/" in capsys.readouterr().err
