"""Charts: what they show, their descriptions, and that both ways of drawing them agree."""

import math

import altair as alt
import numpy as np
import pytest

import bme_bayes as bb
from bme_bayes.questions.uncertainty import Interval
from bme_bayes.ui import chart_rows, charts, reason_charts
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


def test_intervals_are_drawn_when_they_are_known() -> None:
    sure = ENGINE.credible_intervals({}, 20, rng=np.random.default_rng(1))
    row = charts.differential_spec(START, None, None, LIGHT, sure)["data"]["values"][0]
    interval = sure.diagnoses[START.leader].main_cause
    assert (row["low"], row["high"]) == (interval.low, interval.high)
    spec = charts.differential_spec(START, None, None, LIGHT)
    assert math.isnan(spec["data"]["values"][0]["low"])
    assert "not known yet" not in spec["description"]


def test_what_speaks_for_and_against_is_drawn_to_both_sides() -> None:
    findings = {"serpentine_band": "present", "corticosteroids": "absent", "crp": "normal"}
    weighing = ENGINE.explain(findings, "avn")
    spec = reason_charts.weights_spec(weighing, 12, "osteonecrosis", LIGHT)
    rows = spec["data"]["values"]
    assert len(rows) == 3
    for row, finding in zip(rows, weighing.findings, strict=True):
        assert math.log(row["factor"]) == pytest.approx(finding.weight)
        assert row["side"] == ("for" if finding.weight > 0 else "against")
        assert row["figures"] in spec["description"]
    alt.LayerChart.from_dict(spec)


def test_a_tornado_spans_what_each_number_could_make_of_it() -> None:
    found = ENGINE.sensitivity({"crp": "raised"}, "infection", top=3)
    spec = reason_charts.numbers_spec(found.numbers, ["a", "b", "c"], 0.1, "infection", LIGHT)
    spans = [abs(r["at_high"] - r["at_low"]) for r in spec["data"]["values"]]
    assert spans == sorted(spans, reverse=True)
    assert spec["layer"][0]["encoding"]["x2"] == {"field": "at_high"}
    alt.LayerChart.from_dict(spec)


def test_tests_are_compared_with_the_most_telling() -> None:
    panel = ENGINE.next_tests({}, rng=np.random.default_rng(1), tests=["bloods", "radiograph"])
    spec = reason_charts.tests_spec(panel.tests, LIGHT)
    first, second = (r["tells"] for r in spec["data"]["values"])
    assert first == 1
    assert second == pytest.approx(panel.tests[1].bits / panel.tests[0].bits)
    alt.LayerChart.from_dict(spec)


@pytest.mark.parametrize("count", [1, 2, 8])
def test_few_rows_have_as_much_room_as_many(count: int) -> None:
    """The axis and the padding are within the height: a name and its bar need the rest."""
    found = ENGINE.sensitivity({"crp": "raised"}, "infection", top=count)
    names = [str(n) for n in range(count)]
    spec = reason_charts.numbers_spec(found.numbers, names, 0.1, "infection", LIGHT)
    below_and_above = 25 + spec["padding"]["top"] + spec["padding"]["bottom"]
    assert (spec["height"] - below_and_above) / count >= 40


def test_an_interval_of_almost_nothing_is_told_as_such() -> None:
    assert chart_rows.between(Interval(0.001, 0.0004, 0.001, 0.004)) == "<1 of 100"
    assert chart_rows.between(Interval(0.05, 0.004, 0.05, 0.12)) == "<1 to 12 of 100"
