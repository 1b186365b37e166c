"""Choosing a case to learn from, or loading a file of one's own."""

from __future__ import annotations

import random

import streamlit as st

from bme_bayes.ui import teach_session as session
from bme_bayes.ui.guard import literal
from bme_bayes.ui.teach_cases import CaseFileError, TeachCase, from_file
from bme_bayes.ui.words import REGIONS

ANY = "any"
REGION, LEVEL, PICK, FILE = "teach_region", "teach_level", "teach_pick", "teach_file"
LEVELS = {
    ANY: "Any",
    "typical": "Typical",
    "atypical": "Atypical",
    "deceptive": "Deceptive",
}
MOST_MB = 2
EXAMPLE = (
    '{"region": "hip", "findings": {"age": 34, "sex": "female", "groin_pain": "present", '
    '"crp": "normal"},\n "diagnosis": "bmes", "confirmed_by": "MRI back to normal", '
    '"note": "What you would like to say at the end"}\n'
)


def draw() -> None:
    """The choice of a case."""
    st.markdown(
        "You are given the start of a real patient's story. Say what you think, ask for what you "
        "want to know next, and compare yourself with the model at each step."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Region",
            [ANY, *REGIONS],
            format_func=lambda r: REGIONS.get(r, "Any"),
            default=ANY,
            required=True,
            key=REGION,
            persist_state="session",
            wrap=True,
        )
        st.segmented_control(
            "Difficulty",
            list(LEVELS),
            format_func=LEVELS.__getitem__,
            default=ANY,
            required=True,
            key=LEVEL,
            persist_state="session",
            wrap=True,
        )
    found = [c for c in session.cases() if _fits(c)]
    if not found:
        st.info("No case fits. Choose another region or difficulty.")
    else:
        _start(found)
    _own_cases()


def _fits(case: TeachCase) -> bool:
    region, level = st.session_state.get(REGION), st.session_state.get(LEVEL)
    return region in (None, ANY, case.region) and level in (None, ANY, case.difficulty)


def _start(found: list[TeachCase]) -> None:
    by_title = {c.title: c for c in found}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.selectbox("Case", list(by_title), key=PICK, width=420)
        st.button(
            "Start this case",
            key="teach_start",
            icon=":material/play_arrow:",
            on_click=session.begin,
            args=(by_title[title],),
        )
        st.button(
            "Start any case",
            key="teach_any",
            icon=":material/shuffle:",
            help="A case of this choice that you have not played yet",
            on_click=_any,
            args=(found,),
        )
    st.caption(f"{len(found)} cases. Their order says nothing of the diagnosis.")


def _any(found: list[TeachCase]) -> None:
    played = st.session_state.get(session.PLAYED, frozenset())
    fresh = [c for c in found if c.title not in played] or found
    session.begin(random.choice(fresh))


def _own_cases() -> None:
    with st.expander("Teach with cases of your own", key="teach_own"):
        st.markdown(
            "Load a file with one case or many (JSON, JSON Lines or YAML). It stays on this "
            "computer. Each case needs a region, findings and a diagnosis; `confirmed_by`, "
            "`source` and `note` are shown at the end. The names are those of the tables under "
            "“Network and sources”. Put no names or dates of birth into it."
        )
        st.code(EXAMPLE, language="json")
        st.file_uploader(
            "Case file",
            type=["json", "jsonl", "ndjson", "yaml", "yml"],
            key=FILE,
            max_upload_size=MOST_MB,
            on_change=_load,
        )
        for fault in st.session_state.get("teach_faults", []):
            st.error(literal(fault))
        loaded = st.session_state.get(session.LOADED, ())
        if loaded:
            st.success(f"{len(loaded)} cases of your file are on the list above.")
            st.button("Back to the published cases", key="teach_unload", on_click=_unload)


def _load() -> None:
    file = st.session_state.get(FILE)
    st.session_state["teach_faults"] = []
    if file is None:
        return
    try:
        text = file.getvalue().decode("utf-8-sig")
        loaded = from_file(text, file.name.lower(), session.plain_network)
    except UnicodeDecodeError:
        st.session_state["teach_faults"] = ["The file is not text (UTF-8)."]
    except CaseFileError as error:
        st.session_state["teach_faults"] = error.faults
    else:
        st.session_state[session.LOADED] = loaded


def _unload() -> None:
    st.session_state[session.LOADED] = ()
    st.session_state["teach_faults"] = []
