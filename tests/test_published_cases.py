"""The published patients run through the command line and the page."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import bme_bayes as bb
from bme_bayes.cli import main
from bme_bayes.ui.words import short

TOP = Path(__file__).resolve().parents[1]
CASES = [
    json.loads(line)
    for line in (TOP / "networks" / "cases" / "published_cases.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
HIPS = [c for c in CASES if c["region"] == "hip"]


@pytest.mark.parametrize("case", HIPS, ids=lambda c: c["case_id"])
def test_command_line(case: dict, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[type-arg]
    path = tmp_path / "case.json"
    path.write_text(json.dumps({"region": case["region"], "findings": case["findings"]}))
    assert main(["posterior", str(path), "--draws", "20", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert case["diagnosis"] in answer["diagnoses"]
    for found in answer["diagnoses"].values():
        assert 0 <= found["main_cause"] <= found["present"] + 1e-9
        assert found["low"] <= found["high"]


@pytest.mark.parametrize("case", HIPS[::3], ids=lambda c: c["case_id"])
def test_page(case: dict) -> None:  # type: ignore[type-arg]
    app = AppTest.from_file(TOP / "app.py", default_timeout=90)
    app.query_params["region"] = "hip"
    for name, value in case["findings"].items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    found = bb.Engine(bb.load("hip")).posterior(case["findings"])
    label = short(found.leader, found.labels)
    shown = "\n".join(str(m.value) for m in app.markdown)
    assert label.lower() in shown.lower()
