"""The engine against enumeration by hand: loops over the definitions, no shared code.

Taken from the engine are only the solved odds and case mix (that they meet the base rates is
tested apart); everything below them is written out again from the definitions. Zeros and ones
are integers, so that with exact fractions the result is exact (`test_trust_numbers.py`).
"""

import math
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from small_network import small_network

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.errors import Contradiction
from bme_bayes.findings import code_findings
from bme_bayes.network import EDEMA, Network
from bme_bayes.posterior import summarise
from bme_bayes.questions.value import next_findings

SPACES = {seed: DiseaseSpace(small_network(seed)) for seed in range(4)}
NAMES = (
    "age_band",
    "sex",
    "steroids",
    "pregnancy",
    "fever",
    "crp",
    "limp",
    "film",
    "onset",
    "abscess",
    "sinus",
)
Likelihoods = dict[str, list[float]]


def frequency(network: Network, child: str, cause: str) -> list[float]:
    """P(state | cause) of a variable; the first state is the rest."""
    variable = network.variables[child]
    found = [network.number("frequency", child, s, cause) for s in variable.states]
    values = [0 if n is None else n.value for n in found]
    values[next(i for i, n in enumerate(found) if n is None)] = 1 - sum(values)
    return values


def at_level(network: Network, child: str, cause: str, level: int) -> list[float]:
    """Cells at one level of the process: the log-odds of every cut differ by the coupling."""
    cells = frequency(network, child, cause)
    process = network.variables[child].process
    if not process:
        return cells
    gap = network.value("coupling", child, "", process, 0.0)
    high = network.value("frequency", process, "high", cause, 0.5)

    def cut(upper: float) -> float:
        def off(a: float) -> float:
            return (1 - high) / (1 + math.exp(-a)) + high / (1 + math.exp(-a - gap)) - upper

        a = brentq(off, -60, 60, xtol=1e-14, rtol=1e-15)
        return 1 / (1 + math.exp(-a - gap * level))

    cuts = [1.0, *(cut(sum(cells[j:])) for j in range(1, len(cells))), 0.0]
    return [cuts[j] - cuts[j + 1] for j in range(len(cells))]


def taking_the_worst(columns: dict[str, list[float]], present: list[str]) -> list[float]:
    """Noisy-MAX: the worst of the leak and of one independent draw a cause present."""
    states = len(next(iter(columns.values())))

    def below(column: list[float], j: int) -> float:
        return sum(column[: j + 1])

    def step(column: list[float], j: int) -> float:
        above = below(column, j + 1) if j + 1 < states - 1 else 1
        return below(column, j) / above if above > 0 else 1

    leak_step = [max(step(c, j) for c in columns.values()) for j in range(states - 1)]
    below_all = []
    for j in range(states - 1):
        p = math.prod(leak_step[j:])
        for cause in present:
            p *= math.prod(step(columns[cause], i) / leak_step[i] for i in range(j, states - 1))
        below_all.append(p)
    below_all.append(1)
    return [b - a for a, b in zip([0, *below_all[:-1]], below_all, strict=True)]


def combined(
    network: Network, child: str, causes: list[str], present: list[str], level: int
) -> list[float]:
    """P(state | level, causes present) of a finding or process."""
    if not present:
        return at_level(network, child, "none", level)
    columns = {c: at_level(network, child, c, level) for c in [*causes, "none"]}
    if network.variables[child].model == "mixture":
        return [
            sum(columns[c][j] for c in present) / len(present) for j in range(len(columns["none"]))
        ]
    return taking_the_worst(columns, present)


def part_of_whole(network: Network, part: str, present: list[str]) -> list[float]:
    """P(part | whole present): mean over causes of the ratio of the two frequencies."""
    whole = network.variables[part].part_of
    of = [
        min(frequency(network, part, c)[1] / frequency(network, whole, c)[1], 1)
        for c in present or ["none"]
    ]
    share = sum(of) / len(of)
    return [1 - share, share]


def seen(network: Network, causes: list[str], present: list[str], below: Likelihoods) -> float:
    """P(all findings | causes present), summing over the level of the process."""
    total: float = 0
    levels = combined(network, "inflammation", causes, present, 0)
    for level in (0, 1):
        p = levels[level]
        for finding in ("fever", "crp"):
            cells = combined(network, finding, causes, present, level)
            p *= sum(x * y for x, y in zip(below[finding], cells, strict=True))
        total += p
    for finding in ("limp", "film", "onset"):
        cells = combined(network, finding, causes, present, 0)
        total *= sum(x * y for x, y in zip(below[finding], cells, strict=True))
    whole = combined(network, "abscess", causes, present, 0)
    part = part_of_whole(network, "sinus", present)
    inside = sum(x * y for x, y in zip(below["sinus"], part, strict=True))
    total *= (
        below["abscess"][0] * whole[0] * below["sinus"][0] + below["abscess"][1] * whole[1] * inside
    )
    edema = 1 - math.prod(1 - frequency(network, EDEMA, c)[1] for c in present)
    edema = edema if present else frequency(network, EDEMA, "none")[1]
    return total * (below[EDEMA][0] * (1 - edema) + below[EDEMA][1] * edema)


