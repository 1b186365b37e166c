"""Small random networks, and brute-force answers to compare the questions with."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from bme_bayes.bases import Solved
from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.network import EDEMA, Kind, Network, Number, NumberKey, Variable
from bme_bayes.priors import PriorSet

Floats = NDArray[np.float64]
REGION = "hip"
ALL = frozenset("h")
AGES = ("under_18", "18_29", "30_50", "51_65", "over_65")
KINDS = (
    Kind("one", "bmes", "present", "First kind"),
    Kind("two", "bmes", "present", "Second kind"),
    Kind("early", "avn", "early", "Early"),
    Kind("late", "avn", "late", "Late"),
    Kind("only", "infection", "present", "Infection"),
    Kind("usual", "osteoarthritis", "present", "Osteoarthritis"),
)
RISK, SIGN, STATED = 0.3, 0.8, 2.0
CAUSES = (*(k.cause for k in KINDS), "none")


def variable(name: str, role: str, states: tuple[str, ...], **more: str) -> Variable:
    group = more.pop("group", role)
    return Variable(name, role, group, name.capitalize(), states, ALL, **more)  # type: ignore[arg-type]


BINARY = ("absent", "present")
VARIABLES = (
    variable("age_band", "context", AGES, group="patient"),
    variable("sex", "context", ("female", "male"), group="patient"),
    variable("steroids", "risk", BINARY, group="risk"),
    variable("pregnancy", "risk", ("none", "early", "late"), group="risk"),
    variable("bmes", "diagnosis", BINARY),
    variable("avn", "diagnosis", ("absent", "early", "late")),
    variable("infection", "diagnosis", BINARY),
    variable("osteoarthritis", "diagnosis", BINARY),
    variable("inflammation", "process", ("low", "high"), model="noisy_or"),
    variable(EDEMA, "sign", BINARY, model="noisy_or", group="mri"),
    variable("fever", "finding", BINARY, model="noisy_or", process="inflammation", group="symptom"),
    variable("crp", "finding", ("normal", "raised", "high"), model="noisy_max",
             process="inflammation", group="laboratory"),
    variable("limp", "finding", BINARY, model="noisy_or", group="examination"),
    variable("film", "finding", ("normal", "worn", "collapse"), model="noisy_max",
             group="radiograph"),
    variable("onset", "finding", ("sudden", "slow", "creeping"), model="mixture", group="symptom"),
    variable("abscess", "finding", BINARY, model="noisy_or", group="mri"),
    variable("sinus", "finding", BINARY, model="part", part_of="abscess", group="mri"),
)  # fmt: skip


def small_network(seed: int = 0) -> Network:
    """A network of four diagnoses with six kinds and random numbers."""
    rng = np.random.default_rng(seed)
    numbers: dict[NumberKey, Number] = {}

    def put(quantity: str, child: str, state: str, cause: str, value: float, n: float = 20) -> None:
        low, high = value * 0.6, value + 0.4 * (1 - value) if value < 1 else value * 1.6
        number = Number(quantity, child, state, cause, value, low, high, n, "elicited", ("book",))
        numbers[quantity, child, state, cause] = number

    variables = {v.id: v for v in VARIABLES}
    for v in VARIABLES:
        for cause in CAUSES:
            if v.role in ("finding", "process") or v.id == EDEMA:
                shares = rng.dirichlet(np.full(len(v.states), 1.5))
                if v.id == EDEMA:
                    shares = np.array([0.1, 0.9]) if cause != "none" else np.array([0.7, 0.3])
                if v.id == "abscess":
                    shares = np.array([0.6, 0.4]) + np.array([-0.2, 0.2]) * rng.random()
                if v.id == "sinus":
                    shares = np.array([0.8, 0.2])
                for state, value in zip(v.states[1:], shares[1:], strict=True):
                    put("frequency", v.id, state, cause, float(value))
            if v.role == "context" and cause != "none":
                for state, value in zip(
                    v.states, rng.dirichlet(np.full(len(v.states), 4)), strict=True
                ):
                    put("share", v.id, state, cause, float(value))
            if v.role == "risk" and cause != "none":
                for state in v.states[1:]:
                    put("odds_ratio", v.id, state, cause, float(np.exp(rng.normal(0, 0.7))))
    for v in VARIABLES:
        if v.role in ("context", "risk"):
            even = 1 / len(v.states) if v.role == "context" else 0.1
            for state in v.states[(v.role == "risk") :]:
                put("share", v.id, state, "reference", even)
        if v.process:
            put("coupling", v.id, "", v.process, 1.5)
    put("multiplier", "pregnancy", "late", "sex.male", 0.0)
    put("multiplier", "pregnancy", "early", "sex.male", 0.0)
    put("multiplier", "steroids", "present", "age_band.over_65", 2.0)
    put("multiplier", "steroids", "present", "sex.male", 0.6)
    put("kind_share", "bmes", "one", "present", 0.3)
    put("kind_share", "bmes", "two", "present", 0.7)
    return Network(REGION, variables, KINDS, numbers).with_prior(small_prior())


def small_reports(seed: int = 0) -> Network:
    """The same, with a setting that reads findings as a published report's."""
    network = small_network(seed)
    assert network.prior is not None
    prior = replace(network.prior, unmentioned=RISK, unmentioned_signs=SIGN, stated_absence=STATED)
    return network.with_prior(prior)


