"""A small table of local counts updates the base rates of a setting."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from bme_bayes.errors import BmeBayesError
from bme_bayes.learning import Counts, Learned, parse_counts
from bme_bayes.questions.words import percent, region_name
from bme_bayes.ui import charts, lab_counts, lab_session
from bme_bayes.ui.failures import note
from bme_bayes.ui.guard import chart, literal
from bme_bayes.ui.lab_charts import interval_chart, rate_rows
from bme_bayes.ui.lab_counts import COUNT, EVERY, ONCE, CountFault
from bme_bayes.ui.lab_settings import MOST, named
from bme_bayes.ui.parts.lab_tables import table

PATIENTS, METHOD, FILE = "lab_patients", "lab_method", "lab_counts_file"
LABEL, TABLES, LOADED, FAULT = "lab_counts_name", "lab_counts", "lab_counts_n", "lab_counts_fault"
MOST_MB = 1
MOST_PATIENTS = 1_000_000
LONGEST = 400


def draw(region: str, setting: str, _: str) -> None:
    """Table and upload of counts, then the base rates before and after."""
    label = lab_session.prior_of(setting).label
    st.markdown(
        f"How many of your patients with marrow edema of the {region_name(region)} had which "
        f"diagnosis? **{literal(label)}** is updated with them: the more patients, the more they "
        "count. A line left empty was not counted; it is not zero."
    )
    patients, method = _how_counted(region)
    left, right = st.columns([2, 3], gap="large")
    with left:
        try:
            counts = _table(region, setting, patients)
            to_do = "Enter the number of patients of at least one diagnosis."
        except CountFault as fault:
            st.error(literal(str(fault)), icon=":material/edit_off:")
            counts, to_do = None, "Correct the counts: the base rates follow here."
        _upload(setting)
    with right:
        if counts is None:
            st.info(to_do)
        else:
            _outcome(region, setting, counts, method)


def _how_counted(region: str) -> tuple[int, str]:
    """Among how many patients was counted, and what."""
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        patients = st.number_input(
            "All patients",
            min_value=1,
            max_value=MOST_PATIENTS,
            value=st.session_state.get(LOADED, {}).get(region, 100),
            key=f"{PATIENTS}:{region}:{_mount()}",
            persist_state="session",
            width=160,
        )
        method = st.segmented_control(
            "What was counted",
            [EVERY, ONCE],
            default=EVERY,
            required=True,
            key=METHOD,
            persist_state="session",
            wrap=True,
        )
    return int(patients), str(method)


def _mount() -> int:
    return int(st.session_state.get("lab_counts_mount", 0))


def _table(region: str, setting: str, patients: int) -> Counts | None:
    rows = lab_counts.count_rows(lab_session.network_of(region, setting))
    tables: dict[str, dict[str, int]] = st.session_state.setdefault(TABLES, {})
    key = f"lab_counts_table:{region}:{_mount()}"
    bases: dict[str, pd.DataFrame] = st.session_state.setdefault("lab_counts_bases", {})
    if key not in st.session_state or key not in bases:
        bases[key] = lab_counts.frame(rows, tables.get(region, {}))
    filled_in = st.data_editor(
        bases[key],
        key=key,
        hide_index=True,
        disabled=["Diagnosis", "State"],
        height=38 + 35 * len(rows),
        placeholder="not counted",
        alt="Table of local counts to fill in",
        column_config={
            "Diagnosis": st.column_config.TextColumn(pinned=True, width=205),
            "State": st.column_config.TextColumn(width=110),
            COUNT: st.column_config.NumberColumn(
                min_value=0, step=1, help="Empty: not counted", width=96
            ),
        },
    )
    filled = [(r.key, c) for r, c in zip(rows, filled_in[COUNT], strict=True) if not pd.isna(c)]
    tables[region] = {k: int(c) for k, c in filled}
    return lab_counts.read(filled_in, rows, region, patients)


def _upload(setting: str) -> None:
    with st.expander("Or load them from a file", key="lab_counts_open"):
        st.markdown(
            "A CSV table with the columns `region`, `diagnosis`, `state` (may be empty), `count` "
            "and `patients`. Ids are those of “Network and sources”. It stays on this computer."
        )
        st.code("region,diagnosis,state,count,patients\nhip,avn,,31,212\nhip,infection,,4,212\n")
        st.file_uploader(
            "Table of counts",
            type=["csv"],
            key=FILE,
            max_upload_size=MOST_MB,
            on_change=_load,
            args=(setting,),
        )
        fault = st.session_state.get(FAULT)
        if fault:
            st.error(literal(fault))


def _load(setting: str) -> None:
    file = st.session_state.get(FILE)
    st.session_state[FAULT] = ""
    if file is None:
        return
    data = file.getvalue()
    try:
        if len(data) > MOST_MB * 1_000_000:
            raise CountFault(f"The file is larger than {MOST_MB} MB.")
        found = parse_counts(data.decode("utf-8-sig"), file.name)
        for region, counts in found.items():
            known = {r.key for r in lab_counts.count_rows(lab_session.network_of(region, setting))}
            lab_counts.check_names(counts, known)
    except UnicodeDecodeError:
        st.session_state[FAULT] = f"{file.name} is not text (UTF-8)."
    except (BmeBayesError, CountFault) as error:
        st.session_state[FAULT] = str(error)
    except Exception as error:  # noqa: BLE001 - a failure becomes a message
        note("a table of counts failed", error)
        st.session_state[FAULT] = f"{file.name} cannot be used as a table of counts."
    else:
        tables = {region: dict(c.counts) for region, c in found.items()}
        st.session_state[TABLES] = {**st.session_state.get(TABLES, {}), **tables}
        st.session_state[LOADED] = {region: c.patients for region, c in found.items()}
        st.session_state["lab_counts_mount"] = _mount() + 1


def _outcome(region: str, setting: str, counts: Counts, method: str) -> None:
    engine = lab_session.model_of(region, setting).engine
    try:
        learned = lab_counts.learn(engine, counts, method)
    except BmeBayesError as error:
        st.error(literal(str(error)), icon=":material/edit_off:")
        return
    before, after = (p.region(region) for p in (learned.before, learned.prior))
    rows = rate_rows(engine.network, before, after)
    spec = interval_chart(
        rows, ["before", "after"], "Base rates before and after the counts",
        charts.palette(st.context.theme.type),
    )  # fmt: skip
    st.markdown(
        f"Circle and upper line: before. Square and lower line: after {counts.patients} patients. "
        "Lines: 95 % intervals."
    )
    chart(spec, "lab_counts_chart")
    with st.expander("As a table", key="lab_counts_after"):
        cells = [
            [r.name, *(f"{percent(x.value)} ({percent(x.low)} to {percent(x.high)})"
                                for x in r.ranges.values())]
            for r in rows
        ]  # fmt: skip
        head = ["Base rate", "Before (95 %)", "After (95 %)"]
        table(head, cells)
    st.caption(f"Provenance: {literal(learned.prior.provenance[-LONGEST:])}.")
    _keep(setting, learned)


def _keep(setting: str, learned: Learned) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = f"{learned.before.label}, {learned.patients} patients"
        st.text_input("Name", key=LABEL, max_chars=60, placeholder=label, width=280)
        st.button(
            "Keep as a setting of mine",
            key="lab_counts_keep",
            disabled=len(lab_session.owns()) >= MOST,
            on_click=_kept,
            args=(setting, learned, label),
        )


def _kept(setting: str, learned: Learned, label: str) -> None:
    words = str(st.session_state.get(LABEL) or "").strip() or label
    prior = named(learned.prior, words, lab_session.taken())
    origin = lab_session.origin_of(setting)
    lab_session.add(prior, origin)
    st.session_state[lab_session.BASELINE], st.session_state[LABEL] = origin, ""
    st.toast("Kept. It can be chosen as a setting here and on Compare.")
