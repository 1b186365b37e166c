"""Which numbers matter: closed forms against networks compiled with other numbers."""

import math

import pytest
from renewed_network import with_one
from small_network import Unsolved, main_and_presence, small_network, with_numbers

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import InputError, UnknownName
from bme_bayes.findings import code_findings
from bme_bayes.network import EDEMA, Number
from bme_bayes.questions.break_even import break_even
from bme_bayes.questions.curves import Curve, agrees, through
from bme_bayes.questions.prior_versions import is_prior
from bme_bayes.questions.reweigh import Reweigher
from bme_bayes.questions.sensitivity import sensitivity
from bme_bayes.questions.variations import evaluate, limits, mattering

CASES: tuple[dict[str, object], ...] = (
    {"limp": "absent", "film": "worn", "onset": "creeping"},
    {"fever": "present", "crp": "raised", "abscess": "present", "sinus": "absent"},
    {"age": 40, "sex": "female", "steroids": "present", "limp": "present"},
)


def compiled(findings: dict[str, object], seed: int = 0) -> tuple[DiseaseSpace, Belief]:
    network = small_network(seed)
    space = DiseaseSpace(network)
    return space, space.belief(code_findings(network, findings))


def test_a_curve_goes_through_its_points() -> None:
    def f(x: float) -> float:
        return (0.2 + 3 * x) / (1 + 2 * x)

    curve = through((0.3, 0.1, 0.8), (f(0.3), f(0.1), f(0.8)))
    for x in (0.0, 0.1, 0.3, 0.55, 0.8, 1.0):
        assert curve(x) == pytest.approx(f(x))
        slope = (f(x + 1e-6) - f(x - 1e-6)) / 2e-6
        assert curve.derivative(x) == pytest.approx(slope, rel=1e-6)
        assert curve.solve(f(x)) == pytest.approx(x)
    assert agrees(curve, 0.5, f(0.5))
    assert not agrees(curve, 0.5, f(0.5) + 0.01)
    flat = through((0.3, 0.1, 0.8), (0.4, 0.4, 0.4))
    assert flat(0.9) == 0.4
    assert flat.derivative(0.9) == 0
    assert math.isinf(flat.solve(0.5))
    assert isinstance(flat, Curve)


def is_cell(number: Number) -> bool:
    """Numbers that the solved prior does not depend on."""
    return number.quantity in ("frequency", "coupling") and number.child != EDEMA


def posterior(space: DiseaseSpace, belief: Belief, number: Number, value: float) -> float:
    """Main cause of infection with one binary cell changed, compiled anew."""
    other = Unsolved(with_numbers(space.network, [(number, value)]), space.solved)
    main, _ = main_and_presence(other, other.belief(belief.coded).scenario)
    return float(main[space.scenarios.diagnoses.index("infection")])


@pytest.mark.parametrize("findings", CASES)
def test_ends_derivatives_and_closed_forms(findings: dict[str, object]) -> None:
    space, belief = compiled(findings)
    found = sensitivity(space, belief, "infection", top=500, neglect=0.0)
    assert found.tried == len(found.numbers) == len(list(mattering(space, belief)))
    binary = [
        s for s in found.numbers
        if is_cell(s.number)
        and len(space.network.variable(s.number.child).states) == 2
    ]  # fmt: skip
    assert binary
    for s in binary:
        number = s.number
        low, high = limits(number)
        assert s.at_low == pytest.approx(posterior(space, belief, number, low), abs=1e-10)
        assert s.at_high == pytest.approx(posterior(space, belief, number, high), abs=1e-10)
    for s in binary[:12]:
        number, step = s.number, 1e-5
        ends = [posterior(space, belief, number, number.value + d) for d in (-step, step)]
        slope = (ends[1] - ends[0]) / (2 * step)
        assert s.derivative == pytest.approx(slope, rel=1e-3, abs=1e-6)
        if s.curve is not None:
            low, high = limits(number)
            for share in (0.15, 0.6, 0.9):
                x = low + share * (high - low)
                assert s.curve(x) == pytest.approx(posterior(space, belief, number, x), abs=1e-8)