def small_prior(**rates: float) -> PriorSet:
    """Base rates by `diagnosis_state`, with some that fit."""
    value = {"bmes_present": 0.2, "avn_early": 0.15, "avn_late": 0.1, "infection_present": 0.1,
             "osteoarthritis_present": 0.55} | rates  # fmt: skip

    def number(child: str, state: str, value: float) -> Number:
        return Number(
            "base_rate", child, state, "", value, value / 2, min(value * 1.6, 0.9), 30, "elicited"
        )

    base = {}
    for key, p in value.items():
        child, _, state = key.partition("_")
        base[child, state] = number(child, state, p)
    mix = {
        ("age_band", s): number("age_band", s, p)
        for s, p in zip(AGES, (0.1, 0.2, 0.3, 0.2, 0.2), strict=True)
    }
    mix |= {("sex", s): number("sex", s, 0.5) for s in ("female", "male")}
    mix |= {("steroids", "present"): number("steroids", "present", 0.1)}
    mix |= {("pregnancy", s): number("pregnancy", s, 0.05) for s in ("early", "late")}
    return PriorSet("small", "Small", "", {REGION: base}, mix, none=0.03)


def main_and_presence(space: DiseaseSpace, scenario: Floats) -> tuple[Floats, Floats]:
    """Main cause and presence of each diagnosis, by explicit loops over scenarios and links."""
    names = list(space.scenarios.diagnoses)
    main, present = np.zeros(len(names)), np.zeros(len(names))
    for row, p in zip(space.scenarios.members, scenario, strict=True):
        members = [int(k) for k in row if k < len(KINDS)]
        links = [float(space.links[k]) for k in members]
        share, total = np.zeros(len(members)), 0.0
        for active in product((0, 1), repeat=len(members)):
            chance = float(np.prod([p if a else 1 - p for a, p in zip(active, links, strict=True)]))
            if any(active):
                total += chance
                share += chance * np.array(active) / sum(active)
        for k, s in zip(members, share, strict=True):
            d = names.index(KINDS[k].diagnosis)
            present[d] += p
            main[d] += p * s / total
    return main, present


def every_result(space: DiseaseSpace, names: list[str]) -> list[dict[str, str]]:
    """Every combination of results of some findings."""
    states = [space.network.variable(n).states for n in names]
    return [dict(zip(names, row, strict=True)) for row in product(*states)]


def subsets(names: list[str]) -> list[tuple[str, ...]]:
    """Every subset of some names."""
    return [c for size in range(len(names) + 1) for c in combinations(names, size)]


def with_numbers(network: Network, changes: list[tuple[Number, float]]) -> Network:
    numbers = dict(network.numbers)
    for number, value in changes:
        key = (number.quantity, number.child, number.state, number.cause)
        numbers[key] = replace(numbers[key], value=value)
    return replace(network, numbers=numbers)


class Unsolved(DiseaseSpace):
    """A network compiled with another's solved prior."""

    def __init__(self, network: Network, solved: Solved) -> None:
        super().__init__(network)
        self.solved = solved
        self._cache = {}
