"""The report: what it says is what the engine says, and text stays text."""

from __future__ import annotations

import datetime as dt
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import bme_bayes as bb
from bme_bayes.cli import main
from bme_bayes.questions.red_flags import red_flags
from bme_bayes.report import Report, SetAside, build_report, to_html, to_json
from bme_bayes.ui.parts import report_download
from bme_bayes.ui.state import Case

DAY = dt.date(2026, 2, 3)
ASIDE = SetAside("groin_pain", "Groin <b>pain</b> & more", 'present "now"', "paused")
FINDINGS: dict[str, object] = {
    "age": 59,
    "sex": "male",
    "systemic_signs": "present",
    "rest_pain": "present",
    "night_pain": {"present": 0.8, "absent": 0.2},
    "weight_loss": "unknown",
    "crp": "raised",
}
SCHEMA = json.loads(
    (Path(bb.__file__).parent / "report" / "report.schema.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def engine() -> bb.Engine:
    return bb.Engine(bb.load("spine"))


@pytest.fixture(scope="module")
def report(engine: bb.Engine) -> Report:
    return build_report(engine, FINDINGS, set_aside=[ASIDE], date=DAY, draws=50)


def words(html: str) -> str:
    """The text of a page; fails where the page is not well-formed."""
    return " ".join(" ".join(ET.fromstring(html).itertext()).split())


def test_it_says_what_the_engine_says(engine: bb.Engine, report: Report) -> None:
    found = engine.posterior(FINDINGS)
    assert [d.id for d in report.differential] == list(found.diagnoses)
    spread = engine.credible_intervals(FINDINGS, 50, rng=np.random.default_rng(1))
    for d in report.differential:
        assert d.main_cause.value == found.diagnoses[d.id].main_cause
        assert d.present.value == found.diagnoses[d.id].present
        assert d.main_cause.low <= d.main_cause.value <= d.main_cause.high
        assert d.present.high >= spread.diagnoses[d.id].present.high - 1e-12
        assert sum(k.probability for k in d.kinds) == pytest.approx(
            d.present.value if d.kinds else 0
        )
    assert report.leader == found.leader
    assert [f.id for f in report.next_findings] == [
        f.id for f in engine.next_findings(FINDINGS, top=5).findings
    ]
    assert {f.id for f in report.red_flags} == {f.id for f in red_flags(engine.network, FINDINGS)}
    why = engine.explain(FINDINGS, found.leader).findings
    assert [w.id for w in report.why] == [w.id for w in why[:6]]
    assert len(report.why) + report.why_left_out == len(why)


def test_findings_are_named_for_what_they_are(report: Report) -> None:
    by_id = {e.id: e for e in report.findings}
    assert by_id["age_band"].answer == "59 years (51 to 65)"
    assert by_id["night_pain"].uncertain
    assert by_id["night_pain"].likelihoods == pytest.approx({"absent": 0.25, "present": 1.0})
    assert "present (80%)" in by_id["night_pain"].answer
    assert not by_id["rest_pain"].uncertain
    assert by_id["marrow_edema"].assumed
    assert "weight_loss" not in by_id
    assert len(report.unknown) == 1
    assert report.set_aside == (ASIDE,)
    text = words(to_html(report))
    assert "uncertain" in text
    assert "Said to be unknown: " + report.unknown[0] in text
    assert "(taken for granted)" in text


def test_every_source_that_is_named_is_listed(report: Report) -> None:
    named = {s for w in report.why for s in w.sources}
    named |= {s for n in report.numbers for s in n.sources}
    named |= {f.source for f in report.red_flags} | {t.source for t in report.next_tests}
    assert named == set(report.sources)
    page = ET.fromstring(to_html(report))
    targets = {a.get("href", "")[1:] for a in page.iter("a") if a.get("href", "")[:1] == "#"}
    assert targets
    assert targets <= {e.get("id") for e in page.iter("li")}
    assert all(r.text in words(to_html(report)) for r in report.sources.values())


def test_markup_in_labels_is_text(report: Report) -> None:
    bad = "<script>alert('x')</script><img src=x onerror=alert(1)>"
    first = replace(report.differential[0], label=bad)
    source = {k: replace(s, text=bad, doi='10/"><b>x') for k, s in report.sources.items()}
    worse = replace(report, differential=(first, *report.differential[1:]), sources=source)
    html = to_html(replace(worse, setting_label=bad))
    page = ET.fromstring(html)
    assert bad in words(html)
    assert {e.tag for e in page.iter()}.isdisjoint({"script", "img", "b", "link", "iframe"})
    assert 'Groin <b>pain</b> & more: present "now" (paused)' in words(html)


def test_it_stands_alone(report: Report) -> None:
    page = ET.fromstring(to_html(report))
    assert page.find("head/style") is not None
    for element in page.iter():
        assert not {"src", "srcset", "onclick", "data", "action"} & set(element.keys())
    policy = page.find("head/meta[@http-equiv]")
    assert policy is not None
    assert "default-src 'none'" in policy.get("content", "")
    text = words(to_html(report))
    assert "url(" not in to_html(report)
    assert "not a medical device" in text
    assert report.model_version in text


def test_dates(engine: bb.Engine, report: Report) -> None:
    page = ET.fromstring(to_html(report))
    when = page.find("body/header/p/time")
    assert when is not None
    assert (when.get("datetime"), when.text) == ("2026-02-03", "3 February 2026")
    assert json.loads(to_json(report))["date"] == "2026-02-03"
    assert build_report(engine, {}, draws=1).date == dt.date.today().isoformat()


def test_json_is_as_the_schema_says(engine: bb.Engine, report: Report) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for made in (report, build_report(engine, {}, draws=1)):
        jsonschema.validate(json.loads(to_json(made)), SCHEMA)
    broken = json.loads(to_json(report)) | {"unexplained": 1.5}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


def test_nothing_entered_is_told(engine: bb.Engine) -> None:
    text = words(to_html(build_report(engine, {}, draws=1)))
    assert "No red flag fires" in text
    assert "Nothing was entered" in text


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "case.json"
    case.write_text(json.dumps({"region": "spine", "findings": FINDINGS}))
    out = tmp_path / "report.html"
    assert main(["report", str(case), "--out", str(out), "--draws", "20"]) == 0
    assert f"Wrote {out}" in capsys.readouterr().out.replace("\n", " ")
    assert "Likely causes" in words(out.read_text(encoding="utf-8"))
    data = tmp_path / "report.json"
    assert main(["report", str(case), "--out", str(data), "--draws", "20", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    written = json.loads(data.read_text(encoding="utf-8"))
    assert told["leader"] == written["leader"]
    jsonschema.validate(written, SCHEMA)
    before = data.read_text(encoding="utf-8")
    assert main(["report", str(case), "--out", str(tmp_path / "report.pdf")]) == 2
    assert ".html or a .json" in capsys.readouterr().err
    case.write_text(json.dumps({"region": "spine", "findings": {"crpp": "raised"}}))
    assert main(["report", str(case), "--out", str(data)]) == 2
    assert data.read_text(encoding="utf-8") == before
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "case.json", "report.html", "report.json",
    ]  # fmt: skip


def test_what_the_explorer_sets_aside() -> None:
    knee = bb.load("knee")
    findings = (("groin_pain", "present"), ("marrow_edema", "not_imaged"),
                ("edema_extent", "regional"), ("crp", "raised"))  # fmt: skip
    case = Case("knee", findings=findings, paused=("crp",))
    aside = {a.id: a.reason for a in report_download.set_aside(case, knee)}
    assert aside == {
        "groin_pain": report_download.OTHER_REGION,
        "edema_extent": report_download.AWAITING_MRI,
        "crp": report_download.PAUSED,
    }


def test_before_the_mri_it_proposes_the_whole_scan(engine: bb.Engine) -> None:
    report = build_report(engine, {**FINDINGS, "marrow_edema": "not_imaged"}, date=DAY, draws=2)
    groups = {engine.network.variable(f.id).group for f in report.next_findings}
    assert len(report.next_findings) == 5
    assert "mri" not in groups
    tests = {t.id for t in report.next_tests}
    assert "mri" in tests
    assert "repeat_mri" not in tests
