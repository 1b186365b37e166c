"""A cohort's answers against its known diagnoses: scores, ranks, calibration, net benefit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import streamlit as st

from bme_bayes.evaluation.calibration import Calibration, calibrate
from bme_bayes.evaluation.decision_curve import decision_curve
from bme_bayes.evaluation.outcomes import LEADER, pairs
from bme_bayes.evaluation.scores import Scored
from bme_bayes.questions.words import in_sentence, of_100
from bme_bayes.ui import charts, cohort_scores
from bme_bayes.ui.cohort_scores import LEAST, Labelled
from bme_bayes.ui.cohort_table import Answers
from bme_bayes.ui.guard import chart, literal
from bme_bayes.ui.parts.cohort_upload import EVALUATED
from bme_bayes.ui.score_charts import calibration_spec, decision_spec

ABOUT = "cohort_about"
NAMED = 8
METRICS = {
    "top1": ("Ranked first", "Share of patients whose known diagnosis led.", True),
    "top3": ("In the first three", "Share with the known diagnosis among the first three.", True),
    "must_not_miss": ("Not missed", "Share of dangerous diagnoses given 5 of 100 or more.", True),
    "brier": ("Brier score", "Squared error over all diagnoses, 0 to 2; less is better.", False),
    "log_loss": ("Log-loss", "Mean -ln of the known diagnosis' share; less is better.", False),
}


@dataclass(frozen=True)
class Kept:
    """What was worked out of the answers, kept in the session: it takes seconds."""

    answers: Answers
    found: Labelled
    scored: Scored | None
    fits: dict[str, Calibration]


def draw(answers: Answers, names: dict[str, str]) -> None:
    """Everything that known diagnoses allow to be said."""
    st.subheader("Against the known diagnoses", anchor=False)
    kept = _kept(answers)
    _faults(kept.found)
    if kept.scored is None:
        st.info(
            f"Patients with a known diagnosis that can be used: {len(kept.found.cases)}; "
            f"{LEAST} or more are needed for scores."
        )
        return
    _scores(kept.scored)
    st.dataframe(
        cohort_scores.ranks(kept.found, names),
        hide_index=True,
        column_config={
            "Mean main cause": st.column_config.NumberColumn(
                format="%.0f %%", help="Mean share given to the known diagnosis."
            )
        },
        alt="Table of known diagnoses: how many patients, ranked first, in the first three.",
    )
    _plots(kept, names)


def _kept(answers: Answers) -> Kept:
    kept: Kept | None = st.session_state.get(EVALUATED)
    if kept is None or kept.answers is not answers:
        with st.spinner("Comparing with the known diagnoses …"):
            found = cohort_scores.labelled(answers)
            enough = len(found.cases) >= LEAST
            scored = cohort_scores.overall(found)["all"] if enough else None
        kept = Kept(answers, found, scored, {})
        st.session_state[EVALUATED] = kept
    return kept


def _faults(found: Labelled) -> None:
    if not found.faults:
        return
    lines = [f"- Row {row}, {column}: {literal(said)}" for row, column, said in found.faults]
    more = len(lines) - NAMED
    lines = lines[:NAMED] + ([f"- and {more} more"] if more > 0 else [])
    st.warning("\n".join(lines), title="Known diagnoses that were not used", icon=":material/help:")


def _scores(scored: Scored) -> None:
    with st.container(horizontal=True, gap="medium"):
        for key, (label, told, share) in METRICS.items():
            value = scored.score[key]
            known = not math.isnan(value)
            shown = "–" if not known else f"{value:.0%}" if share else f"{value:.2f}"
            with st.container(width=150):
                st.metric(label, shown, help=told)
                if known and key in scored.low:
                    st.caption(_range(scored.low[key], scored.high[key], share))
    st.caption(
        f"{scored.n} patients; below each figure its 95 % interval. The model was not made for "
        "these patients: judge it by them."
    )


def _range(low: float, high: float, share: bool) -> str:
    return f"{low:.0%} to {high:.0%}" if share else f"{low:.2f} to {high:.2f}"


def _plots(kept: Kept, names: dict[str, str]) -> None:
    found = kept.found
    known = {c.diagnosis for c in found.cases} | {d for c in found.cases for d in c.also}
    about = st.selectbox(
        "Calibration of",
        [LEADER, *sorted(known, key=lambda d: names.get(d, d))],
        format_func=lambda d: "The leading cause" if d == LEADER else names.get(d, d),
        key=ABOUT,
        persist_state="session",
        width=340,
        help="For one diagnosis: was it present? For the leading cause: was it the right one?",
    )
    said, seen = pairs(found.cases, found.answers, about)
    colors = charts.palette(st.context.theme.type)
    if about not in kept.fits:
        kept.fits[about] = calibrate(said, seen, rng=np.random.default_rng(1))
    fit = kept.fits[about]
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Was it as likely as was said?**")
        chart(calibration_spec(fit, colors), f"cohort_calibration_{about}")
        st.caption(
            f"Mean of what was said: {of_100(fit.mean_said)}; it was so in {of_100(fit.rate)}. "
            "Points: groups of like patients, with 95 % intervals. Dashed: perfection."
        )
    with right:
        name = "trusting it" if about == LEADER else f"acting on {in_sentence(names[about])}"
        st.markdown("**Was it worth acting on?**")
        chart(decision_spec(decision_curve({"this model": said}, seen), colors, name),
              f"cohort_decision_{about}")  # fmt: skip
        st.caption(
            "Net benefit a patient of acting where the model says so, against acting on all or "
            "on none; higher is better."
        )
    if len(said) < 100:
        st.caption(f"{len(said)} patients are few: read shapes, not wiggles.")
