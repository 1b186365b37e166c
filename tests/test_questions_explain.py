"""Why: weights, Shapley values and conflict, against asking for every subset."""

import math
from itertools import permutations

import numpy as np
import pytest
from numpy.random import default_rng
from small_network import every_result, small_network, subsets

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import Contradiction, InputError, UnknownName
from bme_bayes.findings import code_findings
from bme_bayes.questions import conflict as conflict_module
from bme_bayes.questions import explain as explain_module
from bme_bayes.questions.conflict import FITS, UNUSUAL, conflict
from bme_bayes.questions.explain import explain
from bme_bayes.questions.shapley import log_odds, shapley_values
from bme_bayes.questions.subsets import Subsets, all_masks
from bme_bayes.questions.targets import make_target
from bme_bayes.questions.words import short, strength, weight_words

CASES: tuple[dict[str, object], ...] = (
    {"fever": "present", "crp": "raised", "film": "worn", "limp": "absent"},
    {"age": 40, "sex": "female", "steroids": "present", "pregnancy": "none", "sinus": "absent"},
    {"abscess": "present", "sinus": "present", "onset": {"slow": 1.0, "sudden": 0.3}},
    {"marrow_edema": "absent", "crp": "high", "fever": "absent", "steroids": "absent"},
)


def compiled(findings: dict[str, object], seed: int = 0) -> tuple[DiseaseSpace, Belief]:
    network = small_network(seed)
    space = DiseaseSpace(network)
    return space, space.belief(code_findings(network, findings))


def odds_of(space: DiseaseSpace, belief: Belief, names: tuple[str, ...], diagnosis: str) -> float:
    coded = {n: v for n, v in belief.coded.items() if n in (*names, "marrow_edema")}
    p = float(space.belief(coded).scenario @ make_target(space, diagnosis).given[:, 0])
    return math.log(p / (1 - p))


@pytest.mark.parametrize("findings", CASES)
def test_every_subset_is_the_answer_without_the_others(findings: dict[str, object]) -> None:
    space, belief = compiled(findings)
    table = Subsets(space, belief)
    given = make_target(space, "avn").given
    masks = all_masks(len(table.names))
    every = table.every(given)
    assert table.weights(masks, given) == pytest.approx(every)
    for mask, value in zip(masks, log_odds(every), strict=True):
        names = tuple(n for n, on in zip(table.names, mask, strict=True) if on)
        assert value == pytest.approx(odds_of(space, belief, names, "avn"))


@pytest.mark.parametrize("findings", CASES)
@pytest.mark.parametrize("diagnosis", ["avn", "infection"])
def test_weights_against_leaving_out(findings: dict[str, object], diagnosis: str) -> None:
    space, belief = compiled(findings)
    found = explain(space, belief, diagnosis)
    names = tuple(f.id for f in found.findings)
    everything = odds_of(space, belief, names, diagnosis)
    assert found.after == pytest.approx(everything)
    assert found.before == pytest.approx(odds_of(space, belief, (), diagnosis))
    for weight in found.findings:
        rest = tuple(n for n in names if n != weight.id)
        assert weight.weight == pytest.approx(everything - odds_of(space, belief, rest, diagnosis))
        ratio = math.log(weight.with_diagnosis / weight.without_diagnosis)
        assert weight.weight == pytest.approx(ratio)
        for other in weight.through:
            less = tuple(n for n in rest if n != other.id)
            alone = odds_of(space, belief, (*less, weight.id), diagnosis)
            change = weight.weight - (alone - odds_of(space, belief, less, diagnosis))
            assert other.change == pytest.approx(change)
    assert sum(w.shapley for w in found.findings) == pytest.approx(found.after - found.before)
    frame = found.to_frame()
    assert list(frame.index) == list(names)
    assert frame["weight"].abs().is_monotonic_decreasing


def test_shapley_values_are_the_average_over_all_orders() -> None:
    space, belief = compiled(CASES[0])
    found = explain(space, belief, "infection")
    names = [f.id for f in found.findings]
    value = {frozenset(s): odds_of(space, belief, s, "infection") for s in subsets(names)}
    total = dict.fromkeys(names, 0.0)
    orders = list(permutations(names))
    for order in orders:
        for i, name in enumerate(order):
            total[name] += value[frozenset(order[: i + 1])] - value[frozenset(order[:i])]
    assert found.exact
    for weight in found.findings:
        assert weight.shapley == pytest.approx(total[weight.id] / len(orders))
        assert weight.standard_error == 0
    assert shapley_values(np.zeros(1), 0).size == 0


def test_sampled_orders_are_near_the_exact_values(monkeypatch: pytest.MonkeyPatch) -> None:
    space, belief = compiled(CASES[1])
    exact = {w.id: w for w in explain(space, belief, "avn").findings}
    monkeypatch.setattr(explain_module, "EXACT", 0)
    sampled = explain(space, belief, "avn", rng=default_rng(2), orders=60)
    assert sampled == explain(space, belief, "avn", rng=default_rng(2), orders=60)
    assert sampled.orders == 120
    assert not sampled.exact
    total = sum(w.shapley for w in sampled.findings)
    assert total == pytest.approx(sampled.after - sampled.before)
    for weight in sampled.findings:
        allowed = 4 * weight.standard_error + 1e-9
        assert abs(weight.shapley - exact[weight.id].shapley) <= allowed
        assert weight.weight == pytest.approx(exact[weight.id].weight)


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("Osteonecrosis (AVN), by ARCO stage", "osteonecrosis (AVN), by ARCO stage"),
        ("CPPD", "CPPD"),
        ("Modic 1 endplate edema", "Modic 1 endplate edema"),
    ],
)
def test_a_diagnosis_within_a_sentence(label: str, told: str) -> None:
    assert strength(math.log(4), label) == f"Speaks clearly for {told}: its odds times 4.0"
    assert strength(0.1, label) == f"Says hardly anything about {told}"


