"""Definitions: variables, kinds of disease and the numbers that join them.

A `Network` is one region with its numbers and, when a setting is applied, its base
rates. It holds no files and no arrays; `cpds` turns it into arrays, `pgm` into pgmpy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from bme_bayes.errors import UnknownName
from bme_bayes.notebook import answer_html, bar, percent

if TYPE_CHECKING:
    from pgmpy.models import DiscreteBayesianNetwork

    from bme_bayes.priors import PriorSet
    from bme_bayes.sources import Source

REGIONS = {"h": "hip", "k": "knee", "a": "ankle_foot", "s": "spine"}
EDEMA = "marrow_edema"
NONE = "none"
"""Cause name for patients with none of the diagnoses."""


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the model and what it rests on.

    `value` is a frequency, an odds ratio or a share, as `quantity` says; `low` to `high`
    its 95 % interval; `n` the equivalent sample size (the weight of a Beta or Dirichlet);
    `basis` is `published`, `both` (publication and elicitation), `elicited`, or `local` (updated
    from a clinic's own patients, or entered by a researcher; the note says which).
    """

    quantity: str
    child: str
    state: str
    cause: str
    value: float
    low: float
    high: float
    n: float
    basis: str
    sources: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the network.

    `role` is context, risk, diagnosis, process, finding or sign; `group` is where a user
    looks for it; `model` names the CPD family of a finding: noisy_or, noisy_max, mixture
    or part. A part is a special case of the finding `part_of` and needs it to be present.
    The first state is the baseline, except in a mixture, whose states have no order.
    """

    id: str
    role: str
    group: str
    label: str
    states: tuple[str, ...]
    regions: frozenset[str]
    state_labels: tuple[str, ...] = ()
    model: str = ""
    process: str = ""
    part_of: str = ""
    synonyms: tuple[str, ...] = ()
    help: str = ""

    def state_index(self, state: str) -> int:
        """Position of a state; raises `UnknownName` with the nearest."""
        try:
            return self.states.index(state)
        except ValueError:
            raise UnknownName("state", state, self.states, f"of {self.id}") from None

    def state_label(self, state: str) -> str:
        """The words for a state."""
        labels = self.state_labels or tuple(s.replace("_", " ") for s in self.states)
        return labels[self.state_index(state)]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind (illness script) of a diagnosis: a state of its node.

    `grade` is the public state of the diagnosis that the kind belongs to.
    """

    id: str
    diagnosis: str
    grade: str
    label: str

    @property
    def cause(self) -> str:
        """The name under which numbers refer to this kind."""
        return f"{self.diagnosis}.{self.id}"


NumberKey = tuple[str, str, str, str]


@dataclass(frozen=True)
class Network:
    """One region's network; immutable. See `bme_bayes.load`.

    >>> import bme_bayes as bb
    >>> network = bb.load("knee")
    >>> network.region, network.variable("crp").states
    ('knee', ('normal', 'raised', 'markedly_raised'))
    >>> "sifk" in [d.id for d in network.diagnoses]
    True
    """

    region: str
    variables: Mapping[str, Variable]
    kinds: tuple[Kind, ...]
    numbers: Mapping[NumberKey, Number]
    sources: Mapping[str, Source] = field(default_factory=dict)
    prior: PriorSet | None = None
    version: str = ""
    replaced: Mapping[NumberKey, Number] = field(default_factory=dict)
    """Numbers as they are without the links of the prior set."""

    def variable(self, name: str) -> Variable:
        """The variable of that name; raises `UnknownName` with the nearest."""
        try:
            return self.variables[name]
        except KeyError:
            raise UnknownName("variable", name, self.variables, f"in {self.region}") from None

    def of_role(self, *roles: str) -> tuple[Variable, ...]:
        """All variables with one of these roles, in file order."""
        return tuple(v for v in self.variables.values() if v.role in roles)

    @cached_property
    def labels(self) -> dict[str, str]:
        """The label of every variable, by id."""
        return {v.id: v.label for v in self.variables.values()}

    @cached_property
    def diagnoses(self) -> tuple[Variable, ...]:
        """The candidate diagnoses of this region."""
        return self.of_role("diagnosis")

    @cached_property
    def findings(self) -> tuple[Variable, ...]:
        """Symptoms, signs, imaging and laboratory findings."""
        return self.of_role("finding")

    @cached_property
    def risks(self) -> tuple[Variable, ...]:
        """Risk factors."""
        return self.of_role("risk")

    def kinds_of(self, diagnosis: str) -> tuple[Kind, ...]:
        """The kinds of one diagnosis, in file order."""
        return tuple(k for k in self.kinds if k.diagnosis == diagnosis)

    def number(self, quantity: str, child: str, state: str, cause: str) -> Number | None:
        """One number with its sources, or None where the model has none."""
        return self.numbers.get((quantity, child, state, cause))

    def value(self, quantity: str, child: str, state: str, cause: str, default: float) -> float:
        """The value of a number, or `default` where the model has none."""
        found = self.numbers.get((quantity, child, state, cause))
        return default if found is None else found.value

    def about(self, name: str) -> Iterator[Number]:
        """Every number that names this variable as child, cause or diagnosis."""
        for number in self.numbers.values():
            if name in (number.child, number.cause, number.cause.partition(".")[0]):
                yield number

    def with_prior(self, prior: PriorSet) -> Network:
        """The same network under another prior set, with that set's own links and no others.

        Raises `UnknownName` for a link that this network does not have.
        """
        numbers = {**self.numbers, **self.replaced}
        links = prior.links.get(self.region, {})
        for key in links.keys() - numbers.keys():
            known = {" ".join(k).strip() for k in numbers if k[:2] == key[:2]} or {
                " ".join(k[:2]) for k in numbers
            }
            raise UnknownName("link", " ".join(key).strip(), known, f"in {self.region}")
        return replace(
            self,
            prior=prior,
            numbers={**numbers, **links},
            replaced={key: numbers[key] for key in links},
        )

    def _repr_html_(self) -> str:
        rates: dict[str, float] = {}
        for (diagnosis, _), number in (
            self.prior.region(self.region) if self.prior else {}
        ).items():
            rates[diagnosis] = rates.get(diagnosis, 0.0) + number.value
        rows = [
            (d.label, bar(rates.get(d.id, 0.0)), percent(rates.get(d.id)),
             ", ".join(k.label for k in self.kinds_of(d.id)))
            for d in self.diagnoses
        ]  # fmt: skip
        setting = self.prior.label if self.prior else "no setting"
        note = (
            f"{len(self.findings)} findings, {len(self.risks)} risk factors, "
            f"{len(self.of_role('process'))} processes, {len(self.numbers):,} numbers."
        )
        title = f"{self.region}, {setting} (model {self.version})"
        return answer_html(title, ("Diagnosis", "", "Base rate", "Kinds"), rows, note)

    def to_pgmpy(self) -> DiscreteBayesianNetwork:
        """The network as a pgmpy model; see `bme_bayes.pgm.to_pgmpy`."""
        from bme_bayes.pgm import to_pgmpy

        return to_pgmpy(self)
