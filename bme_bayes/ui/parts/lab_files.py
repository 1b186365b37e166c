"""A prior set saved as a file, and loaded back."""

from __future__ import annotations

import streamlit as st

from bme_bayes.ui import lab_files, lab_session
from bme_bayes.ui.failures import note
from bme_bayes.ui.guard import literal
from bme_bayes.ui.lab_files import MOST_BYTES, PriorFileError
from bme_bayes.ui.lab_settings import MOST
from bme_bayes.ui.state import DEFAULT_SETTING
from bme_bayes.writing import dump_prior

FILE, FAULTS, TOLD = "lab_file", "lab_file_faults", "lab_file_told"
LONGEST = 400


def draw(_: str, setting: str, __: str) -> None:
    """Download and upload side by side."""
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True):
        _save(setting)
    with right, st.container(border=True):
        _load()


def _save(setting: str) -> None:
    prior = lab_session.prior_of(setting)
    st.subheader("Save", anchor=False)
    links = sum(map(len, prior.links.values()))
    carried = f", and {links} links of its own" if links else ""
    st.markdown(
        f"**{literal(prior.label)}** with the base rates of all regions, its case mix{carried}. "
        "The file loads back here to the same numbers, and into the command line and Python:"
    )
    file = f"{prior.name}.yaml"
    st.code(f"bme-bayes posterior case.yaml --setting {file}", language="bash", wrap_lines=True)
    st.code(f'bb.load("hip", setting=Path("{file}"))', language="python", wrap_lines=True)
    st.download_button(
        "Download the prior file",
        dump_prior(prior).encode(),
        file_name=file,
        mime="application/yaml",
        key="lab_download",
        icon=":material/download:",
        on_click="ignore",
    )
    if prior.provenance:
        st.caption(f"Provenance: {literal(prior.provenance[:LONGEST])}.")


def _load() -> None:
    st.subheader("Load", anchor=False)
    st.markdown(
        "A prior file (YAML) that was saved here, or one of `priors/` that you have changed. It "
        "stays in this browser session; nobody else sees it."
    )
    if len(lab_session.owns()) >= MOST:
        st.warning(f"There are {MOST} settings of your own; delete one first.")
        return
    st.file_uploader(
        "Prior file",
        type=["yaml", "yml"],
        key=FILE,
        max_upload_size=MOST_BYTES // 1_000_000,
        on_change=_take,
    )
    faults = st.session_state.get(FAULTS, [])
    if faults:
        lines = [f"- {literal(f[:LONGEST])}" for f in faults]
        st.error("\n".join(lines), title="The file was not loaded", icon=":material/error:")
    told = st.session_state.get(TOLD)
    if told:
        st.success(literal(told))


def _take() -> None:
    file = st.session_state.get(FILE)
    st.session_state[FAULTS], st.session_state[TOLD] = [], ""
    if file is None:
        return
    try:
        prior = lab_files.read(file.getvalue(), file.name, lab_session.taken())
    except PriorFileError as error:
        st.session_state[FAULTS] = error.faults
        return
    except Exception as error:  # noqa: BLE001 - a failure becomes a message
        note("a prior file failed", error)
        st.session_state[FAULTS] = [f"{file.name} cannot be used as a prior file."]
        return
    origin = DEFAULT_SETTING
    for name in lab_session.bundled():
        if f"copied from {name}" in prior.provenance or name == prior.name:
            origin = name
    lab_session.add(prior, origin)
    st.session_state[lab_session.BASELINE] = origin
    st.session_state[TOLD] = f"Loaded “{prior.label}” and chosen as the setting."