def people(space: DiseaseSpace, present: list[int], known: Likelihoods) -> float:
    """Sum over ages, sexes and risk factors of the case mix times what it does to the kinds."""
    mix = space.solved.roots.mix
    total: float = 0
    for a, x in product(range(5), range(2)):
        weight = mix.age[a] * mix.sex[x] * known["age_band"][a] * known["sex"][x]
        for k in present:
            weight *= mix.age_ratio[a, k] * mix.sex_ratio[x, k]
        for risk in mix.risks:
            odds = [
                risk.odds[s] * risk.by_age[s, a] * risk.by_sex[s, x] for s in range(len(risk.odds))
            ]
            weight *= sum(
                known[risk.variable.id][s]
                * odds[s]
                / sum(odds)
                * math.prod(risk.ratio[s, k] for k in present)
                for s in range(len(odds))
            )
        total += weight
    return total


def by_hand(space: DiseaseSpace, likelihoods: Likelihoods) -> dict[tuple[int, ...], float]:
    """Unnormalised weight of every set of at most three kinds of different diagnoses."""
    network = space.network
    full: Likelihoods = {n: [1] * len(v.states) for n, v in network.variables.items()}
    full.update(likelihoods)
    full[EDEMA] = likelihoods.get(EDEMA, [0, 1])
    causes = [k.cause for k in network.kinds]
    out = {}
    for size in range(4):
        for group in combinations(range(len(causes)), size):
            if len({network.kinds[k].diagnosis for k in group}) < size:
                continue
            weight = space.solved.prevalence[size] * math.prod(space.solved.odds[k] for k in group)
            present = [causes[k] for k in group]
            out[group] = (
                weight * people(space, list(group), full) * seen(network, causes, present, full)
            )
    return out


@st.composite
def cases(draw: st.DrawFn) -> tuple[int, dict[str, object]]:
    """A network and findings, hard and uncertain."""
    seed = draw(st.sampled_from(sorted(SPACES)))
    chosen = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=8))
    findings: dict[str, object] = {}
    for name in chosen:
        states = SPACES[seed].network.variables[name].states
        if draw(st.booleans()):
            findings[name] = draw(st.sampled_from(states))
        else:
            weights = draw(st.lists(st.floats(0.01, 1), min_size=len(states), max_size=len(states)))
            findings[name] = dict(zip(states, weights, strict=True))
    return seed, findings


def coded_lists(space: DiseaseSpace, findings: dict[str, object]) -> Likelihoods:
    return {n: v.tolist() for n, v in code_findings(space.network, findings).items()}


@settings(max_examples=60, deadline=None)
@given(cases())
def test_posterior_and_evidence(case: tuple[int, dict[str, object]]) -> None:
    space, findings = SPACES[case[0]], case[1]
    weights = by_hand(space, coded_lists(space, findings))
    total = sum(weights.values())
    if total == 0:
        with pytest.raises(Contradiction):
            space.belief(code_findings(space.network, findings))
        return
    belief = space.belief(code_findings(space.network, findings))
    found = summarise(space, belief)
    for d, diagnosis in found.diagnoses.items():
        kinds = [i for i, k in enumerate(space.network.kinds) if k.diagnosis == d]
        present = sum(w for g, w in weights.items() if set(g) & set(kinds)) / total
        assert diagnosis.present == pytest.approx(present, abs=1e-9)
        for i in kinds:
            share = sum(w for g, w in weights.items() if i in g) / total
            assert diagnosis.kinds[space.network.kinds[i].id] == pytest.approx(share, abs=1e-9)
    baseline = sum(by_hand(space, {}).values())
    assert belief.log_evidence == pytest.approx(math.log(total / baseline), abs=1e-9)
    main = sum(d.main_cause for d in found.diagnoses.values())
    assert main + found.unexplained == pytest.approx(1, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(cases(), st.sampled_from(["fever", "film", "onset", "abscess", "sinus", "pregnancy"]))
def test_results_of_a_finding(case: tuple[int, dict[str, object]], asked: str) -> None:
    space, findings = SPACES[case[0]], {k: v for k, v in case[1].items() if k != asked}
    lists = coded_lists(space, findings)
    total = sum(by_hand(space, lists).values())
    if total == 0:
        return
    panel = next_findings(space, space.belief(code_findings(space.network, findings)))
    value = next(f for f in panel.findings if f.id == asked)
    states = space.network.variables[asked].states
    for i, state in enumerate(states):
        one = [float(i == j) for j in range(len(states))]
        after = by_hand(space, lists | {asked: one})
        probability = sum(after.values()) / total
        if state not in value.results:
            assert probability == pytest.approx(0, abs=1e-9)
            continue
        result = value.results[state]
        assert result.probability == pytest.approx(probability, abs=1e-9)
        kinds = {i for i, k in enumerate(space.network.kinds) if k.diagnosis == "avn"}
        present = sum(w for g, w in after.items() if set(g) & kinds) / sum(after.values())
        assert result.present["avn"] == pytest.approx(present, abs=1e-9)


def test_solved_marginals_meet_the_base_rates_by_hand() -> None:
    for space in SPACES.values():
        weights = by_hand(space, {})
        total = sum(weights.values())
        prior = space.network.prior
        assert prior is not None
        for (diagnosis, grade), number in prior.region("hip").items():
            kinds = {
                i
                for i, k in enumerate(space.network.kinds)
                if (k.diagnosis, k.grade) == (diagnosis, grade)
            }
            share = sum(w for g, w in weights.items() if set(g) & kinds) / total
            assert share == pytest.approx(number.value, abs=1e-6)
        counts = (
            np.array([sum(w for g, w in weights.items() if len(g) == n) for n in range(4)]) / total
        )
        assert counts == pytest.approx(prior.count_shares("hip"), abs=1e-6)