def test_the_closed_form_holds_where_it_should() -> None:
    space, belief = compiled(CASES[0])
    found = sensitivity(space, belief, "infection", top=500, neglect=0.0)
    film = [s for s in found.numbers if s.number.child == "onset" and s.swing > 1e-9]
    assert film
    assert all(s.curve for s in film)  # a mixture is linear in each cell
    limp = [
        s for s in found.numbers if s.number.child == "limp" and s.number.quantity == "frequency"
    ]
    lowest = min(s.number.value for s in limp)
    for s in limp:
        if limits(s.number)[0] > lowest:
            assert s.curve is not None, s.number  # the leak stays that of the lowest cell
    rates = [s for s in found.numbers if s.number.quantity == "base_rate"]
    assert {(s.number.child, s.number.state) for s in rates} > set(space.scenarios.grades)


@pytest.mark.parametrize("findings", CASES)
def test_derivatives_by_numbers_of_the_prior_are_those_of_a_new_fit(
    findings: dict[str, object],
) -> None:
    space, belief = compiled(findings, seed=3)
    column = space.scenarios.diagnoses.index("infection")
    found = sensitivity(space, belief, "infection", top=500, neglect=0.0)
    prior, diagnoses = [s for s in found.numbers if is_prior(s.number)], space.scenarios.diagnoses
    quantities = {s.number.quantity for s in prior}
    assert quantities == {"base_rate", "share", "odds_ratio", "multiplier", "kind_share"}
    for s in [s for q in quantities for s in [s for s in prior if s.number.quantity == q][:6]]:
        step = s.number.value * 1e-3
        main = []
        for sign in (-1, 1):
            network = with_one(space.network, s.number, s.number.value + sign * step)
            again = DiseaseSpace(network)
            main.append(float((again.belief(belief.coded).scenario @ again.main_matrix)[column]))
        slope = (main[1] - main[0]) / (2 * step)
        near = 0.03 if s.number.quantity == "base_rate" and s.number.child in diagnoses else 0.12
        assert s.derivative == pytest.approx(slope, rel=near, abs=2e-3 / s.number.value)


def test_the_answer_and_its_table() -> None:
    space, belief = compiled(CASES[2])
    found = sensitivity(space, belief, "avn", "present", top=7)
    assert len(found.numbers) == 7
    swings = [s.swing for s in found.numbers]
    assert swings == sorted(swings, reverse=True)
    assert found.posterior == pytest.approx(
        float(main_and_presence(space, belief.scenario)[1][space.scenarios.diagnoses.index("avn")]),
        abs=1e-5,
    )
    frame = found.to_frame()
    assert len(frame) == 7
    assert set(frame["quantity"]) <= {"frequency", "base_rate", "odds_ratio", "share", "kind_share"}
    assert 0 <= found.flips <= found.tried
    assert found.flips >= sum(s.leaders != (found.leader, found.leader) for s in found.numbers)
    with pytest.raises(UnknownName, match="avn"):
        sensitivity(space, belief, "avm")
    with pytest.raises(UnknownName, match="present"):
        sensitivity(space, belief, "avn", "presence")
    with pytest.raises(InputError, match="top"):
        sensitivity(space, belief, "avn", top=0)


@pytest.mark.parametrize("findings", CASES)
def test_at_the_turning_point_both_are_equal(findings: dict[str, object]) -> None:
    space, belief = compiled(findings)
    names = space.scenarios.diagnoses
    found = break_even(space, belief, neglect=0.0)
    reached = [t for t in found.turnings if t.needed is not None]
    assert reached
    assert found.leader_now >= found.challenger_now
    reweigher = Reweigher(space, belief, 0.0)
    for turning in reached:
        assert turning.needed is not None
        main = evaluate(reweigher, [(turning.number, turning.needed)]).main_cause()[0]
        gap = main[names.index(found.leader)] - main[names.index(found.challenger)]
        assert gap == pytest.approx(0, abs=1e-8)
        assert turning.then_leads in names
        if turning.then_leads != found.challenger:
            assert main.max() > main[names.index(found.challenger)] - 1e-3
        inside = turning.number.low <= turning.needed <= turning.number.high
        assert turning.within == inside
    distances = [t.distance for t in found.turnings]
    assert distances == sorted(distances)
    assert len(found.to_frame()) == len(found.turnings)


def test_numbers_that_cannot_turn_it_say_so() -> None:
    space, belief = compiled(CASES[2])
    last = space.scenarios.diagnoses[int((belief.scenario @ space.main_matrix).argmin())]
    found = break_even(space, belief, last, neglect=0.0)
    assert found.challenger == last
    assert all((t.needed is None) == math.isinf(t.distance) for t in found.turnings)
    with pytest.raises(InputError, match="leads already"):
        break_even(space, belief, found.leader)
    with pytest.raises(UnknownName, match="avn"):
        break_even(space, belief, "avm")
