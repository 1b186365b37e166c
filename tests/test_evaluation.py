"""Scores against a plain calculation, intervals, naive Bayes by hand, answers in files."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

import bme_bayes as bb
from bme_bayes.cases import Case, read_cases
from bme_bayes.cpds import cell_frequencies
from bme_bayes.errors import InputError, UnknownName
from bme_bayes.evaluation.answers import (
    CaseAnswer,
    answers_of_model,
    answers_of_naive_bayes,
    read_answers,
    write_answers,
)
from bme_bayes.evaluation.naive import NaiveBayes
from bme_bayes.evaluation.report import markdown
from bme_bayes.evaluation.scores import METRICS, score_difference, score_groups

TOP = Path(__file__).resolve().parents[1]
PUBLISHED = TOP / "networks" / "cases" / "published_cases.jsonl"
READER = TOP / "networks" / "cases" / "reader_answers.jsonl"


def case(
    case_id: str, diagnosis: str, *also: str, region: str = "hip", difficulty: str = ""
) -> Case:
    return Case(region, {}, case_id, diagnosis=diagnosis, also=also, difficulty=difficulty)


def generator() -> np.random.Generator:
    return np.random.default_rng(3)


CASES = [case("a", "avn", difficulty="typical"), case("b", "bmes", "infection", region="knee")]
ANSWERS = [
    CaseAnswer("a", {"avn": 0.4, "bmes": 0.1}, {"avn": 0.6, "bmes": 0.02}),
    CaseAnswer(
        "b",
        {"infection": 0.6, "bmes": 0.3, "avn": 0.1},
        {"infection": 0.7, "bmes": 0.35, "avn": 0.01},
    ),
]


def test_scores_by_hand() -> None:
    score = score_groups(CASES, ANSWERS, generator(), 0)["all"].score
    assert set(score) == set(METRICS)
    assert (score["top1"], score["top2"], score["top3"]) == (0.5, 1.0, 1.0)
    assert score["top1_or_also"] == 1.0
    assert score["log_loss"] == pytest.approx(-(math.log(0.8) + math.log(0.3)) / 2)
    brier = [0.2**2 + 0.2**2, 0.6**2 + 0.7**2 + 0.1**2]
    assert score["brier"] == pytest.approx(sum(brier) / 2)
    assert score["must_not_miss"] == 1.0
    assert (score["over_bar"], score["dangerous_over_bar"]) == (1.5, 1.0)
    assert score["leader_gap"] == pytest.approx((0.8 + 0.6) / 2 - 0.5)
    assert score["leader_ece"] == pytest.approx((abs(0.8 - 1) + 0.6) / 2)
    pairs = [0.6 - 1, 0.7 - 1, 0.35 - 1, 0.02 + 0.01]
    assert score["ece"] == pytest.approx(sum(map(abs, pairs)) / 5)


def test_groups_and_a_group_without_dangerous_cases() -> None:
    groups = score_groups(CASES, ANSWERS, generator(), 50)
    assert {name: s.n for name, s in groups.items()} == {
        "all": 2,
        "typical": 1,
        "hip": 1,
        "knee": 1,
    }
    assert math.isnan(groups["knee"].score["must_not_miss"])
    assert "must_not_miss" not in groups["knee"].low
    assert "| knee | 1 |" in markdown({"network": groups}, "# Scores", {})


def test_intervals_hold_the_score_and_repeat() -> None:
    cases, answers = read_cases(PUBLISHED), read_answers(READER)
    one, two = (score_groups(cases, answers, generator(), 300)["all"] for _ in range(2))
    assert (one.low, one.high) == (two.low, two.high)
    for name in ("top1", "top3", "log_loss", "brier", "over_bar", "leader_gap"):
        assert one.low[name] <= one.score[name] <= one.high[name], name


def test_a_share_of_none_or_all_is_not_told_as_certain() -> None:
    said = {"avn": 0.9, "bmes": 0.1}
    cases = [case(str(i), "avn") for i in range(33)]
    answers = [CaseAnswer(c.case_id, said, said) for c in cases]
    scored = score_groups(cases, answers, generator(), 50)["all"]
    for name in ("must_not_miss", "top1", "top1_or_also"):
        exact = binomtest(33, 33).proportion_ci(0.95, "exact")
        assert (scored.low[name], scored.high[name]) == pytest.approx((exact.low, exact.high))
    missed = [case(c.case_id, "bmes") for c in cases]
    scored = score_groups(missed, answers, generator(), 50)["all"]
    exact = binomtest(0, 33).proportion_ci(0.95, "exact")
    assert (scored.low["top1"], scored.high["top1"]) == pytest.approx((0, exact.high))


def test_reader_scores_as_the_project_was_told() -> None:
    """The yardstick's figures, which were worked out by another program."""
    score = score_groups(read_cases(PUBLISHED), read_answers(READER), generator(), 0)["all"].score
    wanted = {"top1": 0.746, "top2": 0.881, "top3": 0.968, "log_loss": 0.720, "brier": 0.356}
    wanted |= {"ece": 0.018, "must_not_miss": 1.0}
    assert {k: round(score[k], 3) for k in wanted} == wanted


