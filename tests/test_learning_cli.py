"""`bme-bayes learn` and `bme-bayes structure`: from a table of patients to a setting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bme_bayes as bb
from bme_bayes.cli import main
from bme_bayes.learning import simulate, update_base_rates
from bme_bayes.reading import read_prior

FINDINGS = [
    "age_band",
    "sex",
    "crp",
    "systemic_signs",
    "groin_pain",
    "serpentine_band",
    "radiograph",
]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def patients() -> pd.DataFrame:
    engine = bb.Engine(bb.load("hip"))
    cohort = simulate(engine, 60, rng=np.random.default_rng(1), findings=FINDINGS, known=0.8)
    truth = cohort.truth.replace({"main_cause": {"": "none"}})
    table = pd.concat([truth, cohort.findings], axis=1)
    table.insert(0, "case_id", range(60))
    return table


@pytest.fixture
def table(patients: pd.DataFrame, tmp_path: Path) -> str:
    path = tmp_path / "patients.csv"
    patients.to_csv(path, index=False)
    return str(path)


def answer(capsys: Capture, *arguments: str, status: int = 0) -> Any:
    assert main([*arguments, "--json"]) == status
    printed = capsys.readouterr()
    return json.loads(printed.out) if status == 0 else printed.err


def test_learned_setting_is_used_by_its_file(capsys: Capture, table: str, tmp_path: Path) -> None:
    out = str(tmp_path / "mine.yaml")
    found = answer(capsys, "learn", table, "--region", "hip", "--out", out, "--base-rates")
    assert found["patients"] == 60
    assert found["links_changed"] > 20
    assert "links updated from 60 patients" in found["provenance"]
    prior = read_prior(Path(out))
    assert prior.name == "mine"
    assert len(prior.links["hip"]) == found["links_changed"]
    case = tmp_path / "case.json"
    case.write_text(json.dumps({"region": "hip", "findings": {"crp": "normal"}}))
    new = answer(capsys, "posterior", str(case), "--setting", out, "--draws", "5")
    old = answer(capsys, "posterior", str(case), "--draws", "5")
    assert new["model_version"] != old["model_version"]
    rates = {(r["diagnosis"], r["state"]): r["after"] for r in found["base_rates"]}
    assert rates["osteoarthritis", "present"] == pytest.approx(
        prior.base["hip"]["osteoarthritis", "present"].value
    )


def test_without_diagnoses_base_rates_are_learned(
    capsys: Capture, patients: pd.DataFrame, tmp_path: Path
) -> None:
    path, out = tmp_path / "records.csv", tmp_path / "records.yaml"
    patients[FINDINGS].to_csv(path, index=False)
    found = answer(capsys, "learn", str(path), "--region", "hip", "--out", str(out))
    assert found["links"] == []
    assert len(found["base_rates"]) == 14
    assert any("rests on the old one" in w for w in found["warnings"])
    assert read_prior(out).links == {}
    assert main(["learn", str(path), "--region", "hip", "--out", str(out)]) == 0
    assert f"use it with --setting {out}" in " ".join(capsys.readouterr().out.split())


def test_structure_finds_a_fact_told_twice(
    capsys: Capture, patients: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "doubled.csv"
    ages = patients["age_band"]
    twice = patients[FINDINGS].assign(
        limp=np.where(ages == "over_65", "present", "absent"),
        morning_stiffness=np.where(ages == "over_65", "present", "absent"),
    )
    twice.to_csv(path, index=False)
    found = answer(capsys, "structure", str(path), "--region", "hip")
    assert {"limp", "morning_stiffness"} == {found["pairs"][0][k] for k in ("first", "second")}
    assert found["doubled"][0] == [found["pairs"][0]["first"], found["pairs"][0]["second"]]
    assert main(["structure", str(path), "--region", "hip"]) == 0
    assert "may be counted twice" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("column", "message"), [("crq", "did you mean 'crp'"), ("avm", "did you mean 'avn'")]
)
def test_columns_that_are_not_known(
    capsys: Capture, patients: pd.DataFrame, tmp_path: Path, column: str, message: str
) -> None:
    path = tmp_path / "wrong.csv"
    patients.rename(columns={"crp" if column == "crq" else "avn": column}).to_csv(path, index=False)
    out = str(tmp_path / "mine.yaml")
    said = answer(capsys, "learn", str(path), "--region", "hip", "--out", out, status=2)
    assert message in said
    assert not Path(out).exists()


def test_bad_tables_name_the_patient(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("main_cause,crp\navn,normal\n,normal\n")
    out = str(tmp_path / "mine.yaml")
    said = answer(capsys, "learn", str(path), "--region", "hip", "--out", out, status=2)
    assert "patient 2: no diagnosis is known" in said
    said = answer(capsys, "learn", str(path), "--region", "hip", "--out", "mine.txt", status=2)
    assert ".yaml" in said
    path.write_text("main_cause,crp\navn,normal,1\n")
    assert "row 2" in answer(capsys, "structure", str(path), "--region", "hip", status=2)


def test_base_rates_follow_the_table(patients: pd.DataFrame) -> None:
    engine = bb.Engine(bb.load("hip"))
    truth = patients[["main_cause", *(d.id for d in engine.network.diagnoses)]]
    rows = [{str(k): v for k, v in r.items()} for r in truth.to_dict("records")]
    learned = update_base_rates(engine, rows, "mine")
    old, new = (p.region("hip")["avn", "late_arco_3_4"] for p in (learned.before, learned.prior))
    seen = int((patients["avn"] == "late_arco_3_4").sum())
    assert new.value == pytest.approx((old.value * old.n + seen) / (old.n + 60))
    main_only = [{"main_cause": r["main_cause"]} for r in rows]
    assert update_base_rates(engine, main_only).method == "counts of main causes"
    whole = [{**r, "avn": "absent" if r["avn"] == "absent" else "present"} for r in rows]
    assert len(update_base_rates(engine, whole).to_frame()) == 14
    with pytest.raises(bb.InputError, match="every patient"):
        update_base_rates(engine, [{"avn": "absent"}])
