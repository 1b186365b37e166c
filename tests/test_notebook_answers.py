"""Answers show themselves in notebooks: figures, bars that fit, and markup as text."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from small_network import small_network

import bme_bayes as bb
from bme_bayes.notebook import WIDTH, Markup, answer_html, bar, percent, signed_bar, span
from bme_bayes.questions.compare import compare

CASE = {"crp": "high", "limp": "present", "steroids": "present", "sex": "male"}
EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def answers() -> dict[str, object]:
    hip = bb.Engine(bb.load("hip"))
    engine = bb.Engine(small_network())
    found = {"corticosteroids": "present", "crp": "normal"}
    first = engine.posterior(CASE).leader
    return {
        "network": hip.network,
        "posterior": hip.posterior(found),
        "next": engine.next_findings(CASE),
        "tests": hip.next_tests(
            found, rng=np.random.default_rng(1), tests=["bloods", "radiograph"]
        ),
        "same": engine.same_decision(CASE, draws=50, rng=np.random.default_rng(1)),
        "path": engine.shortest_path(CASE, first, below=0.3),
        "explain": engine.explain(CASE, first),
        "conflict": engine.conflict(CASE, rng=np.random.default_rng(1)),
        "sure": engine.credible_intervals(CASE, draws=20, rng=np.random.default_rng(1)),
        "sensitivity": engine.sensitivity(CASE, first),
        "break even": engine.break_even(CASE),
        "intervene": engine.intervene(CASE, "steroids"),
        "compare": compare([engine.variant("one", CASE), engine.variant("two", {})]),
    }


def shown(answer: object) -> str:
    return str(answer._repr_html_())  # type: ignore[attr-defined]


def test_every_answer_is_well_formed_with_bars_that_fit(answers: dict[str, object]) -> None:
    for name, answer in answers.items():
        html = shown(answer)
        tree = ET.fromstring(html.replace("&nbsp;", " "))
        heads = tree.findall(".//th")
        rows = tree.findall(".//tbody/tr")
        assert rows, name
        assert {len(r) for r in rows} == {len(heads)}, name
        for piece in tree.iter("rect"):
            start, width = float(piece.get("x", "nan")), float(piece.get("width", "nan"))
            assert start >= 0, name
            assert start + width <= WIDTH + 0.2, name
        if name != "break even":
            assert tree.find(".//svg") is not None, name
        assert all(s.get("aria-hidden") == "true" for s in tree.iter("svg"))


def test_figures_are_those_of_the_answer(answers: dict[str, object]) -> None:
    found = answers["posterior"]
    assert isinstance(found, bb.Posterior)
    html = shown(found)
    for p in found.diagnoses.values():
        assert percent(p.main_cause) in html
        assert percent(p.present) in html
    assert found.model_version in html
    first = next(iter(found.diagnoses.values()))
    widths = [float(w) for w in re.findall(r'width="([\d.]+)" height="8"', html)[:2]]
    assert widths == pytest.approx([first.present * WIDTH, first.main_cause * WIDTH], abs=0.06)


def test_markup_in_labels_stays_text(answers: dict[str, object]) -> None:
    found = answers["posterior"]
    assert isinstance(found, bb.Posterior)
    spoiled = replace(found, labels=dict.fromkeys(found.labels, EVIL), setting=EVIL)
    assert EVIL not in shown(spoiled)
    network = answers["network"]
    assert isinstance(network, bb.Network)
    kinds = tuple(replace(k, label=EVIL) for k in network.kinds)
    assert EVIL not in shown(replace(network, kinds=kinds, version=EVIL))
    assert EVIL not in answer_html(EVIL, [EVIL], [[EVIL]], EVIL)


def test_bars() -> None:
    assert isinstance(bar(0.5), Markup)
    assert f'width="{WIDTH / 2:.1f}"' in bar(0.5)
    assert f'width="{WIDTH:.1f}"' in bar(1.7)
    assert 'width="0.0"' in bar(-1)
    right, left = signed_bar(2.0, 4.0), signed_bar(-4.0, 4.0)
    assert f'x="{WIDTH / 2:.1f}"' in right
    assert f'width="{WIDTH / 4:.1f}"' in right
    assert f'x="0.0" y="2" width="{WIDTH / 2:.1f}"' in left
    assert signed_bar(0.0, 0.0)
    assert span(0.8, 0.2, 0.4) == span(0.2, 0.8, 0.4)
    assert [percent(p) for p in (None, 0.0, 1e-9, 0.05, 0.5, 0.95, 0.9999, 1.0)] == [
        "-", "0%", "<0.1%", "5.0%", "50%", "95.0%", ">99.9%", "100%"
    ]  # fmt: skip
