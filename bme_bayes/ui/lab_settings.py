"""Prior sets of one's own: copied, edited, undone. They live in one browser session only.

Pure functions and frozen data; no Streamlit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from bme_bayes.network import Network, Number, NumberKey
from bme_bayes.priors import PriorSet

OWN = "own:"
MOST = 12
STEPS_KEPT = 50
LONGEST = 60


@dataclass(frozen=True)
class Own:
    """A prior set of one's own, the bundled setting it is held against, and what it was before."""

    prior: PriorSet
    origin: str
    past: tuple[PriorSet, ...] = ()


def is_own(setting: str) -> bool:
    """Whether the name of a setting is that of a set of one's own."""
    return setting.startswith(OWN)


def key_of(prior: PriorSet) -> str:
    """The name under which a set of one's own is chosen, apart from all bundled ones."""
    return OWN + prior.name


def file_name(label: str, taken: Collection[str]) -> str:
    """A name for a label that is good as a file's name and not taken."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", plain.casefold()).strip("_")[:LONGEST] or "setting"
    number, found = 2, name
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found


def named(prior: PriorSet, label: str, taken: Collection[str]) -> PriorSet:
    """The set under a label; its name is made from it."""
    words = " ".join(label.split())[:LONGEST] or prior.label
    return replace(prior, name=file_name(words, taken), label=words)


def copied(prior: PriorSet, label: str, taken: Collection[str]) -> PriorSet:
    """A copy to be edited, which says where it comes from."""
    told = "; ".join(t for t in (prior.provenance, f"copied from {prior.name}") if t)
    return replace(named(prior, label, taken), provenance=told)


def changed(own: Own, prior: PriorSet) -> Own:
    """The set with other numbers; `undone` brings the former ones back."""
    if prior == own.prior:
        return own
    return replace(own, prior=prior, past=(*own.past, own.prior)[-STEPS_KEPT:])


def undone(own: Own) -> Own:
    """The set before the last change, under the name it has now."""
    if not own.past:
        return own
    before = replace(own.past[-1], name=own.prior.name, label=own.prior.label)
    return replace(own, prior=before, past=own.past[:-1])


def with_base(prior: PriorSet, region: str, numbers: Iterable[Number]) -> PriorSet:
    """The set with other base rates in one region."""
    rates = {(n.child, n.state): n for n in numbers}
    return replace(prior, base={**prior.base, region: {**prior.base[region], **rates}})


def with_mix(prior: PriorSet, numbers: Iterable[Number]) -> PriorSet:
    """The set with another case mix."""
    return replace(prior, mix={**prior.mix, **{(n.child, n.state): n for n in numbers}})


def with_links(prior: PriorSet, network: Network, numbers: Iterable[Number]) -> PriorSet:
    """The set with other links in the network's region; one that is as bundled is none."""
    links = dict(prior.links.get(network.region, {}))
    for number in numbers:
        key = number_key(number)
        if number == bundled_link(network, key):
            links.pop(key, None)
        else:
            links[key] = number
    every = {**prior.links, network.region: links}
    return replace(prior, links={region: own for region, own in every.items() if own})


def number_key(number: Number) -> NumberKey:
    """What names a number of the network."""
    return number.quantity, number.child, number.state, number.cause


def bundled_link(network: Network, key: NumberKey) -> Number:
    """A number as it is without the links of any prior set."""
    return network.replaced[key] if key in network.replaced else network.numbers[key]


def moved(before: PriorSet, after: PriorSet, region: str) -> int:
    """How many numbers of a region differ between two sets."""
    return (
        _differing(before.region(region), after.region(region))
        + _differing(before.mix, after.mix)
        + _differing(before.links.get(region, {}), after.links.get(region, {}))
    )


Key = TypeVar("Key", bound=tuple[str, ...])


def _differing(one: Mapping[Key, Number], other: Mapping[Key, Number]) -> int:
    return sum(_figures(one.get(k)) != _figures(other.get(k)) for k in {**one, **other})


def _figures(number: Number | None) -> tuple[float, ...] | None:
    return None if number is None else (number.value, number.low, number.high, number.n)
