"""Every number of a region in words, to be searched and read. Pure: no Streamlit."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from bme_bayes.network import NONE, Network, Number
from bme_bayes.questions.words import percent
from bme_bayes.ui.cards import address, brief
from bme_bayes.ui.words import short

QUANTITIES = {
    "frequency": "How often it is seen",
    "odds_ratio": "Odds ratio of a risk",
    "share": "Share of patients",
    "multiplier": "Odds by age and sex",
    "kind_share": "Starting share of a kind",
    "coupling": "Findings that move together",
    "base_rate": "Base rate in the setting",
}
BASES = {
    "published": "Published",
    "both": "Published and estimated",
    "elicited": "Estimated",
    "local": "Local",
}
GRADES = {
    "published": "Grade: published. Pooled from published figures.",
    "both": "Grade: published and estimated. Published figures, and structured judgement.",
    "elicited": "Grade: estimated. Structured judgement alone; no published figure was found.",
    "local": "Grade: local. From a clinic's own patients, or entered by a researcher.",
}
ODDS = ("odds_ratio", "multiplier", "coupling")
COLUMNS = ["what", "state", "among", "value", "low", "high", "n", "basis", "sources", "link",
           "kind", "note"]  # fmt: skip


def all_numbers(network: Network) -> Iterator[Number]:
    """The numbers of the region, and the base rates and case mix of its setting."""
    yield from network.numbers.values()
    if network.prior:
        yield from network.prior.region(network.region).values()
        yield from network.prior.mix.values()


def among(network: Network, number: Number) -> str:
    """The patients that a number is about, or what it is measured against."""
    cause = number.cause
    if not cause:
        return "All patients of the setting"
    if cause == NONE:
        return "None of the diagnoses"
    if cause == "reference":
        return "All patients (reference setting)"
    name, _, part = cause.partition(".")
    variable = network.variables.get(name)
    if number.quantity == "kind_share" or variable is None:
        own = network.variables.get(number.child)
        stage = own is not None and len(own.states) > 2 and cause in own.states
        return f"All with it: {own.state_label(cause)}" if own and stage else "All with it"
    if variable.role == "diagnosis":
        labels = {v.id: v.label for v in network.diagnoses}
        kinds = {k.cause: k.label for k in network.kinds}
        return f"{short(name, labels)}: {kinds.get(cause, part.replace('_', ' '))}"
    if part in variable.states:
        return f"{variable.label}: {variable.state_label(part)}"
    return variable.label


def state_words(network: Network, number: Number) -> str:
    """The state that a number is about; for a share of a kind, the kind."""
    kinds = {(k.diagnosis, k.id): k.label for k in network.kinds}
    variable = network.variables.get(number.child)
    if (number.child, number.state) in kinds and number.quantity == "kind_share":
        return kinds[number.child, number.state]
    if variable and number.state in variable.states:
        return variable.state_label(number.state)
    return number.state.replace("_", " ")


def key_of(number: Number) -> str:
    """What a number is searched by when no other may be found with it."""
    return f"[{number.quantity}:{number.child}:{number.state}:{number.cause}]"


def heading(network: Network, number: Number) -> str:
    """What a number is of: the variable, and its state where there is one."""
    variable = network.variables.get(number.child)
    label = variable.label if variable else number.child
    state = state_words(network, number)
    return f"{label}: {state}" if state else label


def table(network: Network) -> pd.DataFrame:
    """A row a number: what, among whom, value, interval, weight, basis, sources, note.

    The column `text` holds everything that can be searched.
    """
    rows = [(*row, " ".join(map(str, (*row, *words))).casefold()) for row, words in _rows(network)]
    return pd.DataFrame(rows, columns=[*COLUMNS, "text"])


def _rows(network: Network) -> Iterator[tuple[tuple[object, ...], tuple[str, ...]]]:
    """Each number's cells, and further words that it can be found by."""
    for number in all_numbers(network):
        sources = [network.sources[s] for s in number.sources if s in network.sources]
        links = [a for a in map(address, sources) if a]
        variable = network.variables.get(number.child)
        row = (
            variable.label if variable else number.child,
            state_words(network, number),
            among(network, number),
            number.value,
            number.low,
            number.high,
            number.n,
            BASES.get(number.basis, number.basis),
            "; ".join(map(brief, sources)),
            links[0] if links else "",
            QUANTITIES.get(number.quantity, number.quantity),
            number.note,
        )
        synonyms = variable.synonyms if variable else ()
        yield row, (key_of(number), *number.sources, *synonyms)


def matching(rows: pd.DataFrame, words: str) -> pd.DataFrame:
    """The rows in whose texts every word occurs."""
    keep = pd.Series(True, index=rows.index)
    for word in words.casefold().split():
        keep &= rows["text"].str.contains(word, regex=False)
    return rows[keep]


def shown(number: Number) -> str:
    """A number with its interval, as a percentage or as odds."""
    if number.quantity in ODDS:
        return f"{number.value:.2g} ({number.low:.2g} to {number.high:.2g})"
    return f"{percent(number.value)} ({100 * number.low:.0f} to {100 * number.high:.0f})"


def by_cause(network: Network, name: str) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a readable table: for each kind of patient, each state's number."""
    variable = network.variable(name)
    about = [n for n in all_numbers(network) if n.child == name and n.quantity != "coupling"]
    about.sort(key=lambda n: n.quantity != "base_rate")
    states = [s for s in variable.states if any(n.state == s for n in about)]
    cells: dict[str, dict[str, Number]] = {}
    for number in about:
        cells.setdefault(among(network, number), {})[number.state] = number
    head = ["Among", *(variable.state_label(s) for s in states), "Rests on"]
    rows = []
    for cause, found in cells.items():
        figures = [shown(found[s]) if s in found else "" for s in states]
        rows.append([cause, *figures, rests_on(list(found.values()))])
    return head, rows


def of_diagnosis(network: Network, name: str) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a diagnosis: base rates in the setting, then the shares of its kinds."""
    about = [n for n in all_numbers(network) if n.child == name]
    about.sort(key=lambda n: n.quantity != "base_rate")
    rows = [[among(network, n), state_words(network, n), shown(n), rests_on([n])] for n in about]
    return ["Among", "Share of", "Value", "Rests on"], rows


def rests_on(numbers: Collection[Number]) -> str:
    """The grades of some numbers and the patients that they count for, from least to most."""
    grades = sorted({BASES.get(n.basis, n.basis) for n in numbers})
    weights = sorted({round(n.n) for n in numbers})
    span = f"{weights[0]} to {weights[-1]}" if weights[1:] else str(weights[0])
    many = "patient" if span == "1" else "patients"
    return f"{'; '.join(grades)}, weight of {span} {many}"
