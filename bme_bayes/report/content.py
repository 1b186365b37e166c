"""What a report holds, as plain data; its fields are those of the JSON report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DISCLAIMER = (
    "Decision support for professionals and for teaching; not a medical device, and no "
    "substitute for judgement, for review of the images, for biopsy or for a second opinion. "
    "Probabilities are those of a model: they are as good as the findings entered and the "
    "setting chosen. The report holds no name; who it is about is for the reader to know."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding that counts. `likelihoods` are relative, the greatest is 1.

    `assumed` marks what nobody entered: marrow edema, which is taken as present.
    """

    id: str
    group: str
    label: str
    answer: str
    likelihoods: Mapping[str, float]
    uncertain: bool
    assumed: bool


@dataclass(frozen=True, slots=True)
class SetAside:
    """One finding that does not count in this answer, and why."""

    id: str
    label: str
    answer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability, its 95 % credible interval, and how many of 100 patients like this."""

    value: float
    low: float
    high: float
    of_100: str


@dataclass(frozen=True, slots=True)
class Part:
    """A stage or kind of a diagnosis and its probability of being present."""

    id: str
    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One diagnosis: main cause of the edema, present at all, and in which form."""

    id: str
    label: str
    main_cause: Chance
    present: Chance
    must_not_be_missed: bool
    stages: tuple[Part, ...]
    kinds: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """A red flag, or a reason why the label "syndrome" does not fit; `source` is a key."""

    id: str
    text: str
    urgency: str
    source: str


@dataclass(frozen=True, slots=True)
class Result:
    """One result of a finding: how likely it is, and the leading main cause after it."""

    id: str
    answer: str
    probability: float
    leader: str
    leader_main_cause: float


@dataclass(frozen=True, slots=True)
class NextFinding:
    """A finding not known that would change the picture, with its results."""

    id: str
    label: str
    bits: float
    changes_lead: bool
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class NextTest:
    """A whole test: expected information, and how often it would change the leading cause."""

    id: str
    label: str
    burden: str
    bits: float
    changes_lead: float
    source: str


@dataclass(frozen=True, slots=True)
class Reason:
    """What one finding says for (`weight` above 0) or against the leader, in log-odds."""

    id: str
    label: str
    answer: str
    weight: float
    words: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that the leader hangs on: its interval, and the main cause at either end."""

    words: str
    value: float
    low: float
    high: float
    basis: str
    at_low: float
    at_high: float
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A source as a reader cites it; blank where the page that was read did not show it."""

    text: str
    kind: str
    doi: str
    pmid: str


@dataclass(frozen=True)
class Report:
    """One patient's answer and what it rests on.

    `differential` is ordered by main cause; `unexplained` is the probability that none of the
    diagnoses is the cause. `sources` are by key, in the order in which they are first named.
    `draws` and `seed` give the credible intervals and the tests' values again.
    """

    format: str
    date: str
    region: str
    setting: str
    setting_label: str
    model_version: str
    findings: tuple[Entry, ...]
    unknown: tuple[str, ...]
    set_aside: tuple[SetAside, ...]
    red_flags: tuple[Warned, ...]
    label_warnings: tuple[Warned, ...]
    differential: tuple[Diagnosis, ...]
    unexplained: float
    next_findings: tuple[NextFinding, ...]
    next_tests: tuple[NextTest, ...]
    leader: str
    leader_holds: float
    why: tuple[Reason, ...]
    why_left_out: int
    numbers: tuple[Figure, ...]
    sources: Mapping[str, Reference]
    draws: int
    seed: int
    disclaimer: str = DISCLAIMER
