"""The commands `explain`, `sure` and `compare`."""

import json
from pathlib import Path
from typing import Any

import pytest

from bme_bayes.cli import main

HIP = {
    "region": "hip",
    "findings": {"corticosteroids": "present", "crp": "normal", "age": 45, "limp": "present"},
}
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def case(tmp_path: Path) -> str:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(HIP))
    return str(path)


def answer(capsys: Capture, *arguments: str) -> Any:
    status = main([*arguments, "--json"])
    printed = capsys.readouterr()
    assert status == 0, printed.err
    assert printed.err == ""
    return json.loads(printed.out)


def text(capsys: Capture, *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def refusal(capsys: Capture, *arguments: str) -> str:
    assert main(list(arguments)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


def test_explain(capsys: Capture, case: str) -> None:
    found = answer(capsys, "explain", case, "avn")
    weights = {f["id"]: f for f in found["findings"]}
    assert set(weights) == {"corticosteroids", "crp", "age_band", "limp"}
    assert sum(f["shapley"] for f in found["findings"]) == pytest.approx(
        found["after"] - found["before"]
    )
    for f in found["findings"]:
        assert set(f["sources"]) <= set(found["sources"])
        assert f["numbers"]
    assert found["conflict"]["under"]
    assert 0 <= found["conflict"]["as_odd"] <= 1
    assert found == answer(capsys, "explain", case, "avn")
    shown = text(capsys, "explain", case, "avn")
    assert "C-reactive protein: normal" in shown
    assert "did you mean 'avn'" in refusal(capsys, "explain", case, "avm")


def test_sure(capsys: Capture, case: str) -> None:
    found = answer(capsys, "sure", case, "avn", "--draws", "60", "--top", "5")
    assert len(found["sensitivity"]["numbers"]) == 5
    assert found["sensitivity"]["diagnosis"] == "avn"
    assert found["draws"] == 60
    for d in found["diagnoses"].values():
        for how in ("main_cause", "present"):
            assert 0 <= d[how]["low"] <= d[how]["median"] <= d[how]["high"] <= 1
    assert sum(d["leads"] for d in found["diagnoses"].values()) == pytest.approx(1)
    assert 0 <= found["same_decision"]["probability"] <= 1
    assert found["break_even"]["challenger"] != found["leader"]
    assert "would have to be" in text(capsys, "sure", case, "--draws", "20")


def test_compare(capsys: Capture, case: str, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"region": "hip", "findings": {"crp": "raised"}}))
    found = answer(
        capsys, "compare", case, "--against", str(other), "--settings", "obstetric",
        "--change", "crp=markedly_raised", "--change", "age=70", "--rate", "infection=0.1",
        "--do", "osteoporosis",
    )  # fmt: skip
    labels = [v["label"] for v in found["variants"]]
    assert labels == [
        "the case",
        str(other),
        "obstetric",
        "crp=markedly_raised",
        "age=70",
        "infection=0.1",
    ]
    assert found["findings"]["crp"] == [
        "normal",
        "raised",
        "normal",
        "markedly_raised",
        "normal",
        "normal",
    ]
    for v in found["variants"]:
        for name, d in v["diagnoses"].items():
            first = found["variants"][0]["diagnoses"][name]["main_cause"]
            assert d["difference"] == pytest.approx(d["main_cause"] - first)
    assert set(found["interventions"][0]["states"]) == {"absent", "present"}
    shown = text(capsys, "compare", case, "--change", "crp=unknown")
    assert "crp=unknown" in shown


def test_compare_says_what_is_wrong(capsys: Capture, case: str, tmp_path: Path) -> None:
    knee = tmp_path / "knee.json"
    knee.write_text(json.dumps({"region": "knee", "findings": {}}))
    assert "compare with what" in refusal(capsys, "compare", case)
    assert "a case of knee" in refusal(capsys, "compare", case, "--against", str(knee))
    assert "FINDING=STATE" in refusal(capsys, "compare", case, "--change", "crp")
    assert "not a share" in refusal(capsys, "compare", case, "--rate", "avn=often")
    assert "not a number of years" in refusal(capsys, "compare", case, "--change", "age=old")
    assert "not a risk factor" in refusal(capsys, "compare", case, "--do", "crp")
    assert "different names" in refusal(capsys, "compare", case, "--settings", "obstetric",
                                        "--settings", "obstetric")  # fmt: skip