def test_differences_are_paired() -> None:
    cases, reader = read_cases(PUBLISHED), read_answers(READER)
    flat = [
        CaseAnswer(a.case_id, even := dict.fromkeys(a.probabilities, 0.1), even) for a in reader
    ]
    same = score_difference(cases, reader, reader, generator(), 50)
    assert set(same.score.values()) | set(same.low.values()) | set(same.high.values()) == {0.0}
    found = score_difference(cases, flat, reader, generator(), 400)
    apart = [score_groups(cases, a, generator(), 0)["all"].score for a in (flat, reader)]
    for name in ("log_loss", "brier", "top1", "must_not_miss", "leader_ece"):
        assert found.score[name] == pytest.approx(apart[0][name] - apart[1][name])
        assert found.low[name] <= found.score[name] <= found.high[name]
    assert found.low["log_loss"] > 0.5
    page = markdown(
        {"flat": score_groups(cases, flat, generator(), 0)}, "# Scores", {"less": found}
    )
    assert f"| log-loss | {found.score['log_loss']:.3f} ({found.low['log_loss']:.2f} to" in page
    nearly = [
        replace(a, probabilities={d: p + 0.01 for d, p in a.probabilities.items()}) for a in reader
    ]
    paired = score_difference(cases, nearly, reader, generator(), 400)
    alone = score_groups(cases, reader, generator(), 400)["all"]
    width = paired.high["log_loss"] - paired.low["log_loss"]
    assert width < (alone.high["log_loss"] - alone.low["log_loss"]) / 4


def test_missing_answers_and_diagnoses_are_errors() -> None:
    with pytest.raises(InputError, match="no answer for 1 cases: b"):
        score_groups(CASES, ANSWERS[:1], generator(), 0)
    with pytest.raises(InputError, match="1 case has no diagnosis: c"):
        answers_of_model([case("c", "")], "case_reports")
    with pytest.raises(UnknownName, match="'sifk' of case d"):
        answers_of_model([case("d", "sifk")], "case_reports")
    with pytest.raises(InputError, match="case e: unknown finding 'crq'"):
        answers_of_model([Case("hip", {"crq": "raised"}, "e", diagnosis="avn")], "case_reports")


def test_answers_survive_a_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    write_answers(path, ANSWERS)
    assert read_answers(path) == ANSWERS
    path.write_text(json.dumps({"id": "x", "probabilities": {"avn": 1}}) + "\n")
    assert read_answers(path)[0].present == {"avn": 1.0}
    for text in ('{"id": "x"}', "[]", '{"id": "x", "probabilities": {"avn": "much"}}'):
        path.write_text(text)
        with pytest.raises(InputError, match="no id and probabilities"):
            read_answers(path)
    with pytest.raises(InputError, match="cannot write"):
        write_answers(tmp_path / "none" / "x", ANSWERS)


@pytest.mark.parametrize("setting", ["general_orthopaedics", "case_reports"])
def test_naive_bayes_is_a_product(setting: str) -> None:
    network = bb.load("spine", setting)
    engine = bb.Engine(network)
    before = engine.posterior({}, unmentioned=1.0).diagnoses
    naive = NaiveBayes(engine)
    cells = cell_frequencies(network, network.variable("paraspinal_edema"))
    weights = {}
    for name, d in before.items():
        kinds = [(i, k) for i, k in enumerate(network.kinds) if k.diagnosis == name]
        present = sum(d.kinds[k.id] * cells[1, i] for i, k in kinds) / d.present
        weights[name] = d.main_cause * present
    total = sum(weights.values())
    others = dict.fromkeys((v.id for v in (*network.risks, *network.findings)), "unknown")
    found = naive.posterior({**others, "paraspinal_edema": "present"})
    assert sum(found.values()) == pytest.approx(1)
    assert found == pytest.approx({d: w / total for d, w in weights.items()}, abs=1e-3)


def test_naive_bayes_answers_every_case() -> None:
    cases = read_cases(PUBLISHED)[::10]
    answers = answers_of_naive_bayes(cases, "case_reports")
    assert [a.case_id for a in answers] == [c.case_id for c in cases]
    assert all(sum(a.probabilities.values()) == pytest.approx(1) for a in answers)
