"""Every question on the bundled networks: invariants that hold whatever the numbers are."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import default_rng
from renewed_network import moved_and_error

import bme_bayes as bb
from bme_bayes.questions.parameters import draw, point
from bme_bayes.questions.reweigh import Reweigher
from bme_bayes.questions.subsets import Subsets
from bme_bayes.questions.targets import make_target

COMMON: dict[str, object] = {
    "age": 62, "sex": "female", "osteoporosis": "present", "recent_trauma": "absent",
    "onset": "sudden", "rest_pain": "present", "limp": {"present": 1.0, "absent": 0.3},
    "crp": "normal", "radiograph": "osteopenia", "abscess_or_sinus": "absent",
}  # fmt: skip
REGIONS = ("hip", "knee", "ankle_foot", "spine")


@pytest.fixture(scope="module", params=REGIONS)
def engine(request: pytest.FixtureRequest) -> bb.Engine:
    return bb.Engine(bb.load(request.param))


def test_every_way_of_working_out_the_posterior_agrees(engine: bb.Engine) -> None:
    space, belief = engine.space, engine.belief(COMMON)
    reweigher = Reweigher(space, belief, 0.0)
    now = reweigher.evaluate(reweigher.now)
    assert now.main_cause()[0] == pytest.approx(belief.scenario @ space.main_matrix, abs=1e-12)
    subsets, given = Subsets(space, belief), make_target(space, "infection").given
    joint = subsets.weights(np.ones((1, len(subsets.names)), dtype=bool), given)[0]
    assert joint / joint.sum() == pytest.approx(belief.scenario @ given, abs=1e-12)


def test_what_next(engine: bb.Engine) -> None:
    panel = engine.next_tests(COMMON, rng=default_rng(0), tests=["bloods", "dexa", "examination"])
    findings = {f.id: f.bits for f in engine.next_findings(COMMON).findings}
    for test in panel.tests:
        alone = [findings[name] for name in test.findings]
        assert max(alone) - 1e-4 <= test.bits + 4 * test.standard_error
    path = engine.shortest_path(COMMON, "malignancy", most=2)
    assert all(0 <= s.likely <= 1 + 1e-9 for s in path.steps)
    same = engine.same_decision(COMMON, 200, rng=default_rng(0))
    assert sum(same.leaders.values()) == pytest.approx(1)
    after = engine.same_decision(COMMON, rng=default_rng(0), tests=["dexa", "bloods"])
    assert set(after.findings) <= set(same.findings)
    assert "dexa" in after.findings


def test_why_and_how_sure(engine: bb.Engine) -> None:
    leader = engine.posterior(COMMON).leader
    why = engine.explain(COMMON, leader)
    assert sum(w.shapley for w in why.findings) == pytest.approx(why.after - why.before)
    assert why.present == pytest.approx(engine.posterior(COMMON).diagnoses[leader].present)
    fits = engine.conflict(COMMON, rng=default_rng(0))
    assert 0 <= fits.as_odd <= 1
    assert fits.unchecked == ("limp",)
    spread = engine.credible_intervals(COMMON, 100, rng=default_rng(0))
    assert spread.neglected_drawn < 1e-3
    assert spread.leader == leader
    moves = engine.sensitivity(COMMON, leader, top=3)
    assert moves.posterior == pytest.approx(
        engine.posterior(COMMON).diagnoses[leader].main_cause, abs=1e-4
    )
    turns = engine.break_even(COMMON)
    assert turns.leader == leader


@pytest.mark.parametrize("entered", [COMMON, {"onset": "sudden", "rest_pain": "present"}])
def test_other_numbers_of_the_prior_are_near_a_new_fit(
    engine: bb.Engine, entered: dict[str, object]
) -> None:
    space, belief = engine.space, engine.belief(entered)
    now = point(space, belief.coded)
    versions = draw(space, belief.coded, 5, default_rng(3))
    versions = replace(versions, cells=now.cells, coupling=now.coupling)
    found = Reweigher(space, belief, 1e-6).evaluate(versions).main_cause()
    moved, error = moved_and_error(space, belief, versions, found)
    assert error < 0.25 * moved


def test_what_if(engine: bb.Engine) -> None:
    seen = engine.intervene({**COMMON, "age": None, "sex": None}, "osteoporosis")
    assert set(seen.arms) == {"absent", "present"}
    edited = engine.variant("edited", {}, {"infection": 0.1})
    main = edited.belief.scenario @ make_target(edited.space, "infection").given[:, 0]
    assert main == pytest.approx(0.1, abs=1e-6)
