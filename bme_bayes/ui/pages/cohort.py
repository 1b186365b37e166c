"""The Cohort page: a table of patients in, probabilities out, scored where the truth is known."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import REGIONS
from bme_bayes.ui.guard import DISCLAIMER, guarded
from bme_bayes.ui.model import model
from bme_bayes.ui.parts import cohort_evaluation, cohort_results, cohort_upload
from bme_bayes.ui.words import short


def _draw() -> None:
    region, setting = cohort_upload.choose()
    answers = cohort_upload.upload(region, setting)
    if answers is None:
        return
    used = REGIONS.values() if answers.plan.by_row else [region]
    labels = {d.id: d.label for r in used for d in model(r, setting).network.diagnoses}
    names = {d: short(d, labels) for d in labels}
    guarded(cohort_results.draw, answers, names)
    if answers.inspection.known and answers.rows:
        guarded(cohort_evaluation.draw, answers, names)


st.title("Cohort", anchor=False)
st.markdown("A whole table of patients at once: for research, audit, and for testing the model.")
guarded(_draw)
st.caption(DISCLAIMER)
