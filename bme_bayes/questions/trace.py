"""Says who? From a number of the model to its claims, populations and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bme_bayes.errors import UnknownName
from bme_bayes.network import NONE, Network, Number, Variable
from bme_bayes.questions.claim_uses import Uses, patients, read_uses, use_of
from bme_bayes.questions.words import in_sentence, short
from bme_bayes.reading import read_claims
from bme_bayes.sources import Claim, Source


@dataclass(frozen=True, slots=True)
class TracedClaim:
    """A published figure behind a number, with its source and what was made of it.

    `weight` is the number of patients it counts for when it is pooled (`sources.weight`: how many
    it had, times how far they are the patients in question, with its limits); `reason` says why.
    Both are blank where nothing says what was made of the claim for this number.
    """

    claim: Claim
    source: Source | None
    weight: str
    reason: str


@dataclass(frozen=True, slots=True)
class Traced:
    """One number, in words, with all that it rests on; sources without a claim come last."""

    number: Number
    region: str
    words: str
    claims: tuple[TracedClaim, ...]
    others: tuple[Source, ...]


def trace(network: Network, name: str, state: str = "", cause: str = "") -> tuple[Traced, ...]:
    """Every number of one region that is about a variable, with its claims and sources.

    Parameters: `name` a variable; `state` one of its states (all when empty); `cause` a
    diagnosis, one of its kinds or public states as `diagnosis.kind`, or `none` (all when
    empty). Base rates come from the network's prior set. Raises `UnknownName`.
    """
    variable = network.variable(name)
    if state:
        variable.state_index(state)
    causes = _causes(network, cause)
    claims, uses = read_claims(), read_uses()
    found = [
        n
        for n in _numbers(network, variable)
        if (not state or n.state == state) and (causes is None or n.cause in causes)
    ]
    return tuple(_traced(network, n, claims, uses) for n in found)


def _causes(network: Network, cause: str) -> set[str] | None:
    """The causes that a name stands for; None for all."""
    if not cause:
        return None
    names: dict[str, set[str]] = {NONE: {NONE}}
    for kind in network.kinds:
        for known in (kind.diagnosis, f"{kind.diagnosis}.{kind.grade}", kind.cause):
            names.setdefault(known, set()).add(kind.cause)
    if cause not in names:
        raise UnknownName("cause", cause, names, f"in {network.region}")
    return names[cause]


def _numbers(network: Network, variable: Variable) -> Iterator[Number]:
    for number in network.numbers.values():
        if number.child == variable.id:
            yield number
    prior = network.prior
    if prior is not None:
        for rates in (prior.region(network.region), prior.mix):
            yield from (n for n in rates.values() if n.child == variable.id)


def _traced(
    network: Network,
    number: Number,
    claims: dict[str, Claim],
    uses: Uses,
) -> Traced:
    traced = []
    for key in number.claims:
        if key in claims:
            use, claim = use_of(key, number, network, uses), claims[key]
            weight = f"{patients(use, number):.3g}" if use else ""
            reason = use["reason"] if use else ""
            traced.append(TracedClaim(claim, network.sources.get(claim.source), weight, reason))
    shown = {t.claim.source for t in traced}
    others = tuple(
        network.sources[s] for s in number.sources if s in network.sources and s not in shown
    )
    return Traced(number, network.region, _words(network, number), tuple(traced), others)


def _words(network: Network, number: Number) -> str:
    """What a number is about, as a sentence part."""
    variable = network.variable(number.child)
    state = variable.state_label(number.state) if number.state in variable.states else number.state
    name = short(variable.label) if variable.role == "diagnosis" else variable.label
    label = in_sentence(name)
    what = f"{label}: {state}" if state else label
    named = (*((k.cause, k.label) for k in network.kinds),
             *((v.id, v.label) for v in network.of_role("process")))  # fmt: skip
    labels = {NONE: "none of the diagnoses"} | {name: in_sentence(text) for name, text in named}
    kind = f"{number.child}.{number.state}"
    cause = labels.get(number.cause, number.cause.replace("age_band.", "age ").replace("sex.", ""))
    return {
        "frequency": f"Frequency of {what}, in {cause}",
        "odds_ratio": f"Odds ratio of {cause}, given {what}",
        "share": f"Share {what}, among {cause}",
        "multiplier": f"Odds of {what}, in {cause}, against the reference group",
        "kind_share": f"Starting share of {labels.get(kind, state)} within {label}, {cause}",
        "coupling": f"Log-odds that tie {label} to {cause}",
    }.get(number.quantity, f"Share with {what} in this setting")
