"""The shortest path and the same decision, against trying everything."""

from itertools import combinations

import numpy as np
import pytest
from numpy.random import default_rng
from small_network import every_result, small_network

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import Contradiction, InputError, UnknownName
from bme_bayes.findings import code_findings
from bme_bayes.questions import stability
from bme_bayes.questions.paths import shortest_path
from bme_bayes.questions.stability import same_decision
from bme_bayes.questions.targets import make_target

FINDINGS = {"limp": "present", "sex": "female"}


def compiled(seed: int = 0) -> tuple[DiseaseSpace, Belief]:
    network = small_network(seed)
    space = DiseaseSpace(network)
    return space, space.belief(code_findings(network, FINDINGS))


def outcomes(space: DiseaseSpace, names: tuple[str, ...]) -> list[tuple[float, Belief]]:
    now = space.belief(code_findings(space.network, FINDINGS))
    found = []
    for result in every_result(space, list(names)):
        try:
            belief = space.belief(code_findings(space.network, {**FINDINGS, **result}))
        except Contradiction:
            continue
        found.append((float(np.exp(belief.log_evidence - now.log_evidence)), belief))
    return found


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("diagnosis", ["infection", "avn"])
def test_steps_are_what_their_results_say(seed: int, diagnosis: str) -> None:
    space, belief = compiled(seed)
    present = make_target(space, diagnosis).given[:, 0]
    now = float(belief.scenario @ present)
    path = shortest_path(space, belief, diagnosis, now * 0.5, most=3, neglect=0.0)
    assert path.present == pytest.approx(now)
    for count, step in enumerate(path.steps, start=1):
        assert len(step.findings) == count
        after = [(p, float(b.scenario @ present)) for p, b in outcomes(space, step.findings)]
        assert step.likely == pytest.approx(sum(p for p, q in after if q < now * 0.5))
        if step.results:
            coded = code_findings(space.network, {**FINDINGS, **step.results})
            assert float(space.belief(coded).scenario @ present) == pytest.approx(step.present)
            assert step.probability == pytest.approx(max(p for p, q in after if q < now * 0.5))


def test_the_first_two_steps_are_the_best_there_are() -> None:
    space, belief = compiled(2)
    present = make_target(space, "avn").given[:, 0]
    below = float(belief.scenario @ present) * 0.6
    path = shortest_path(space, belief, "avn", below, most=2, neglect=0.0)

    def likely(names: tuple[str, ...]) -> float:
        return sum(p for p, b in outcomes(space, names) if float(b.scenario @ present) < below)

    for step in path.steps:
        best = max(likely(c) for c in combinations(path.searched, len(step.findings)))
        assert step.likely <= best + 1e-12
        if len(step.findings) == 1:
            assert step.likely == pytest.approx(best)
    first = path.fewest()
    assert first is None or first.likely > 0
    assert path.fewest(1.0) is None
    assert len(path.to_frame()) == len(path.steps)


def test_nothing_is_asked_when_it_is_ruled_out() -> None:
    space, belief = compiled(0)
    path = shortest_path(space, belief, "infection", 0.999)
    assert not path.steps
    assert path.to_frame().empty
    only = shortest_path(space, belief, "infection", 0.001, names=["crp", "limp"], most=3)
    assert only.searched == ("crp",)
    assert len(only.steps) == 1
    with pytest.raises(UnknownName, match="infection"):
        shortest_path(space, belief, "infecton")
    with pytest.raises(InputError, match="below"):
        shortest_path(space, belief, "infection", 1.0)


def test_the_same_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    space, belief = compiled(1)
    names = ("crp", "fever", "steroids", "film", "age_band")
    leaders: dict[str, float] = {}
    for p, after in outcomes(space, names):
        leader = space.scenarios.diagnoses[int(np.argmax(after.scenario @ space.main_matrix))]
        leaders[leader] = leaders.get(leader, 0.0) + p
    exact = same_decision(space, belief, names, rng=default_rng(0), neglect=0.0)
    assert exact.exact
    assert exact.standard_error == 0
    assert exact.leaders == pytest.approx(leaders)
    assert exact.probability == pytest.approx(leaders[exact.leader])
    monkeypatch.setattr(stability, "EXACT", 1)
    sampled = same_decision(space, belief, names, rng=default_rng(4), draws=4000, neglect=0.0)
    assert sampled == same_decision(
        space, belief, names, rng=default_rng(4), draws=4000, neglect=0.0
    )
    assert not sampled.exact
    assert abs(sampled.probability - exact.probability) <= 4 * sampled.standard_error
    assert sum(sampled.leaders.values()) == pytest.approx(1.0)
    assert sampled.to_frame()["leads"].is_monotonic_decreasing


def test_with_nothing_left_to_learn_the_decision_is_the_same() -> None:
    space, belief = compiled(1)
    answer = same_decision(space, belief, ["limp"], rng=default_rng(0))
    assert answer.probability == pytest.approx(1.0)
    assert answer.findings == ()
    with pytest.raises(InputError, match="draws"):
        same_decision(space, belief, rng=default_rng(0), draws=1)