def test_numbers_and_words_behind_a_weight() -> None:
    space, belief = compiled(CASES[1])
    found = {w.id: w for w in explain(space, belief, "avn").findings}
    causes = {"avn.early", "avn.late", "none"}
    assert {n.cause for n in found["sinus"].numbers} == causes
    assert {n.quantity for n in found["steroids"].numbers} == {"odds_ratio"}
    assert {n.state for n in found["age_band"].numbers} == {"30_50"}
    assert found["steroids"].sources == ("book",)
    for weight in found.values():
        assert weight.label in weight.words
        assert "Of 100 patients like this" in weight.words
    unsure, belief = compiled(CASES[2])
    words = {w.id: w.state for w in explain(unsure, belief, "avn").findings}
    assert words["onset"] == "sudden (23%) or slow (77%)"
    with pytest.raises(UnknownName, match="avn"):
        explain(space, belief, "avm")


def test_nothing_entered_explains_nothing() -> None:
    space, belief = compiled({})
    found = explain(space, belief, "avn")
    assert found.findings == ()
    assert found.before == found.after
    assert found.to_frame().empty
    fits = conflict(space, belief, rng=default_rng(0))
    assert fits.measure == pytest.approx(0)
    assert fits.as_odd == pytest.approx(1)
    assert fits.verdict == FITS


@pytest.mark.parametrize("findings", CASES)
def test_conflict_against_every_result(
    findings: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    space, belief = compiled(findings)
    edema = {n: v for n, v in belief.coded.items() if n == "marrow_edema"}
    before = space.belief(edema).log_evidence
    found = conflict(space, belief, rng=default_rng(0))
    names = [f.id for f in found.findings]
    assert set(names) | set(found.unchecked) == set(belief.coded) - {"marrow_edema"}
    chances, joints = [], []
    present = {d: make_target(space, d).given[:, 0] for d in found.under}
    for result in every_result(space, names):
        try:
            after = space.belief({**code_findings(space.network, result), **edema})
        except Contradiction:
            continue
        chances.append(math.exp(after.log_evidence - before))
        joints.append({d: chances[-1] * float(after.scenario @ p) for d, p in present.items()})
    checked = {n: v for n, v in belief.coded.items() if n in names or n in edema}
    together = math.exp(space.belief(checked).log_evidence - before)
    alone = [
        math.exp(space.belief({n: belief.coded[n], **edema}).log_evidence - before) for n in names
    ]
    assert sum(chances) == pytest.approx(1)
    after = space.belief(checked)
    for diagnosis, share in found.under.items():
        seen = together * float(after.scenario @ present[diagnosis]) * (1 + 1e-9)
        joint = [j[diagnosis] for j in joints]
        assert share == pytest.approx(sum(j for j in joint if j <= seen) / sum(joint), abs=1e-6)
    assert found.exact
    assert found.as_odd == pytest.approx(
        sum(c for c in chances if c <= together * (1 + 1e-9)), abs=1e-7
    )
    assert found.measure == pytest.approx(math.log2(math.prod(alone) / together))
    assert [f.alone for f in found.findings] == pytest.approx(alone)
    rest = {n: v for n, v in checked.items() if n != names[0]}
    without = math.exp(space.belief(rest).log_evidence - before)
    assert found.findings[0].given_others == pytest.approx(together / without)
    monkeypatch.setattr(conflict_module, "EXACT", 1)
    sampled = conflict(space, belief, rng=default_rng(1), draws=4000)
    assert sampled == conflict(space, belief, rng=default_rng(1), draws=4000)
    assert abs(sampled.as_odd - found.as_odd) <= 4 * sampled.standard_error + 1 / 4000
    highest = max(sampled.as_odd, *sampled.under.values())
    assert (sampled.verdict == UNUSUAL) == (highest < conflict_module.UNUSUAL_BELOW)
    with pytest.raises(InputError, match="draws"):
        conflict(space, belief, rng=default_rng(1), draws=0)


def test_words_never_say_none_of_100_where_it_is_some() -> None:
    words = weight_words("CRP", "raised", "Infection", 3.0, np.array([0.998, 0.004]))
    assert "with it, more than 99 have this finding; of 100 without it, fewer than 1." in words
    words = weight_words("CRP", "raised", "Infection", 3.0, np.array([1.0, 0.0]))
    assert "with it, 100 have this finding; of 100 without it, 0." in words


def test_short_names_are_whole() -> None:
    assert short("Degenerative disc disease with endplate (Modic 1) edema") == (
        "Degenerative disc disease with endplate edema"
    )
    assert short("Osteonecrosis (AVN), by ARCO stage") == "Osteonecrosis"
    assert short("Bone tumour, metastasis or more") == "Bone tumour, metastasis or more"


def test_a_usual_patient_is_not_called_safe() -> None:
    assert "safe" in FITS
    assert "fit" not in FITS
