"""Lesson: how common something is decides what a result means."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import Variable
from bme_bayes.questions.words import in_sentence, of_100
from bme_bayes.ui import charts
from bme_bayes.ui.guard import chart
from bme_bayes.ui.lesson_charts import PEOPLE, crowd, tree
from bme_bayes.ui.lesson_numbers import Meeting, meeting
from bme_bayes.ui.model import model, setting_labels
from bme_bayes.ui.words import answer, finding_and_answer, short

EXAMPLES = {
    "High CRP and infection": ("hip", "infection", "crp", "markedly_raised"),
    "Night pain and tumour": ("hip", "malignancy", "night_pain", "present"),
    "Steroids and osteonecrosis": ("hip", "avn", "corticosteroids", "present"),
    "Training jump and stress injury": (
        "ankle_foot",
        "bone_stress_injury",
        "training_jump",
        "present",
    ),
    "Fracture line under the joint and SIFK": (
        "knee",
        "sifk",
        "subchondral_fracture_line",
        "present",
    ),
}
GUESS, SHOWN, EXAMPLE = "lesson_rate_guess", "lesson_rate_shown", "lesson_rate_example"


def draw() -> None:
    """Guess what a result means, then count people."""
    st.subheader("How common is it? Then: what does the result mean?", anchor=False)
    labels = setting_labels()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Example", list(EXAMPLES), key=EXAMPLE, persist_state="session", on_change=_hide
        )
        setting = st.selectbox(
            "Where the patients are seen",
            list(labels),
            format_func=labels.__getitem__,
            key="lesson_rate_setting",
            persist_state="session",
        )
    region, diagnosis, finding, state = EXAMPLES[name]
    current = model(region, setting)
    found = meeting(current.engine, {}, diagnosis, finding, state)
    variable = current.network.variable(finding)
    names = {v.id: v.label for v in current.network.diagnoses}
    label, result = in_sentence(short(diagnosis, names)), finding_and_answer(variable, state)
    st.markdown(
        f"In this setting **{of_100(found.present)}** people with marrow edema have {label}. "
        f"Of those who have it, {of_100(found.with_it)} have this result "
        f"(**{result}**); of those who do not, {of_100(found.without_it)} have it too."
    )
    st.slider(
        f"Your guess: of 100 people with this result, how many have {label}?",
        0,
        100,
        50,
        key=GUESS,
        persist_state="session",
    )
    st.button("Count the people", key="lesson_rate_show", on_click=_show)
    if st.session_state.get(SHOWN):
        _counted(found, label, _result(variable, state))


def _counted(found: Meeting, label: str, result: str) -> None:
    both, _, false, _ = found.of(PEOPLE)
    guess = st.session_state[GUESS]
    colors = charts.palette(st.context.theme.type)
    left, right = st.columns(2, gap="large")
    with left:
        chart(tree(found, label, colors), "lesson_tree")
    with right:
        chart(crowd(found, label, result, colors), "lesson_crowd")
    all_with = both + false
    st.markdown(
        f"**{all_with}** people have the result ({both} + {false}), and **{both}** of these have "
        f"{label}: about **{of_100(found.after)}**. You said {guess} of 100."
    )
    st.info(
        "Who looks only at how often the disease shows the result forgets the many people "
        "without the disease who show it too. Change where the patients are seen: the result is "
        "the same, and it means something else."
    )


def _result(variable: Variable, state: str) -> str:
    """A result in a few words: the finding alone where it is simply present."""
    if state == "present":
        return in_sentence(variable.label)
    return f"{variable.label} {in_sentence(answer(variable, state))}"


def _show() -> None:
    st.session_state[SHOWN] = True


def _hide() -> None:
    st.session_state[SHOWN] = False
