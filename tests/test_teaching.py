"""Cases to teach with, the rounds and scores of a case, and the numbers of the lessons."""

import itertools
import json
import math
import re
from functools import cache

import pytest

import bme_bayes as bb
from bme_bayes.library import networks_folder
from bme_bayes.network import EDEMA, Network
from bme_bayes.questions.battery import load_bundles
from bme_bayes.reading import read_network
from bme_bayes.ui import lesson_numbers, teach_writing, teaching
from bme_bayes.ui.charts import LIGHT
from bme_bayes.ui.lesson_charts import crowd, fagan, tree
from bme_bayes.ui.state import Case
from bme_bayes.ui.teach_cases import CaseFileError, TeachCase, from_file, published
from bme_bayes.ui.teach_fewest import fewest


@cache
def network_of(region: str) -> Network:
    return read_network(region, networks_folder())


CASES = published(network_of)
ENGINE = bb.Engine(bb.load("hip"))
GIVEN = {"region": "hip", "findings": {"age": 34, "crp": "normal"}, "diagnosis": "bmes"}


def loaded(*rows: object) -> tuple[TeachCase, ...]:
    return from_file(json.dumps(list(rows)), "cases.json", network_of)


def test_every_published_case_can_be_taught() -> None:
    assert len(CASES) > 100
    for case in CASES:
        assert 1 <= len(case.start) < len(case.findings)
        assert case.diagnosis.replace("_", " ") not in case.title
        assert case.source
        assert case.confirmed_by


def test_their_order_does_not_give_the_diagnosis_away() -> None:
    same = sum(a.diagnosis == b.diagnosis for a, b in itertools.pairwise(CASES))
    assert same < len(CASES) / 4


@pytest.mark.parametrize("name", ["cases.json", "cases.jsonl", "cases.yaml"])
def test_a_teachers_file_is_read(name: str) -> None:
    (case,) = from_file(json.dumps(GIVEN), name, network_of)
    assert case.findings == {"age_band": "30_50", "crp": "normal"}
    assert case.diagnosis == "bmes"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"diagnosis": "bmse"}, "bmes"),
        ({"findings": {"crpp": "normal"}}, "crp"),
        ({"findings": {"crp": "huge"}}, "huge"),
        ({"findings": {"age": "old"}}, "cannot be read"),
        ({"diagnosis": None}, "needs a region, findings and a diagnosis"),
        ({"region": "elbow"}, "elbow"),
    ],
)
def test_a_fault_in_a_teachers_file_names_the_case(change: dict[str, object], said: str) -> None:
    with pytest.raises(CaseFileError) as caught:
        loaded(GIVEN, {**GIVEN, "case_id": "b", **change})
    (fault,) = caught.value.faults
    assert fault.startswith("Case 2: ")
    assert said in fault


@pytest.mark.parametrize("text", ["", "[", "[]", "{not: json"])
def test_a_file_without_cases_is_refused(text: str) -> None:
    with pytest.raises(CaseFileError):
        from_file(text, "cases.json", network_of)


def test_a_round_reveals_what_the_case_holds_and_nothing_twice() -> None:
    case = max(CASES, key=lambda c: len(c.findings))
    network = network_of(case.region)
    play = teaching.begin(case)
    while offered := teaching.orders(network, load_bundles(), play):
        assert play.waits_for_estimate == bool(play.rounds[-1].revealed)
        play = teaching.ask(teaching.commit(play, {"bmes": 1.0}), offered[0])
    revealed = [f for r in play.rounds for f in r.revealed]
    assert len(revealed) == len(set(revealed))
    assert set(revealed) == set(case.findings)
    assert play.known == dict(case.findings)


def test_an_estimate_is_spread_over_the_rest() -> None:
    names = ["a", "b", "c", "d"]
    assert teaching.spread({"a": 0.7}, names) == pytest.approx(
        {"a": 0.7, "b": 0.1, "c": 0.1, "d": 0.1}
    )
    assert teaching.spread({"a": 0.9, "b": 0.9}, names) == pytest.approx(
        {"a": 0.5, "b": 0.5, "c": 0, "d": 0}
    )
    for chosen in ({}, {"a": 0.0}, dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.2)):
        assert sum(teaching.spread(chosen, names).values()) == pytest.approx(1)


def test_scores() -> None:
    assert teaching.brier({"a": 1.0, "b": 0.0}, "a") == 0
    assert teaching.brier({"a": 1.0, "b": 0.0}, "b") == 2
    right, wrong = {"a": 0.9, "b": 0.1}, {"a": 0.2, "b": 0.8}
    assert teaching.settled([right, wrong, right, right], "a") == 2
    assert teaching.settled([right, wrong], "a") is None
    result = teaching.Result("x", "a", (right, wrong), (right, right), 1, (2, 3))
    bins = teaching.calibration([result])
    assert [(b.count, b.right) for b in bins] == [(2, 0.5)]
    assert bins[0].said == pytest.approx(0.85)
    assert teaching.average([result]) == pytest.approx((1.28, 0.02))


