"""What if: two or more sets of findings, settings or edited base rates side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import InputError, UnknownName
from bme_bayes.findings import describe
from bme_bayes.mentions import read_findings
from bme_bayes.network import Network, Number
from bme_bayes.notebook import answer_html, bar, count_of_100, percent
from bme_bayes.posterior import Posterior, summarise
from bme_bayes.questions.words import of_100, short
from bme_bayes.reading import with_version

NOTABLE = 0.02
"""A difference of main cause below this is not put into words."""


@dataclass(frozen=True)
class Variant:
    """One of the things compared: a name for it, and the model's belief."""

    label: str
    space: DiseaseSpace
    belief: Belief


@dataclass(frozen=True)
class Comparison:
    """Variants side by side; differences are against the first.

    posteriors : one a variant; labels : their names
    findings : finding to its state in every variant ("" where not entered), where they differ
    words : the notable differences in sentences
    """

    labels: tuple[str, ...]
    posteriors: tuple[Posterior, ...]
    findings: Mapping[str, tuple[str, ...]]
    words: tuple[str, ...]

    def difference(self, diagnosis: str, variant: int) -> float:
        """Main cause in a variant less that in the first."""
        here, first = (self.posteriors[i].diagnoses[diagnosis] for i in (variant, 0))
        return here.main_cause - first.main_cause

    def to_frame(self) -> pd.DataFrame:
        """Index diagnosis id; (variant, main_cause, present, difference) columns, by variant."""
        frames = []
        for i, posterior in enumerate(self.posteriors):
            frame = posterior.to_frame()[["main_cause", "present"]]
            if i:
                frame["difference"] = [self.difference(d, i) for d in frame.index]
            frames.append(frame)
        joined = pd.concat(frames, axis=1, keys=self.labels)
        joined.index.name = "diagnosis"
        return joined

    def _repr_html_(self) -> str:
        labels = self.posteriors[0].labels
        rows = []
        for d in self.posteriors[0].diagnoses:
            row: list[object] = [labels.get(d, d)]
            for posterior in self.posteriors:
                found = posterior.diagnoses[d]
                row += [bar(found.main_cause, found.present), percent(found.main_cause)]
            rows.append(row)
        head = ["Diagnosis", *(h for label in self.labels for h in ("", label))]
        return answer_html("Main cause, side by side", head, rows, *self.words)


def variant(
    label: str,
    space: DiseaseSpace,
    findings: Mapping[str, object],
    rates: Mapping[str, float] | None = None,
) -> Variant:
    """One variant: findings under a compiled network, with other base rates if wanted.

    `rates` are as in `with_rates`; the prior is then solved anew. Raises `UnknownName`,
    `InvalidFinding`, `Contradiction` or `InputError`.
    """
    if rates:
        start = space.solved.theta
        space = DiseaseSpace(with_rates(space.network, rates), lambda _: start.copy())
    network = space.network
    return Variant(label, space, space.belief(*read_findings(network, findings)))


def with_rates(network: Network, rates: Mapping[str, float]) -> Network:
    """The network with other base rates; the rest give way so that comorbidity stays the same.

    `rates` maps a diagnosis, or `diagnosis.state`, to its share of attenders; the states of a
    diagnosis keep their proportions. Raises `UnknownName` and `InputError`.
    """
    prior = network.prior
    if prior is None:
        raise InputError("the network has no prior set; load it with a setting")
    base = dict(prior.region(network.region))
    known = [*{d for d, _ in base}, *(f"{d}.{s}" for d, s in base)]
    fixed: dict[tuple[str, str], Number] = {}
    for name, rate in rates.items():
        diagnosis, _, state = name.partition(".")
        chosen = {g: n for g, n in base.items() if g[0] == diagnosis and state in ("", g[1])}
        if not chosen:
            raise UnknownName("base rate", name, known, f"in {network.region}")
        if isinstance(rate, bool) or not 0 < rate < 1:
            raise InputError(f"base rate of {name}: {rate!r} is not between 0 and 1 (0.3 is 30 %)")
        total = sum(n.value for n in chosen.values())
        note = f"entered; was {total:.3g}"
        fixed |= {g: replace(n, value=n.value * rate / total, note=note) for g, n in chosen.items()}
    rest = {g: n for g, n in base.items() if g not in fixed}
    left = prior.expected_diagnoses(network.region) - sum(n.value for n in fixed.values())
    scale = left / sum(n.value for n in rest.values()) if rest else 1.0
    if not scale > 0:
        raise InputError("these base rates leave nothing for the other diagnoses")
    scaled = {g: replace(n, value=n.value * scale) for g, n in rest.items()}
    edited = replace(prior, base={**prior.base, network.region: {**base, **scaled, **fixed}})
    return with_version(network.with_prior(edited))


def compare(variants: Sequence[Variant]) -> Comparison:
    """Variants of one region side by side; raises `InputError` for fewer than two."""
    if len(variants) < 2:
        raise InputError("a comparison needs at least two variants")
    regions = {v.space.network.region for v in variants}
    if len(regions) > 1:
        raise InputError(
            f"only one region can be compared at a time, not {', '.join(sorted(regions))}"
        )
    posteriors = tuple(summarise(v.space, v.belief) for v in variants)
    labels = tuple(v.label for v in variants)
    if len(set(labels)) < len(labels):
        raise InputError("variants need different names")
    words = [
        sentence
        for label, posterior in zip(labels[1:], posteriors[1:], strict=True)
        for sentence in _words(labels[0], posteriors[0], label, posterior)
    ]
    return Comparison(labels, posteriors, _differing(variants), tuple(words))


def _differing(variants: Sequence[Variant]) -> dict[str, tuple[str, ...]]:
    entered = []
    for v in variants:
        shown = describe(v.space.network, v.belief.coded)
        entered.append(dict(text.split("=", 1) for text in shown))
    names = dict.fromkeys(name for e in entered for name in e)
    rows = {name: tuple(e.get(name, "") for e in entered) for name in names}
    return {name: row for name, row in rows.items() if len(set(row)) > 1}


def _words(first: str, before: Posterior, label: str, after: Posterior) -> list[str]:
    """The leader, and the diagnoses whose main cause moved most."""
    names = {d: short(label) for d, label in before.labels.items()}
    if before.leader == after.leader:
        out = [f"{label}: {names[after.leader]} leads, as in {first}."]
    else:
        out = [f"{label}: {names[after.leader]} leads; in {first}, {names[before.leader]}."]
    moved = {d: p.main_cause - before.diagnoses[d].main_cause for d, p in after.diagnoses.items()}
    for d in sorted(moved, key=lambda d: -abs(moved[d]))[:3]:
        if abs(moved[d]) >= NOTABLE:
            was, now = before.diagnoses[d].main_cause, after.diagnoses[d].main_cause
            way = "more" if moved[d] > 0 else "less"
            out.append(
                f"{label}: {names[d]} is {way} likely, {of_100(now)} instead of "
                f"{count_of_100(was)} (in {first})."
            )
    if np.allclose(list(moved.values()), 0, atol=NOTABLE):
        out.append(f"{label}: no diagnosis differs by {NOTABLE:.0%} or more from {first}.")
    return out
