"""Networks of any size with random numbers, to see how time grows."""

from __future__ import annotations

import numpy as np

from bme_bayes.network import EDEMA, Kind, Network, Number, NumberKey, Variable
from bme_bayes.priors import PriorSet

AGES = ("under_18", "18_29", "30_50", "51_65", "over_65")
BINARY = ("absent", "present")
PROCESSES = 4
KINDS = 2


def synthetic(diagnoses: int = 12, findings: int = 50, risks: int = 20, seed: int = 0) -> Network:
    """A network of two kinds a diagnosis; every other finding hangs on one of four processes."""
    rng = np.random.default_rng(seed)
    numbers: dict[NumberKey, Number] = {}

    def put(quantity: str, child: str, state: str, cause: str, value: float) -> Number:
        number = Number(quantity, child, state, cause, value, value / 2, value, 20, "elicited")
        numbers[quantity, child, state, cause] = number
        return number

    names = [f"disease_{i}" for i in range(diagnoses)]
    kinds = tuple(
        Kind(f"kind_{k}", name, "present", f"{name} {k}") for name in names for k in range(KINDS)
    )
    variables = {v.id: v for v in _variables(names, findings, risks)}
    for v in variables.values():
        for cause in [*(k.cause for k in kinds), "none"]:
            if v.role in ("finding", "process", "sign"):
                high = v.role == "sign" and cause != "none"
                put("frequency", v.id, v.states[1], cause, 0.9 if high else rng.beta(1, 2))
            elif v.role == "context" and cause != "none":
                for state, share in zip(
                    v.states, rng.dirichlet(np.full(len(v.states), 9)), strict=True
                ):
                    put("share", v.id, state, cause, float(share))
            elif v.role == "risk" and cause != "none":
                put("odds_ratio", v.id, "present", cause, float(np.exp(rng.normal(0, 0.4))))
        if v.process:
            put("coupling", v.id, "", v.process, 1.5)
        if v.role == "context":
            for state in v.states:
                put("share", v.id, state, "reference", 1 / len(v.states))
        if v.role == "risk":
            put("share", v.id, "present", "reference", 0.1)
    for kind in kinds:
        put("kind_share", kind.diagnosis, kind.id, "present", 1 / KINDS)
    mix = {("age_band", a): put("share", "age_band", a, "", 0.2) for a in AGES}
    mix |= {("sex", s): put("share", "sex", s, "", 0.5) for s in ("female", "male")}
    mix |= {(v.id, "present"): put("share", v.id, "present", "", 0.1)
            for v in variables.values() if v.role == "risk"}  # fmt: skip
    rate = 1.15 / diagnoses
    base = {(n, "present"): put("base_rate", n, "present", "", rate) for n in names}
    prior = PriorSet("synthetic", "Synthetic", "", {"hip": base}, mix, none=0.03)
    return Network("hip", variables, kinds, numbers).with_prior(prior)


def _variables(diagnoses: list[str], findings: int, risks: int) -> list[Variable]:
    def made(name: str, role: str, states: tuple[str, ...], process: str = "") -> Variable:
        model = "noisy_or" if role in ("process", "sign", "finding") else ""
        return Variable(
            name, role, role, name, states, frozenset("h"), model=model, process=process
        )

    out = [made("age_band", "context", AGES), made("sex", "context", ("female", "male"))]
    out += [made(f"risk_{i}", "risk", BINARY) for i in range(risks)]
    out += [made(name, "diagnosis", BINARY) for name in diagnoses]
    out += [made(f"process_{i}", "process", ("low", "high")) for i in range(PROCESSES)]
    out.append(made(EDEMA, "sign", BINARY))
    hangs = [f"process_{i % PROCESSES}" if i % 2 else "" for i in range(findings)]
    return out + [made(f"finding_{i}", "finding", BINARY, p) for i, p in enumerate(hangs)]
