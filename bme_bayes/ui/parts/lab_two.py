"""Two settings side by side: base rates with their intervals, who comes, and other links."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import Network, Number
from bme_bayes.priors import PriorSet
from bme_bayes.questions.words import percent
from bme_bayes.ui import charts, lab_session
from bme_bayes.ui.guard import chart, literal
from bme_bayes.ui.lab_charts import Range, interval_chart, rate_rows
from bme_bayes.ui.number_table import among, shown, state_words
from bme_bayes.ui.parts.lab_tables import table

HEAD = "Diagnosis"


def draw(region: str, setting: str, baseline: str) -> None:
    """The setting beside the one that it is compared with."""
    priors = (lab_session.prior_of(baseline), lab_session.prior_of(setting))
    labels = lab_session.every_label()
    names = [labels[s] for s in (baseline, setting)]
    if setting == baseline:
        st.markdown("Choose two different settings above to see them side by side.")
        return
    network = lab_session.network_of(region, setting)
    st.markdown(
        f"Circle and upper line: **{literal(names[0])}**. Square and lower line: "
        f"**{literal(names[1])}**."
    )
    rows = rate_rows(network, *(p.region(region) for p in priors))
    spec = interval_chart(
        rows, ["before", "after"], "Base rates with 95 % intervals",
        charts.palette(st.context.theme.type),
    )  # fmt: skip
    chart(spec, "lab_two_chart")
    heads = [f"{n} (95 %)" for n in names]
    cells = [[r.name, *(_words(x) for x in r.ranges.values())] for r in rows]
    with st.expander("Base rates as a table", key="lab_two_rates"):
        table([HEAD, *heads], cells)
    mix = _mix_rows(network, priors)
    with st.expander(f"Who comes ({len(mix)} shares differ)", key="lab_two_mix"):
        table(["Of", *heads], mix) if mix else st.markdown("The same people.")
    links = _link_rows(network, priors)
    with st.expander(f"Links ({len(links)} differ)", key="lab_two_links"):
        table(["Link", *names], links) if links else st.markdown("The same links.")


def _mix_rows(network: Network, priors: tuple[PriorSet, PriorSet]) -> list[list[str]]:
    rows = []
    for key in {**priors[0].mix, **priors[1].mix}:
        pair = [p.mix.get(key) for p in priors]
        if key[0] in network.variables and _value(pair[0]) != _value(pair[1]):
            variable = network.variables[key[0]]
            words = f"{variable.label}: {variable.state_label(key[1])}"
            rows.append([words, *("–" if n is None else shown(n) for n in pair)])
    return rows


def _link_rows(network: Network, priors: tuple[PriorSet, PriorSet]) -> list[list[str]]:
    """The links that are other ones in one of both; where a set has none, as bundled."""
    own = [p.links.get(network.region, {}) for p in priors]
    rows = []
    for key in {**own[0], **own[1]}:
        bundled = network.replaced.get(key) or network.numbers[key]
        pair = [links.get(key, bundled) for links in own]
        what = f"{network.variables[key[1]].label}: {state_words(network, bundled)}"
        words = f"{what}, among: {among(network, bundled)}"
        rows.append([words, *(shown(n) for n in pair)])
    return rows


def _value(number: Number | None) -> float | None:
    return None if number is None else number.value


def _words(found: Range) -> str:
    return f"{percent(found.value)} ({percent(found.low)} to {percent(found.high)})"
