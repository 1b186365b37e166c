"""Frequencies of findings from patients with known diagnoses.

What can be learned is how often a finding is seen in each public state of a diagnosis, and in
patients with none of them. Everything else stays: base rates (see `counts`), which kinds a
diagnosis has, the links of risk factors, the processes, and the link to marrow edema, which
patients who all have edema cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bme_bayes.engine import Engine
from bme_bayes.errors import InputError
from bme_bayes.learning.em import LinkModel, Shifts
from bme_bayes.learning.labelled import lay_out
from bme_bayes.learning.learned import beta_interval
from bme_bayes.learning.shift import Patient, patients_of
from bme_bayes.learning.worth import worth
from bme_bayes.network import NONE, Network, Number, NumberKey
from bme_bayes.notebook import table_html
from bme_bayes.priors import PriorSet
from bme_bayes.reading import with_version

Floats = NDArray[np.float64]
CLOSE = 1e-4
ROUNDS = 200
LEAST_GAIN = 0.5
"""Numbers that gained less than so many patients are left exactly as they were."""
Table = pd.DataFrame | Iterable[Patient]


@dataclass(frozen=True)
class LearnedLinks:
    """Numbers updated from `patients` with known diagnoses, and what they were before.

    `prior` is the setting with these numbers as its own links; save it with
    `bme_bayes.writing.save_prior`. `rows` has a line a finding, state and public state of a
    diagnosis. `log_likelihood` is that of the patients before and after, `rounds` of EM.
    """

    prior: PriorSet
    before: Network
    patients: int
    rows: pd.DataFrame
    log_likelihood: tuple[float, float]
    rounds: int

    def apply(self, network: Network | None = None) -> Network:
        """The network with the new numbers, and the version that belongs to it."""
        return with_version((network or self.before).with_prior(self.prior))

    @property
    def changed(self) -> int:
        """How many numbers of the network are other ones."""
        return len(self.prior.links.get(self.before.region, {}))

    def to_frame(self) -> pd.DataFrame:
        """Frequencies before and after with 95 % intervals, the furthest moved first.

        `moved` is the change in units of the interval's half width before; `patients` how many
        had the diagnosis with the finding known (expected, where something is hidden).
        """
        return self.rows

    def _repr_html_(self) -> str:
        words = (
            f"<p>{self.changed} numbers updated from {self.patients} patients; the twenty that "
            "moved furthest:</p>"
        )
        return words + table_html(self.rows.head(20), precision=3)


def learn_links(
    engine: Engine, findings: Table, diagnoses: Table, *, name: str = ""
) -> LearnedLinks:
    """Frequencies of findings, updated from patients with marrow edema and known diagnoses.

    Parameters: `findings` has a row a patient and a column a finding, blank where unknown;
    `diagnoses` a row a patient with `main_cause` (a diagnosis) or a column a diagnosis
    (`present`, `absent` or a grade), or both; blank is unknown. The present numbers are the
    prior, each with its own weight. Raises `InputError` with the patient's number.
    """
    prior = engine.network.prior
    if prior is None:
        raise InputError("the network has no prior set; load it with a setting")
    known, labels = patients_of(findings), patients_of(diagnoses)
    families, batches = lay_out(engine, known, labels)
    if not families:
        raise InputError("no finding is known of any patient")
    model = LinkModel(engine.space, families, batches)
    shifts, logs, rounds = _climb(model)
    rows, gains = _report(model, shifts)
    note = f"updated from {len(known)} patients"
    new = dict(_numbers(model, shifts, gains, note))
    region = engine.network.region
    name = name or f"{prior.name}_local"
    updated = replace(
        prior,
        name=name,
        label=f"{prior.label}, updated" if name != prior.name else prior.label,
        links={**prior.links, region: {**prior.links.get(region, {}), **new}},
        provenance="; ".join(
            p for p in (prior.provenance, f"{region}: {len(new)} links {note}") if p
        ),
    )
    return LearnedLinks(updated, engine.network, len(known), rows, logs, rounds)


def _climb(model: LinkModel) -> tuple[dict[str, Floats], tuple[float, float], int]:
    """EM until no frequency moves; the shifts, the log-likelihoods and the rounds."""
    shifts = model.start()
    first = None
    for rounds in range(1, ROUNDS + 1):
        counts, log = model.expect(shifts)
        first = log if first is None else first
        before, shifts = shifts, model.improve(shifts, counts)
        moved = max(
            np.abs(model.by_group(n, s) - model.by_group(n, before[n])).max()
            for n, s in shifts.items()
        )
        if moved < CLOSE:
            return shifts, (first, model.expect(shifts)[1]), rounds
    raise InputError(f"the frequencies still moved after {ROUNDS} rounds")


def _report(model: LinkModel, shifts: Shifts) -> tuple[pd.DataFrame, dict[str, Floats]]:
    """The rows of `LearnedLinks`, and the gain in patients by finding (groups,)."""
    known = worth(model, shifts)
    seen, _ = model.expect(shifts)
    scenarios, network = model.space.scenarios, model.space.network
    groups = [*scenarios.grades, (NONE, "")]
    present = np.column_stack([model.space.present_matrix, scenarios.count == 0])
    rows, gains = [], {}
    for name, shift in shifts.items():
        before = model.by_group(name, np.zeros(len(shift)))
        after = model.by_group(name, shift)
        weight = model.weight[name]
        patients = seen[name].sum(axis=(0, 1)) @ present
        gain = np.clip(known[name][1:].min(axis=0) - weight, 0.0, np.maximum(patients, 0.0))
        gains[name] = gain
        for g, (diagnosis, state) in enumerate(groups):
            for j in range(1, len(after)):
                old = beta_interval(float(before[j, g]), float(weight[g]))
                new = beta_interval(float(after[j, g]), float(weight[g] + gain[g]))
                rows.append(
                    {
                        "finding": name,
                        "result": network.variable(name).states[j],
                        "diagnosis": diagnosis,
                        "state": state,
                        "patients": float(patients[g]),
                        "before": float(before[j, g]),
                        "before_low": old[0],
                        "before_high": old[1],
                        "after": float(after[j, g]),
                        "after_low": new[0],
                        "after_high": new[1],
                        "weight_before": float(weight[g]),
                        "weight_after": float(weight[g] + gain[g]),
                        "moved": 2 * float(after[j, g] - before[j, g]) / (old[1] - old[0]),
                    }
                )
    frame = pd.DataFrame(rows)
    frame = frame.iloc[np.argsort(-frame["moved"].abs().to_numpy(), kind="stable")]
    return frame.set_index(["finding", "result", "diagnosis", "state"]), gains


def _numbers(
    model: LinkModel, shifts: Shifts, gains: Mapping[str, Floats], note: str
) -> Iterator[tuple[NumberKey, Number]]:
    """The numbers that gained weight; a part's are its share times the whole's."""
    network = model.space.network
    causes = [*(k.cause for k in network.kinds), NONE]
    moved_whole: dict[str, Floats] = {}
    for name, shift in shifts.items():
        variable = network.variable(name)
        frequency = model.frequency(name, shift)
        if variable.part_of:
            whole = moved_whole.get(variable.part_of)
            if whole is None:
                whole = model.space.cpds[variable.part_of].frequencies
            part = frequency[1] * (1 - whole[0])
            frequency = np.stack([1 - part, part])
        else:
            told = gains[name][model.group] >= LEAST_GAIN
            moved_whole[name] = np.where(told, frequency, model.space.cpds[name].frequencies)
        for i, cause in enumerate(causes):
            gain = gains[name][model.group[i]] * model.share[i]
            if gains[name][model.group[i]] < LEAST_GAIN:
                continue
            for j, state in enumerate(variable.states):
                old = network.number("frequency", name, state, cause)
                if old is not None:
                    yield (
                        ("frequency", name, state, cause),
                        _updated(old, float(frequency[j, i]), old.n + float(gain), note),
                    )


def _updated(old: Number, value: float, n: float, note: str) -> Number:
    low, high = beta_interval(value, n)
    note = "; ".join(t for t in (old.note, note) if t)
    return replace(old, value=value, low=low, high=high, n=n, basis="local", note=note)
