"""Properties of every bundled network, whatever its numbers."""

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bme_bayes as bb
from bme_bayes.network import REGIONS

EVERY = [(region, setting) for setting in bb.settings() for region in REGIONS.values()]
Findings = dict[str, object]


@lru_cache(maxsize=4)
def engine(region: str, setting: str = "general_orthopaedics") -> bb.Engine:
    return bb.Engine(bb.load(region, setting))


@pytest.mark.parametrize(("region", "setting"), EVERY)
def test_before_any_finding_the_model_says_the_base_rates(region: str, setting: str) -> None:
    found = engine(region, setting).posterior({}, unmentioned=1.0)
    prior = engine(region, setting).network.prior
    assert prior is not None
    for (diagnosis, state), number in prior.region(region).items():
        assert found.diagnoses[diagnosis].states[state] == pytest.approx(number.value, abs=1e-3)
    assert found.unexplained == pytest.approx(prior.none, abs=1e-3)
    assert 1.0 <= prior.expected_diagnoses(region) <= 1.26


@st.composite
def patients(draw: st.DrawFn) -> tuple[str, Findings]:
    region = draw(st.sampled_from(list(REGIONS.values())))
    network = engine(region).network
    names = [v.id for v in network.of_role("context", "risk", "finding")]
    out: Findings = {}
    for name in draw(st.lists(st.sampled_from(names), unique=True, max_size=10)):
        states = network.variables[name].states
        if draw(st.booleans()):
            out[name] = draw(st.sampled_from(states))
        else:
            weights = draw(st.lists(st.floats(0.05, 1), min_size=len(states), max_size=len(states)))
            out[name] = dict(zip(states, weights, strict=True))
    return region, out


def posterior(region: str, findings: Findings) -> bb.Posterior | None:
    try:
        return engine(region).posterior(findings, explanations=10_000)
    except bb.Contradiction:
        return None


def vector(found: bb.Posterior) -> list[float]:
    return [found.diagnoses[d].present for d in sorted(found.diagnoses)]


@settings(max_examples=60, deadline=None)
@given(patients())
def test_probabilities_sum_as_they_must(patient: tuple[str, Findings]) -> None:
    found = posterior(*patient)
    if found is None:
        return
    main = sum(d.main_cause for d in found.diagnoses.values())
    assert main + found.unexplained == pytest.approx(1, abs=1e-9)
    assert sum(e.probability for e in found.explanations) == pytest.approx(1, abs=1e-9)
    for d in found.diagnoses.values():
        assert -1e-12 <= d.main_cause <= d.present + 1e-9 <= 1 + 2e-9
        assert sum(d.kinds.values()) == pytest.approx(d.present, abs=1e-9)
        assert sum(d.states.values()) == pytest.approx(d.present, abs=1e-9)
    assert np.isfinite(found.log_evidence)


@settings(max_examples=30, deadline=None)
@given(patients(), st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(patient: tuple[str, Findings], random) -> None:  # type: ignore[no-untyped-def]
    region, findings = patient
    found = posterior(region, findings)
    names = list(findings)
    random.shuffle(names)
    again = posterior(region, {n: findings[n] for n in names})
    assert (found is None) == (again is None)
    if found is not None and again is not None:
        assert vector(again) == pytest.approx(vector(found), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(patients())
def test_a_finding_set_back_to_unknown_leaves_no_trace(patient: tuple[str, Findings]) -> None:
    region, findings = patient
    extra = next(v for v in engine(region).network.findings if v.id not in findings)
    before = posterior(region, findings)
    posterior(region, findings | {extra.id: extra.states[-1]})
    after = posterior(region, findings | {extra.id: "unknown"})
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert vector(after) == vector(before)


@settings(max_examples=15, deadline=None)
@given(patients())
def test_total_probability_over_the_results_of_every_finding(patient: tuple[str, Findings]) -> None:
    region, findings = patient
    found = posterior(region, findings)
    if found is None:
        return
    for value in engine(region).next_findings(findings).findings:
        results = value.results.values()
        assert sum(r.probability for r in results) == pytest.approx(1, abs=1e-9)
        for d, now in found.diagnoses.items():
            main = sum(r.probability * r.diagnoses[d] for r in results)
            assert main == pytest.approx(now.main_cause, abs=1e-9)
            present = sum(r.probability * r.present[d] for r in results)
            assert present == pytest.approx(now.present, abs=1e-9)


@pytest.mark.parametrize("region", REGIONS.values())
def test_findings_that_exclude_each_other(region: str) -> None:
    for impossible in (
        {"sex": "male", "pregnancy": "third_trimester_or_postpartum"},
        {"sinus_tract": "present", "abscess_or_sinus": "absent"},
    ):
        with pytest.raises(bb.Contradiction) as caught:
            engine(region).posterior({**impossible, "crp": "raised", "age": 40})
        named = {f.partition("=")[0] for f in caught.value.findings}
        assert named == set(impossible)
