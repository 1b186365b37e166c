"""The answer for one patient: diagnoses, grades, kinds and whole explanations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.notebook import answer_html, bar, count_of_100, percent

SYNDROME = "bmes"


@dataclass(frozen=True, slots=True)
class DiagnosisPosterior:
    """One diagnosis: as main cause of the edema, and as present at all.

    `states` are the public states (grades), `kinds` the illness scripts; both sum to
    `present`.
    """

    main_cause: float
    present: float
    states: Mapping[str, float]
    kinds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One set of diagnoses and the probability that it is the whole story."""

    diagnoses: tuple[str, ...]
    probability: float


@dataclass(frozen=True)
class Posterior:
    """What the model says of one patient.

    `diagnoses` is ordered by main cause, most probable first; main causes and `unexplained`
    sum to 1. `explanations` are exclusive sets and sum to 1 when all are taken. `primary` is
    the probability that the edema is primary (the syndrome) and not of another known cause.
    `log_evidence` is ln P(findings | marrow edema, setting).

    >>> import bme_bayes as bb
    >>> answer = bb.Engine(bb.load("hip")).posterior({"serpentine_band": "present"})
    >>> answer.leader, answer.diagnoses["avn"].present > 0.9
    ('avn', True)
    >>> round(sum(d.main_cause for d in answer.diagnoses.values()) + answer.unexplained, 9)
    1.0
    """

    region: str
    setting: str
    model_version: str
    diagnoses: Mapping[str, DiagnosisPosterior]
    explanations: tuple[Explanation, ...]
    primary: float
    unexplained: float
    log_evidence: float
    labels: Mapping[str, str]

    @property
    def leader(self) -> str:
        """The diagnosis that is the most probable main cause."""
        return next(iter(self.diagnoses))

    def to_frame(self) -> pd.DataFrame:
        """Index diagnosis id; columns label, main_cause, present; one row a diagnosis."""
        rows = {
            d: (self.labels.get(d, d), p.main_cause, p.present) for d, p in self.diagnoses.items()
        }
        frame = pd.DataFrame.from_dict(
            rows, orient="index", columns=["label", "main_cause", "present"]
        )
        frame.index.name = "diagnosis"
        return frame

    def _repr_html_(self) -> str:
        rows = [
            (
                self.labels.get(d, d).partition(" (")[0],
                bar(p.main_cause, max(p.present, p.main_cause)),
                percent(p.main_cause),
                f"{count_of_100(p.main_cause)} of 100",
                percent(p.present),
            )
            for d, p in self.diagnoses.items()
        ]
        head = ("Diagnosis", "", "Main cause", "Main cause in", "Present")
        title = f"{self.region}, setting {self.setting} (model {self.model_version})"
        return answer_html(title, head, rows, "Dark bar: main cause; faint bar: present at all.")


def summarise(space: DiseaseSpace, belief: Belief, top: int = 8) -> Posterior:
    """A `Posterior` from the joint belief."""
    network, scenarios = space.network, space.scenarios
    kinds = scenarios.collapse(belief.scenario, len(network.kinds)).tolist()
    size = len(scenarios.diagnoses)
    main = np.vecdot(space.answers[1 : 1 + size], belief.scenario).tolist()
    diagnoses: dict[str, DiagnosisPosterior] = {}
    for d in sorted(range(size), key=main.__getitem__, reverse=True):
        own, states = space.kinds_of[d], dict[str, float]()
        for i, _, grade in own:
            states[grade] = states.get(grade, 0.0) + kinds[i]
        diagnoses[scenarios.diagnoses[d]] = DiagnosisPosterior(
            main_cause=main[d],
            present=min(sum(states.values()), 1.0),
            states=states,
            kinds={kind: kinds[i] for i, kind, _ in own},
        )
    prior = network.prior
    return Posterior(
        region=network.region,
        setting=prior.name if prior else "",
        model_version=network.version,
        diagnoses=diagnoses,
        explanations=_explanations(space, belief, top),
        primary=diagnoses[SYNDROME].main_cause if SYNDROME in diagnoses else 0.0,
        unexplained=max(1.0 - sum(main), 0.0),
        log_evidence=belief.log_evidence,
        labels={v.id: v.label for v in network.diagnoses},
    )


def _explanations(space: DiseaseSpace, belief: Belief, top: int) -> tuple[Explanation, ...]:
    first, sets = space.sets
    weight = np.add.reduceat(belief.scenario, first)
    best = np.argsort(-weight, kind="stable")[:top]
    found = zip(best.tolist(), weight[best].tolist(), strict=True)
    return tuple(Explanation(sets[i], p) for i, p in found if p > 0)
