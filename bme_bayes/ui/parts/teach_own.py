"""Cases of a teacher's own: a file to fill in, a file of what is entered, and loading one."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import REGIONS
from bme_bayes.reading import region_label
from bme_bayes.ui import session as explorer
from bme_bayes.ui import state, teach_writing
from bme_bayes.ui import teach_session as session
from bme_bayes.ui.guard import literal
from bme_bayes.ui.model import model
from bme_bayes.ui.state import DEFAULT_SETTING
from bme_bayes.ui.teach_cases import CaseFileError, from_file
from bme_bayes.ui.words import short

FILE, FAULTS = "teach_file", "teach_faults"
MOST_MB = 2
TOLD = {"confirmed_by": "Confirmed by", "source": "Source", "note": "What you would like to say"}


def draw() -> None:
    """Three steps in an expander: write, load, play."""
    with st.expander("Teach with cases of your own", key="teach_own"):
        st.markdown(
            "Write a case file and load it here. It stays on this computer. Put no names or dates "
            "of birth into it."
        )
        left, right = st.columns(2, gap="large")
        with left:
            _template()
        with right:
            _entered()
        _load_one()


def _template() -> None:
    """A file in which everything that can be said of a region stands as a comment."""
    st.markdown("**Write: fill in a template**")
    st.markdown(
        "A text file (YAML) that names every finding and its answers. Take away the “#” before "
        "what is known; the rest stays unknown."
    )
    region = st.selectbox(
        "Region of the case",
        list(REGIONS.values()),
        format_func=region_label,
        key="teach_template_region",
        width=240,
    )
    st.download_button(
        "Template",
        teach_writing.template(session.plain_network(region), DEFAULT_SETTING),
        file_name=f"case_{region}.yaml",
        mime="application/yaml",
        key="teach_template",
        icon=":material/download:",
    )


def _entered() -> None:
    """A file of what is entered in the explorer now."""
    st.markdown("**Or: take what is entered in the explorer**")
    case = explorer.explorer().case
    network = model(case.region, case.setting).network
    count = len(state.split(case, network).used)
    if not count:
        st.markdown("Nothing is entered there now. Enter a patient, then come back.")
        return
    st.markdown(
        f"{region_label(case.region)}, {count} findings. Add the diagnosis and what you know."
    )
    labels = {v.id: v.label for v in network.diagnoses}
    diagnosis = st.selectbox(
        "Confirmed diagnosis",
        list(labels),
        index=None,
        format_func=lambda d: short(d, labels),
        key="teach_write_diagnosis",
    )
    told = {name: st.text_input(label, key=f"teach_{name}") for name, label in TOLD.items()}
    text = teach_writing.written(network, case, diagnosis or "", told)
    with st.container(horizontal=True):
        st.download_button(
            "Case file",
            text,
            file_name=f"case_{case.region}.json",
            mime="application/json",
            key="teach_write",
            icon=":material/download:",
            disabled=not diagnosis,
        )
        st.button(
            "Use it now",
            key="teach_use",
            on_click=_take,
            args=(text, "case.json"),
            disabled=not diagnosis,
        )


def _load_one() -> None:
    st.file_uploader(
        "Load a case file (YAML, JSON or JSON Lines; one case or many)",
        type=["json", "jsonl", "ndjson", "yaml", "yml"],
        key=FILE,
        max_upload_size=MOST_MB,
        on_change=_load,
    )
    name, faults = st.session_state.get(FAULTS, ("", []))
    if faults:
        lines = "\n".join(f"- {literal(fault)}" for fault in faults)
        st.error(lines, title=f"{literal(name)} was not loaded", icon=":material/error:")
    loaded = st.session_state.get(session.LOADED, ())
    if loaded:
        many = f"{len(loaded)} cases of yours are" if len(loaded) > 1 else "Your case is"
        st.success(f"{many} in the list above, in place of the published ones.")
        st.button("Back to the published cases", key="teach_unload", on_click=_unload)


def _load() -> None:
    file = st.session_state.get(FILE)
    st.session_state.pop(FAULTS, None)
    if file is None:
        return
    try:
        _take(file.getvalue().decode("utf-8-sig"), file.name)
    except UnicodeDecodeError:
        st.session_state[FAULTS] = (file.name, ["It is not text (UTF-8)."])


def _take(text: str, name: str) -> None:
    """Callback: the cases of a file's text come in place of the published ones."""
    try:
        cases = from_file(text, name.lower(), session.plain_network)
    except CaseFileError as error:
        st.session_state[FAULTS] = (name, error.faults)
    else:
        st.session_state[session.LOADED] = cases
        st.session_state.pop(FAULTS, None)


def _unload() -> None:
    st.session_state[session.LOADED] = ()
    st.session_state.pop(FAULTS, None)
