"""How sure: the re-weighted posterior against a network compiled with the new numbers."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import default_rng
from renewed_network import moved_and_error, with_one
from small_network import Unsolved, main_and_presence, small_network, with_numbers

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import InputError
from bme_bayes.findings import code_findings
from bme_bayes.network import EDEMA, Network
from bme_bayes.questions.parameters import Parameters, draw, point
from bme_bayes.questions.prior_versions import is_prior
from bme_bayes.questions.reweigh import Reweigher, Versions
from bme_bayes.questions.uncertainty import credible_intervals
from bme_bayes.questions.variations import evaluate, limits, mattering, vary

CASES: tuple[dict[str, object], ...] = (
    {},
    {"fever": "present", "crp": "raised", "film": "worn", "onset": "creeping", "limp": "absent"},
    {"age": 40, "sex": "female", "steroids": "present", "pregnancy": "none", "crp": "high"},
    {"abscess": "present", "sinus": "present", "film": {"worn": 1.0, "collapse": 0.3}},
    {"sinus": "absent", "onset": {"slow": 0.5, "sudden": 1.0}, "fever": "absent"},
    {"marrow_edema": "absent", "limp": "present"},
    {"marrow_edema": {"absent": 0.4, "present": 0.9}, "limp": "present", "crp": "normal"},
)


def compiled(network: Network, findings: dict[str, object]) -> tuple[DiseaseSpace, Belief]:
    space = DiseaseSpace(network)
    return space, space.belief(code_findings(network, findings))


def reweighed(space: DiseaseSpace, belief: Belief, parameters: Parameters) -> Versions:
    """With no scenario left out."""
    return Reweigher(space, belief, neglect=0.0).evaluate(parameters)


@pytest.mark.parametrize("findings", CASES)
def test_the_numbers_as_they_stand_give_the_posterior(findings: dict[str, object]) -> None:
    space, belief = compiled(small_network(), findings)
    versions = reweighed(space, belief, point(space, belief.coded))
    main, present = main_and_presence(space, belief.scenario)
    assert versions.main_cause()[0] == pytest.approx(main, abs=1e-12)
    assert versions.presence()[0] == pytest.approx(present, abs=1e-12)


@pytest.mark.parametrize("findings", CASES[1:])
@pytest.mark.parametrize("seed", [1, 2])
def test_cells_shares_and_couplings_are_exact(findings: dict[str, object], seed: int) -> None:
    network = small_network(seed)
    space, belief = compiled(network, findings)
    rng = default_rng(seed)
    below = [n for n in belief.coded if network.variable(n).role == "finding"]
    cells = point(space, belief.coded).cells
    binary = {name for name in cells if len(network.variable(name).states) == 2}
    moving = [
        n
        for n in network.numbers.values()
        if (n.quantity == "coupling" and n.child in below)
        or (n.quantity == "frequency" and n.child in binary)
    ]
    scale = {"coupling": 3.0, "frequency": 1.0}
    changes = [(n, float(rng.uniform(0.05, 0.95)) * scale[n.quantity]) for n in moving]
    versions = reweighed(space, belief, vary(space, belief.coded, changes))
    for row, change in list(enumerate(changes))[:: max(len(changes) // 12, 1)]:
        other = Unsolved(with_numbers(network, [change]), space.solved)
        main, present = main_and_presence(other, other.belief(belief.coded).scenario)
        assert versions.main_cause()[row] == pytest.approx(main, abs=1e-10)
        assert versions.presence()[row] == pytest.approx(present, abs=1e-10)


@pytest.mark.parametrize("findings", CASES[1:5])
def test_a_drawn_version_is_a_network_with_those_cells(findings: dict[str, object]) -> None:
    network = small_network(3)
    space, belief = compiled(network, findings)
    some = draw(space, belief.coded, 5, default_rng(0))
    now = point(space, belief.coded)
    only_cells = replace(some, links=now.links, prior=now.prior)
    versions = reweighed(space, belief, only_cells)
    causes = [*(k.cause for k in network.kinds), "none"]
    for row in range(5):
        changes = [
            (
                number,
                float(
                    table[
                        network.variable(name).state_index(number.state),
                        row,
                        causes.index(number.cause),
                    ]
                ),
            )
            for name, table in some.cells.items()
            for number in network.numbers.values()
            if number.quantity == "frequency" and number.child == name
        ]
        changes += [
            (number, float(table[row, 0]))
            for name, table in some.coupling.items()
            for number in network.numbers.values()
            if number.quantity == "coupling" and number.child == name
        ]
        other = Unsolved(with_numbers(network, changes), space.solved)
        main, _ = main_and_presence(other, other.belief(belief.coded).scenario)
        assert versions.main_cause()[row] == pytest.approx(main, abs=1e-10)


PATIENTS = (CASES[1], CASES[2], {"sex": "female", "steroids": "present", "limp": "present"})


@pytest.mark.parametrize("findings", PATIENTS)
@pytest.mark.parametrize("seed", [4, 5])
def test_every_number_of_the_prior_is_near_a_new_fit(
    findings: dict[str, object], seed: int
) -> None:
    """Known or not: base rates, case mix, reference, ratios, multipliers, shares and links."""
    network = small_network(seed)
    space, belief = compiled(network, findings)
    before = belief.scenario @ space.main_matrix
    numbers = [n for n in mattering(space, belief) if is_prior(n) or n.child == EDEMA]
    quantities = {"base_rate", "share", "odds_ratio", "multiplier", "kind_share", "frequency"}
    assert {n.quantity for n in numbers} == quantities
    changes = [(n, (n.value + end) / 2) for n in numbers for end in limits(n)]
    versions = evaluate(Reweigher(space, belief, neglect=0.0), changes).main_cause()
    for (number, value), found in zip(changes, versions, strict=True):
        again = DiseaseSpace(with_one(network, number, value))
        after = again.belief(belief.coded).scenario @ again.main_matrix
        moved, error = np.abs(after - before).max(), np.abs(found - after).max()
        assert error < 0.1 * moved + 0.0006, (number, moved, error)


@pytest.mark.parametrize("findings", PATIENTS)
def test_all_numbers_of_the_prior_together_are_near_a_new_fit(findings: dict[str, object]) -> None:
    network = small_network(4)
    space, belief = compiled(network, findings)
    now = point(space, belief.coded)
    versions = draw(space, belief.coded, 40, default_rng(0))
    versions = replace(versions, cells=now.cells, coupling=now.coupling)
    found = reweighed(space, belief, versions).main_cause()
    moved, error = moved_and_error(space, belief, versions, found)
    assert error < 0.05 * moved


def test_shares_keep_their_column_and_their_base_rate() -> None:
    network = small_network(4)
    space, belief = compiled(network, {"age": 40, "limp": "present"})
    number = network.numbers["share", "age_band", "30_50", "infection.only"]
    value = number.value * 1.4
    versions = reweighed(space, belief, vary(space, belief.coded, [(number, value)]))
    again = DiseaseSpace(with_one(network, number, value))
    after = again.belief(belief.coded).scenario @ again.main_matrix
    assert versions.main_cause()[0] == pytest.approx(after, abs=1e-3)


def test_what_never_comes_in_a_setting_stays_so() -> None:
    network = small_network(0)
    assert network.prior is not None
    mix = dict(network.prior.mix)
    mix["pregnancy", "early"] = replace(mix["pregnancy", "early"], value=0.0, low=0.0)
    network = network.with_prior(replace(network.prior, mix=mix))
    space, belief = compiled(network, {"sex": "female", "limp": "present"})
    versions = draw(space, belief.coded, 30, default_rng(0))
    assert (versions.prior.mix["pregnancy"][1] == 0).all()
    found = reweighed(space, belief, versions).main_cause()
    assert np.isfinite(found).all()
    assert (found.sum(axis=1) > 0.5).all()


def test_what_is_impossible_stays_so() -> None:
    space, belief = compiled(small_network(0), {"sex": "male"})
    moved = {(n.child, n.cause) for n in mattering(space, belief) if n.quantity == "multiplier"}
    assert moved == {("steroids", "age_band.over_65"), ("steroids", "sex.male")}
    multiplier = draw(space, belief.coded, 50, default_rng(0)).prior.multiplier["pregnancy"]
    assert (multiplier[1:, :, -1] == 0).all()


def test_draws_have_the_mean_and_weight_of_their_numbers() -> None:
    network = small_network(0)
    space, belief = compiled(network, {"film": "worn", "age": 40, "steroids": "present"})
    some = draw(space, belief.coded, 20_000, default_rng(1))
    mean = space.cpds["film"].frequencies
    assert some.cells["film"].mean(axis=1) == pytest.approx(mean, abs=0.006)
    spread = np.sqrt(mean * (1 - mean) / 21)
    assert some.cells["film"].std(axis=1) == pytest.approx(spread, abs=0.006)
    rates, prior = point(space, belief.coded).prior.base[0], some.prior
    assert prior.base.sum(axis=1) == pytest.approx(rates.sum())
    assert prior.base.mean(axis=0) == pytest.approx(rates, abs=0.02)
    assert prior.mix["age_band"].mean(axis=1) == pytest.approx([0.1, 0.2, 0.3, 0.2, 0.2], abs=0.01)
    assert prior.mix["steroids"][1].std() == pytest.approx(np.sqrt(0.1 * 0.9 / 31), abs=0.003)
    assert prior.reference["sex"].mean(axis=1) == pytest.approx(0.5, abs=0.01)
    multiplier = np.log(prior.multiplier["steroids"][1, :, 4])
    assert multiplier.mean() == pytest.approx(np.log(2.0), abs=0.02)
    number = network.numbers["odds_ratio", "steroids", "present", KIND]
    ratios = np.log(some.prior.kinds["steroids"][1, :, 0])
    assert ratios.mean() == pytest.approx(np.log(number.value), abs=0.02)
    assert ratios.std() == pytest.approx(np.log(number.high / number.low) / 3.92, rel=0.05)
    assert some.prior.kinds["steroids"][0] == pytest.approx(1.0)


KIND = "bmes.one"


def test_intervals_are_reproducible_and_hold_the_answer() -> None:
    space, belief = compiled(small_network(0), CASES[1])
    answers = [credible_intervals(space, belief, 300, rng=default_rng(7)) for _ in range(2)]
    assert answers[0] == answers[1]
    answer = answers[0]
    frame = answer.to_frame()
    assert list(frame.index) == list(answer.diagnoses)
    assert frame["main_cause"].is_monotonic_decreasing
    assert (frame["main_cause_low"] <= frame["main_cause_median"]).all()
    assert (frame["main_cause_median"] <= frame["main_cause_high"]).all()
    assert (frame["main_cause"].between(frame["main_cause_low"], frame["main_cause_high"])).all()
    assert frame["leads"].sum() == pytest.approx(1.0)
    assert answer.leader_holds == frame["leads"][answer.leader]
    other = credible_intervals(space, belief, 300, rng=default_rng(8))
    assert other.diagnoses != answer.diagnoses


def test_neglected_scenarios_are_stated() -> None:
    space, belief = compiled(small_network(0), CASES[1])
    rough = credible_intervals(space, belief, 100, rng=default_rng(7), neglect=0.01)
    exact = credible_intervals(space, belief, 100, rng=default_rng(7), neglect=0.0)
    assert 0 < rough.neglected <= 0.01
    assert rough.neglected_drawn > 0
    assert exact.neglected == pytest.approx(0, abs=1e-12)
    assert rough.to_frame()["main_cause_high"].to_numpy() == pytest.approx(
        exact.to_frame()["main_cause_high"].to_numpy(), abs=0.05
    )


def test_bad_arguments_are_named() -> None:
    space, belief = compiled(small_network(0), {})
    with pytest.raises(InputError, match="draws: 100000000000 is outside 1 to 20,000"):
        credible_intervals(space, belief, 10**11, rng=default_rng(0))
    with pytest.raises(InputError, match="draws: 0"):
        credible_intervals(space, belief, 0, rng=default_rng(0))
    with pytest.raises(InputError, match=r"level: 1\.5"):
        credible_intervals(space, belief, 10, rng=default_rng(0), level=1.5)
    number = space.network.numbers["frequency", "limp", "present", "none"]
    with pytest.raises(InputError, match="not varied for this patient"):
        vary(space, belief.coded, [(number, 0.2)])
