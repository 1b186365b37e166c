"""Charts: what they show, their descriptions, and that both ways of drawing them agree."""

import altair as alt
import pytest

import bme_bayes as bb
from bme_bayes.ui import charts
from bme_bayes.ui.charts import DARK, LIGHT

ENGINE = bb.Engine(bb.load("knee"))
START = ENGINE.posterior({})
NOW = ENGINE.posterior({"serpentine_band": "present"})


def test_the_differential_shows_every_diagnosis_in_order() -> None:
    spec = charts.differential_spec(NOW, START, START, LIGHT)
    rows = spec["data"]["values"]
    assert [r["main"] for r in rows] == [d.main_cause for d in NOW.diagnoses.values()]
    assert all(r["present"] >= r["main"] for r in rows)
    assert rows[0]["figures"].startswith(("▲", "▼"))


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_next_steps_show_now_and_after_each_result(colors: charts.Palette) -> None:
    findings = ENGINE.next_findings({}, top=5).findings
    spec = charts.next_steps_spec(findings, START.leader, START, {}, colors)
    rows = spec["data"]["values"]
    dots = [r for r in rows if "after" in r]
    assert len(dots) == sum(len(f.results) for f in findings)
    for span in (r for r in rows if "low" in r):
        assert span["low"] <= span["now"] + 1e-9
        assert span["now"] <= span["high"] + 1e-9


def test_charts_are_valid_and_described() -> None:
    findings = ENGINE.next_findings({}, top=3).findings
    for chart in (
        charts.differential(NOW),
        charts.next_steps(findings, START.leader, START, {("crp", "normal"): "Normal"}),
    ):
        assert isinstance(chart, alt.LayerChart)
        chart.to_dict()
        assert "%" in str(chart.description)


def test_colours_stand_out_from_their_background() -> None:
    assert charts.palette("dark") is DARK
    assert charts.palette("light") is LIGHT
    assert charts.palette(None) is LIGHT
