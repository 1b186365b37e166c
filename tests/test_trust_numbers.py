"""Numbers at their limits: exact fractions beside float64, extremes, contradictions, much at once.

The reference enumerates the scenarios of `test_by_hand.py` in exact rational arithmetic; what is
irrational in it (the logistic split by a process) has 60 digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import test_by_hand
from fuzz.oracles import check_answer, check_posterior
from hypothesis import given, settings
from hypothesis import strategies as st
from small_network import KINDS, small_network
from test_by_hand import NAMES, SPACES, by_hand

import bme_bayes as bb
from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.findings import OBSERVED_ROLES, code_findings
from bme_bayes.network import EDEMA, REGIONS, Network
from bme_bayes.posterior import summarise
from bme_bayes.questions.red_flags import red_flags

ABSOLUTE = 1e-13
"""Stated bound on the error of a probability in float64."""
RELATIVE = 1e-12
"""And on the relative error of P(findings), however small it is."""
DIGITS = 60
EXTREMES = (0.0, 1.0, 1e-300, 5e-324, 1e-16, 1 - 1e-16)


def exact_network(network: Network) -> Network:
    numbers: Any = {
        k: replace(n, value=Fraction(n.value))  # type: ignore[arg-type]
        for k, n in network.numbers.items()
    }
    return replace(network, numbers=numbers)


def exact_at_level(network: Network, child: str, cause: str, level: int) -> list[Any]:
    """The cells at a level of the process, the quadratic of every cut solved to 60 digits."""
    cells = test_by_hand.frequency(network, child, cause)
    process = network.variables[child].process
    if not process:
        return cells
    coupling: Any = network.value("coupling", child, "", process, Fraction(0))  # type: ignore[arg-type]
    high: Any = network.value("frequency", process, "high", cause, Fraction(1, 2))  # type: ignore[arg-type]
    with localcontext() as context:
        context.prec = DIGITS
        g = _decimal(coupling).exp()
        h = _decimal(high)
        cuts: list[Any] = [Fraction(1)]
        for j in range(1, len(cells)):
            upper = _decimal(sum(cells[j:]))
            a, b = g * (1 - upper), (1 - h) + h * g - upper * (1 + g)
            u = (-b + (b * b + 4 * a * upper).sqrt()) / (2 * a)
            cuts.append(Fraction((g**level * u) / (1 + g**level * u)))
    cuts.append(Fraction(0))
    return [cuts[j] - cuts[j + 1] for j in range(len(cells))]


def _decimal(number: Any) -> Decimal:
    whole = Fraction(number)
    return Decimal(whole.numerator) / Decimal(whole.denominator)


def _fractions(array: Any) -> Any:
    return np.vectorize(lambda x: Fraction(float(x)), otypes=[object])(array)


def exact_space(space: DiseaseSpace) -> Any:
    """What `by_hand` takes of the engine, as the very rationals that its floats are."""
    mix = space.solved.roots.mix
    risks = [
        SimpleNamespace(
            variable=r.variable,
            odds=_fractions(r.odds),
            by_age=_fractions(r.by_age),
            by_sex=_fractions(r.by_sex),
            ratio=_fractions(r.ratio),
        )
        for r in mix.risks
    ]
    people = SimpleNamespace(
        age=_fractions(mix.age),
        sex=_fractions(mix.sex),
        age_ratio=_fractions(mix.age_ratio),
        sex_ratio=_fractions(mix.sex_ratio),
        risks=risks,
    )
    solved = SimpleNamespace(
        prevalence=_fractions(space.solved.prevalence),
        odds=_fractions(space.solved.odds),
        roots=SimpleNamespace(mix=people),
    )
    return SimpleNamespace(network=exact_network(space.network), solved=solved)


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch) -> Callable[[DiseaseSpace, dict[str, object]], Any]:
    """Weights of all scenarios in exact arithmetic."""
    monkeypatch.setattr(test_by_hand, "at_level", exact_at_level)
    spaces: dict[int, Any] = {}

    def weights(space: DiseaseSpace, findings: dict[str, object]) -> Any:
        made = spaces.setdefault(id(space), exact_space(space))
        coded = code_findings(space.network, findings)
        return by_hand(made, {n: list(_fractions(v)) for n, v in coded.items()})

    return weights


def patients() -> list[tuple[int, dict[str, object]]]:
    """Eight patients with nothing to everything known, certain and uncertain."""
    rng = np.random.default_rng(11)
    out: list[tuple[int, dict[str, object]]] = [(0, {})]
    for number in range(7):
        seed = number % len(SPACES)
        network = SPACES[seed].network
        findings: dict[str, object] = {}
        for name in rng.choice(NAMES, 3 + number, replace=False):
            states = network.variables[name].states
            if rng.random() < 0.6:
                findings[str(name)] = str(rng.choice(states))
            else:
                findings[str(name)] = {s: float(10 ** rng.uniform(-12, 0)) for s in states}
        out.append((seed, findings))
    return out


def test_float64_is_the_exact_answer_within_the_stated_bound(
    exact: Callable[[DiseaseSpace, dict[str, object]], Any],
) -> None:
    worst, worst_evidence, answered = 0.0, 0.0, 0
    for seed, findings in patients():
        space = SPACES[seed]
        weights = exact(space, findings)
        total = sum(weights.values())
        assert isinstance(total, Fraction)
        if total == 0:
            continue
        belief = space.belief(code_findings(space.network, findings))
        found = summarise(space, belief)
        answered += 1
        for i, kind in enumerate(KINDS):
            share = sum(w for g, w in weights.items() if i in g) / total
            error = abs(Fraction(found.diagnoses[kind.diagnosis].kinds[kind.id]) - share)
            worst = max(worst, float(error))
        baseline = sum(exact(space, {}).values())
        ratio = Fraction(math.exp(belief.log_evidence)) / (total / baseline)
        worst_evidence = max(worst_evidence, abs(float(ratio - 1)))
    assert answered >= 6
    print(f"{answered} patients: error {worst:.1e}, relative of P(findings) {worst_evidence:.1e}")  # noqa: T201
    assert worst < ABSOLUTE
    assert worst_evidence < RELATIVE


@st.composite
def extreme(draw: st.DrawFn) -> tuple[Network, dict[str, object]]:
    """A small network with some numbers at their limits, and findings."""
    network = small_network(draw(st.integers(0, 3)))
    keys = sorted(k for k in network.numbers if k[0] in ("frequency", "odds_ratio", "multiplier"))
    numbers = dict(network.numbers)
    for key in draw(st.lists(st.sampled_from(keys), min_size=1, max_size=12)):
        value = draw(st.sampled_from(EXTREMES if key[0] == "frequency" else (*EXTREMES, 1e6)))
        numbers[key] = replace(numbers[key], value=value)
    findings = draw(
        st.dictionaries(
            st.sampled_from([n for n in NAMES if n != EDEMA]), st.integers(0, 4), max_size=8
        )
    )
    chosen = {n: network.variables[n].states for n in findings}
    found: dict[str, object] = {n: s[findings[n] % len(s)] for n, s in chosen.items()}
    return replace(network, numbers=numbers), found


@settings(max_examples=60, deadline=None)
@given(extreme())
def test_extreme_parameters_give_probabilities_or_an_error(
    case: tuple[Network, dict[str, object]],
) -> None:
    network, findings = case
    try:
        engine = bb.Engine(network)
    except bb.BmeBayesError:
        return
    check_answer(engine, findings)


@pytest.mark.parametrize("region", REGIONS.values())
def test_everything_known_at_once(region: str) -> None:
    """Every finding of a region, certain where possible, and all of them uncertain."""
    engine = bb.Engine(bb.load(region))
    rng = np.random.default_rng(3)
    every = engine.network.of_role(*OBSERVED_ROLES)
    assert len(every) >= 60
    answered = 0
    for _ in range(6):
        virtual: dict[str, object] = {
            v.id: {s: float(rng.uniform(0.02, 1)) for s in v.states} for v in every
        }
        check_posterior(engine.posterior(virtual))
        tiny: dict[str, object] = {
            v.id: {s: float(10 ** rng.uniform(-300, 0)) for s in v.states} for v in every
        }
        check_answer(engine, tiny)
        certain: dict[str, object] = {}
        for v in rng.permutation(np.array(every, dtype=object)):
            state = v.states[-1] if v.id == EDEMA else str(rng.choice(v.states))
            try:
                engine.belief({**certain, v.id: state})
            except bb.Contradiction:
                continue
            certain[v.id] = state
        answered += len(certain) >= 55
        found = engine.posterior(certain)
        check_posterior(found)
        assert found.log_evidence < -30
        red_flags(engine.network, certain)
    assert answered >= 4
    everything = {v.id: "unknown" for v in every if v.id != EDEMA}
    assert engine.posterior(everything).log_evidence == pytest.approx(0, abs=1e-12)


def test_evenly_uncertain_findings_say_nothing_and_leave_nothing_to_ask() -> None:
    engine = bb.Engine(bb.load("hip"))
    every = [v for v in engine.network.of_role(*OBSERVED_ROLES) if v.id != EDEMA]
    virtual: dict[str, object] = {v.id: dict.fromkeys(v.states, 0.5) for v in every}
    found, before = engine.posterior(virtual), engine.posterior({})
    assert found.log_evidence == pytest.approx(0, abs=1e-12)
    for name, d in before.diagnoses.items():
        assert found.diagnoses[name].present == pytest.approx(d.present, abs=1e-12)
    assert len(engine.next_findings(virtual).findings) == 0


@pytest.mark.parametrize("region", REGIONS.values())
def test_contradictions_name_a_smallest_set(region: str) -> None:
    engine = bb.Engine(bb.load(region))
    rng = np.random.default_rng(8)
    every = [v for v in engine.network.of_role(*OBSERVED_ROLES) if v.id != EDEMA]
    seen = 0
    for _ in range(12):
        chosen = rng.choice(np.array(every, dtype=object), 40, replace=False)
        findings: dict[str, object] = {v.id: str(rng.choice(v.states)) for v in chosen}
        if seen == 0:
            states = engine.network.variables["pregnancy"].states
            findings |= {"sex": "male", "pregnancy": states[1]}
        try:
            check_posterior(engine.posterior(findings))
        except bb.Contradiction as error:
            seen += 1
            named = {f.partition("=")[0] for f in error.findings} - {EDEMA}
            part = {n: findings[n] for n in named}
            with pytest.raises(bb.Contradiction):
                engine.posterior(part)
            for left_out in part:
                engine.posterior({n: s for n, s in part.items() if n != left_out})
    assert seen >= 1
