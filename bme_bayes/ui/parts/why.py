"""Why: what speaks for and against one diagnosis, with its sources, and whether findings fit."""

from __future__ import annotations

import math
from collections.abc import Mapping

import streamlit as st

from bme_bayes.engine import Engine
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.questions.conflict import UNUSUAL
from bme_bayes.questions.explain import Weighing
from bme_bayes.questions.words import in_sentence, of_100
from bme_bayes.ui import background, certainty, charts, session
from bme_bayes.ui.guard import literal
from bme_bayes.ui.model import Model
from bme_bayes.ui.parts import answer
from bme_bayes.ui.parts.references import references
from bme_bayes.ui.reason_charts import weights_spec
from bme_bayes.ui.words import short

LEADING = "leading"
SHOWN = 12


def draw(model: Model, used: Mapping[str, str], now: Posterior) -> None:
    """The findings for and against the chosen diagnosis."""
    diagnosis = chosen(now, "why_for", "What speaks for and against")
    if not used:
        st.caption("Nothing has been entered yet: only the base rates of the setting speak.")
        return
    with st.spinner("Weighing the findings …"):
        weighing = model.ask("explain", used, Engine.explain, diagnosis)
    name = short(diagnosis, now.labels)
    st.markdown(course(weighing, name))
    if weighing.findings:
        colors = charts.palette(st.context.theme.type)
        spec = weights_spec(weighing, SHOWN, in_sentence(name), colors)
        session.chart(spec, "weights")
        st.caption(
            "Each bar: what the finding multiplies (×) or divides (÷) the odds by, given all the "
            "other findings. To the right it speaks for, to the left against."
        )
        box = st.expander("In words, with sources", key="why_words", on_change="rerun")
        if box.open:
            with box:
                _words(weighing, model.network)
    _fit(model, used)


def chosen(now: Posterior, key: str, label: str) -> str:
    """A diagnosis to be chosen; the leading one at first."""
    options = [LEADING, *now.diagnoses]
    if st.session_state.get(key) not in options:
        st.session_state[key] = LEADING
    found = st.selectbox(
        label,
        options,
        format_func=lambda d: (
            f"The leading one: {in_sentence(short(now.leader, now.labels))}"
            if d == LEADING
            else short(d, now.labels)
        ),
        key=key,
        persist_state="session",
        width=360,
    )
    return now.leader if found not in now.diagnoses else str(found)


def course(weighing: Weighing, name: str) -> str:
    """From the base rate to the present probability, in a sentence."""
    before = 1 / (1 + math.exp(-weighing.before))
    return (
        f"**{name}** was present in {of_100(before)} before any finding, in this setting; with "
        f"all findings it is present in {of_100(weighing.present)}."
    )


def _words(weighing: Weighing, network: Network) -> None:
    """Every finding in a sentence, with the numbers of its sources in the list below them."""
    keys = list(dict.fromkeys(s for f in weighing.findings for s in f.sources))
    said = []
    for finding in weighing.findings:
        head, _, rest = finding.words.partition(". ")
        numbers = ", ".join(str(keys.index(s) + 1) for s in finding.sources)
        said.append(f"**{literal(head)}.** {literal(rest)} (Sources: {numbers or 'none named'})")
    st.markdown("\n\n".join(said))
    st.markdown(f"**Sources**\n\n{references(network, keys, numbered=True)}")


def _fit(model: Model, used: Mapping[str, str]) -> None:
    """Whether the findings fit together, once that is worked out beside the page."""
    job = certainty.job(model, used)
    found = background.finished(job)
    if found and found.fit:
        if found.fit.verdict == UNUSUAL:
            st.warning(answer.unusual(found.fit), icon=":material/help:")
        else:
            odd = of_100(found.fit.as_odd)
            st.caption(
                f"Not unusual under this model: {odd} patients of it have findings as odd as "
                "these or odder. That makes no diagnosis safe."
            )
    background.look_again(job, "fit_later")
