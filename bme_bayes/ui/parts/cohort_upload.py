"""Choosing a cohort: template, upload, and what was recognised in the file."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from bme_bayes.cohort.template import template
from bme_bayes.errors import BmeBayesError
from bme_bayes.questions.words import region_name
from bme_bayes.ui import cohort_table, session
from bme_bayes.ui.cohort_table import LIMITS, MOST_MEGABYTES, Answers, Inspection
from bme_bayes.ui.failures import note
from bme_bayes.ui.guard import literal
from bme_bayes.ui.model import model, setting_labels
from bme_bayes.ui.parts import choosers
from bme_bayes.ui.words import counted, listed

REGION, SETTING, FILE = "cohort_region", "cohort_setting", "cohort_file"
SCORE, DONE, SEEN, EVALUATED = "cohort_score", "cohort_done", "cohort_seen", "cohort_evaluated"
NAMED = 6


def choose() -> tuple[str, str]:
    """The region of rows that name none, and the setting."""
    case, labels = session.explorer().case, setting_labels()
    if case.setting in labels:
        st.session_state.setdefault(SETTING, case.setting)
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        region = choosers.region(
            REGION, case.region, "Of rows that do not name their own in a column `region`."
        )
        setting = choosers.setting(
            "Clinical setting",
            labels,
            SETTING,
            "Where the patients were seen decides how common each cause is to begin with.",
        )
    return region, setting


def upload(region: str, setting: str) -> Answers | None:
    """Template and upload; the answers once the table was scored with these choices."""
    file = _file(region, setting)
    if file is None:
        return _still_there(region, setting)
    key = (file.file_id, region, setting)
    found = _inspected(key, file.getvalue(), file.name)
    if found is None:
        return None
    _told(found, region)
    done: tuple[object, Answers] | None = st.session_state.get(DONE)
    if done and done[0] == key:
        return done[1]
    place, label = st.empty(), f"Score {counted(found.rows, 'patient')}"
    if place.button(label, key=SCORE, icon=":material/play_arrow:"):
        place.empty()
        return _scored(key, file.getvalue(), found)
    return None


def _file(region: str, setting: str) -> UploadedFile | None:
    """The template to download, and the file that was uploaded."""
    name = region_name(region)
    with st.container(border=True):
        st.markdown(
            "A row a patient, a column a finding, as CSV or Parquet. **A blank cell is unknown, "
            'never absent**; an uncertain one is written `{"present": 0.8, "absent": 0.2}`. '
            f"At most {LIMITS}. The file stays in the memory of this session, and nothing of it "
            "is kept after that; leave names out all the same."
        )
        st.download_button(
            f"Template for the {name}" if name != "ankle and foot" else "Template for ankle, foot",
            lambda: template(model(region, setting).network),
            f"cohort_{region}.csv",
            "text/csv",
            key="cohort_template",
            icon=":material/download:",
            on_click="ignore",
            help="Every column, and below the head a row with what each may hold.",
        )
        return st.file_uploader(
            "Cohort",
            type=["csv", "parquet"],
            max_upload_size=MOST_MEGABYTES,
            key=FILE,
            on_change=_forget,
        )


def _forget() -> None:
    """Callback: another file, or none; nothing of the last one is kept."""
    for name in (DONE, SEEN, EVALUATED):
        st.session_state.pop(name, None)


def _still_there(region: str, setting: str) -> Answers | None:
    """The answers of this session after a visit to another page, which clears the upload."""
    done: tuple[tuple[str, str, str], Answers] | None = st.session_state.get(DONE)
    if done is None or done[0][1:] != (region, setting):
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Below are the answers of **{literal(done[1].inspection.file)}**.")
        st.button("Forget them", key="cohort_forget", icon=":material/delete:", on_click=_forget)
    return done[1]


def _inspected(key: tuple[str, str, str], data: bytes, name: str) -> Inspection | None:
    """What the file holds; a file that cannot be used is named, with the reason."""
    seen: tuple[object, Inspection | str] | None = st.session_state.get(SEEN)
    if not seen or seen[0] != key:
        try:
            seen = (key, cohort_table.inspect(data, name, *key[1:]))
        except BmeBayesError as error:
            seen = (key, str(error))
        except Exception as error:  # noqa: BLE001 - a failure becomes a message
            note("an uploaded table could not be read", error)
            seen = (key, "The file is damaged or of another format.")
        st.session_state[SEEN] = seen
    found = seen[1]
    if isinstance(found, str):
        st.error(literal(found), title="The file cannot be used", icon=":material/error:")
        return None
    return found


def _told(found: Inspection, region: str) -> None:
    """What was recognised, and what was not."""
    where = "Rows name their own region; where one is blank it is" if found.by_row else "Region:"
    known = " Known diagnoses are there, so the answers are scored." if found.known else ""
    st.markdown(
        f"**{literal(found.file)}**: {counted(found.rows, 'patient')}, "
        f"{counted(len(found.findings), 'column')} with findings. "
        f"{where} {region_name(region)}.{known}"
    )
    if found.unknown:
        lines = [
            f"- **{literal(column[:60])}**" + (f": did you mean `{near[0]}`?" if near else "")
            for column, near in list(found.unknown.items())[:NAMED]
        ]
        more = len(found.unknown) - NAMED
        lines += [f"- and {more} more"] if more > 0 else []
        st.warning(
            "\n".join(lines),
            title="Columns that are no findings: passed on to the results, not used",
            icon=":material/help:",
        )
    if found.left_out:
        st.caption(f"Left out, as the results have such columns: {listed(list(found.left_out))}.")


def _scored(key: tuple[str, str, str], data: bytes, found: Inspection) -> Answers:
    bar = st.progress(0.0, text="Preparing the model …")

    def tell(read: int) -> None:
        bar.progress(
            min(read / found.rows, 1.0), text=f"{read:,} of {counted(found.rows, 'patient')}"
        )

    answers = cohort_table.score(data, found, key[1], key[2], tell)
    bar.empty()
    st.session_state[DONE] = (key, answers)
    return answers