def test_a_step_that_reveals_nothing_is_not_judged_again() -> None:
    right, wrong = {"a": 0.9, "b": 0.1}, {"a": 0.2, "b": 0.8}
    result = teaching.Result("x", "a", (right, right, wrong), (right,) * 3, 2, (2, 2, 3))
    assert result.judged == (right, wrong)
    assert sum(b.count for b in teaching.calibration([result])) == 2


def test_the_fewest_findings_are_the_fewest() -> None:
    found = {"age_band": "30_50", "groin_pain": "present", "crp": "normal", "limp": "present",
             "serpentine_band": "present", "corticosteroids": "present"}  # fmt: skip
    start = ("age_band", "groin_pain")
    known = {f: found[f] for f in start}
    assert ENGINE.posterior(known).leader != "avn"
    free = [f for f in found if f not in start]
    alone = {f: ENGINE.posterior({**known, f: found[f]}) for f in free}
    first = [f for f in free if alone[f].leader == "avn"]
    best = max(first, key=lambda f: alone[f].diagnoses["avn"].main_cause)
    assert fewest(ENGINE, found, start, "avn") == (best,)
    assert fewest(ENGINE, found, (*start, best), "avn") == ()
    assert fewest(ENGINE, found, start, "malignancy") is None


@pytest.mark.parametrize("region", ["hip", "knee", "ankle_foot", "spine"])
def test_a_template_can_be_loaded_as_it_is_and_with_everything_filled_in(region: str) -> None:
    network = network_of(region)
    text = teach_writing.template(network, "general_orthopaedics")
    (case,) = from_file(text, "case.yaml", network_of)
    assert case.findings == {"age_band": "30_50"}
    filled = re.sub(r"^  # (\w+: )", r"  \1", text, flags=re.MULTILINE)
    (case,) = from_file(filled, "case.yaml", network_of)
    observed = {v.id for v in network.of_role("context", "risk", "finding")} - {EDEMA}
    assert set(case.findings) == observed


def test_what_is_entered_can_be_written_and_loaded() -> None:
    pairs = (("sex", "female"), ("joint_effusion", "probable"), ("crp", "normal"))
    entered = Case("hip", "sports_medicine", pairs)
    told = {"confirmed_by": " MRI ", "note": ""}
    text = teach_writing.written(network_of("hip"), entered, "bmes", told)
    assert "note" not in json.loads(text)
    (case,) = from_file(text, "case.json", network_of)
    assert case.setting == "sports_medicine"
    assert case.confirmed_by == "MRI"
    assert case.findings["joint_effusion"] == {"present": 0.8, "absent": 0.2}


def test_a_file_may_say_what_is_told_first_and_name_the_case() -> None:
    (case,) = loaded({**GIVEN, "start": ["age"], "title": "The *runner*"})
    assert case.start == ("age_band",)
    assert "runner" in case.title
    assert "*" not in case.title
    with pytest.raises(CaseFileError, match="crp"):
        loaded({**GIVEN, "start": ["crpp"]})


def test_a_meeting_agrees_with_the_model() -> None:
    found = lesson_numbers.meeting(ENGINE, {}, "avn", "serpentine_band", "present")
    after = ENGINE.posterior({"serpentine_band": "present"}).diagnoses["avn"].present
    assert found.after == pytest.approx(after)
    assert lesson_numbers.after_ratio(found.present, found.ratio) == pytest.approx(after)
    assert sum(found.of(1000)) == 1000


def test_findings_that_go_together_count_less_than_alone() -> None:
    results = [("crp", "markedly_raised"), ("esr", "markedly_raised"), ("leukocytosis", "present")]
    model, alone = lesson_numbers.step_by_step(ENGINE, "infection", {}, results)
    assert model[:2] == pytest.approx(alone[:2])
    assert model[-1] < alone[-1]


@pytest.mark.parametrize("before", [0.001, 0.2, 0.9])
@pytest.mark.parametrize("ratio", [0.05, 1.0, 30.0])
def test_the_nomogram_joins_before_and_after(before: float, ratio: float) -> None:
    line = lesson_numbers.nomogram(before, ratio)
    after = 1 / (1 + math.exp(-line.after))
    assert after == pytest.approx(lesson_numbers.after_ratio(before, ratio))
    assert line.ratio == pytest.approx((line.before + line.after) / 2)


def test_lesson_charts_are_described() -> None:
    found = lesson_numbers.Meeting(0.1, 0.8, 0.2, 0.31)
    spec = crowd(found, "this", "that", LIGHT)
    assert len(spec["data"]["values"]) == 1000
    assert "This and that: 80" in spec["description"]
    assert "20" in fagan(0.2, 5.0, LIGHT)["description"]
    branches = tree(found, "this", LIGHT)
    numbers = [node["n"] for node in branches["layer"][1]["data"]["values"]]
    assert numbers == [1000, 100, 900, 80, 20, 180, 720]
    assert "100 have this, of whom 80 have the result" in branches["description"]
