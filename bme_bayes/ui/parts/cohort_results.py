"""The answers of a cohort: bad rows with remedies, an overview, and downloads."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from bme_bayes.cohort.outputs import as_bytes
from bme_bayes.cohort.score import BAD_COLUMNS
from bme_bayes.questions.targets import DANGEROUS
from bme_bayes.questions.words import of_100
from bme_bayes.ui import cohort_table
from bme_bayes.ui.cohort_table import Answers
from bme_bayes.ui.model import catalogue
from bme_bayes.ui.words import counted

BARS = ("Leads with", "Present in")
HIGH = 400
ROW_HEIGHT = 36


def draw(answers: Answers, names: dict[str, str]) -> None:
    """Counts, bad rows, overview and downloads."""
    good, bad = len(answers.rows), len({p[0] for p in answers.problems})
    if bad:
        _problems(answers, bad)
    if not good:
        st.info("No row could be scored. Correct the rows above and upload the file again.")
        return
    st.subheader("Answers", anchor=False)
    frame = answers.frame
    common = frame["leader"].value_counts()
    first = common.index[0]
    st.markdown(
        f"**{counted(good, 'patient')} scored.** The most frequent leading cause is "
        f"**{names.get(first, first)}**, in {common.iloc[0]:,} of them "
        f"({of_100(common.iloc[0] / good)})."
    )
    _overview(cohort_table.overview(answers, names, DANGEROUS))
    _downloads(answers)


def _problems(answers: Answers, bad: int) -> None:
    rows = "row has" if bad == 1 else "rows have"
    with st.expander(f"{bad:,} {rows} no answer: what to correct", expanded=True):
        shown = problem_table(answers)
        st.dataframe(
            shown,
            hide_index=True,
            height=_height(len(shown)),
            alt=f"Table of {len(shown)} problems by row and column, each with a remedy.",
        )
        st.download_button(
            "Bad rows (CSV)",
            lambda: bad_rows_csv(shown),
            "bad_rows.csv",
            "text/csv",
            key="cohort_bad",
            icon=":material/download:",
            on_click="ignore",
        )
        scored = " The other rows were scored." if answers.rows else ""
        st.caption(f"Of a row with several faults, the first is named.{scored}")


def problem_table(answers: Answers) -> pd.DataFrame:
    """A row a problem: where it is, what is wrong, and what to do."""
    found, variables = answers.inspection, catalogue()
    columns = len({*found.findings, *found.keep, *found.left_out}) + bool(found.id) + found.by_row
    return pd.DataFrame(
        [
            (number, str(name), column or "whole row", problem.partition("; known:")[0],
             cohort_table.remedy((number, name, column, problem), variables, columns))
            for number, name, column, problem in answers.problems
        ],
        columns=["Row", "Patient", "Column", "What is wrong", "Remedy"],
    )  # fmt: skip


def bad_rows_csv(shown: pd.DataFrame) -> bytes:
    """The same as a file, with no text that a spreadsheet runs."""
    names = [(c, "text") for c in (*BAD_COLUMNS, "remedy")]
    return as_bytes(".csv", names, shown.to_numpy(dtype=object).tolist())


def _overview(table: pd.DataFrame) -> None:
    bar = st.column_config.ProgressColumn(format="%.0f %%", min_value=0.0, max_value=100.0)
    figure = st.column_config.NumberColumn(format="%.0f %%")
    st.dataframe(
        table,
        hide_index=True,
        height=_height(len(table)),
        column_config={**dict.fromkeys(BARS, bar), "Second with": figure},
        alt=(
            f"Table of {len(table)} patients: the two leading causes with their shares, and the "
            "most probable of the diagnoses that must not be missed. The download has all figures."
        ),
    )


def _downloads(answers: Answers) -> None:
    columns, rows = answers.plan.output_columns(), answers.rows
    with st.container(horizontal=True, gap="xsmall"):
        for label, ending, mime in (
            ("All figures (CSV)", ".csv", "text/csv"),
            ("All figures (Parquet)", ".parquet", "application/vnd.apache.parquet"),
        ):
            st.download_button(
                label,
                lambda kind=ending: as_bytes(kind, columns, rows),  # type: ignore[misc]
                f"cohort_answers{ending}",
                mime,
                key=f"cohort_answers{ending}",
                icon=":material/download:",
                on_click="ignore",
                help="Presence and main cause of every diagnosis, with the model's version.",
            )


def _height(rows: int) -> int:
    return min(HIGH, ROW_HEIGHT * (rows + 1) + 3)
