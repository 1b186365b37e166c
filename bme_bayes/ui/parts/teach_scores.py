"""All cases of this session: scores, and how sure the learner was against how often right."""

from __future__ import annotations

import streamlit as st

from bme_bayes.questions.words import of_100
from bme_bayes.ui import charts, teaching
from bme_bayes.ui import teach_session as session
from bme_bayes.ui.guard import chart, literal
from bme_bayes.ui.row_charts import Mark, Row, Spec, row_chart
from bme_bayes.ui.teaching import Bin, Result


def draw() -> None:
    """The cases finished so far, with the scores and the calibration; nothing before the first."""
    results = session.results()
    if not results:
        return
    with st.expander(f"Your session: {len(results)} finished", key="teach_session"):
        left, right = st.columns([11, 12], gap="large")
        with left:
            _table(results)
        with right:
            st.markdown("**How sure you were, and how often you were right** (at every step)")
            chart(_spec(teaching.calibration(results)), "teach_calibration")
            st.caption(
                "Bar: how often your first choice was right. Diamond: how sure you were of it. "
                "Who is well calibrated is right about as often as they are sure. A few cases say "
                "little; published reports are rarer and more deceptive than a clinic."
            )


def _table(results: tuple[Result, ...]) -> None:
    """A row a case, and the means."""
    lines = ["| Case | You | Model | Findings | Right |", "|---|---|---|---|---|"]
    for r in results:
        right = "yes" if teaching.leader(r.learner[-1]) == r.truth else "no"
        yours, models = (teaching.brier(e[-1], r.truth) for e in (r.learner, r.model))
        lines.append(
            f"| {literal(r.title)} | {yours:.2f} | {models:.2f} | {r.findings[-1]} | {right} |"
        )
    yours, models = teaching.average(results)
    lines.append(f"| **On average** | **{yours:.2f}** | **{models:.2f}** | | |")
    st.markdown("**Brier score of the last estimate** (0 is best)")
    st.markdown("\n".join(lines))


def _spec(bins: list[Bin]) -> Spec:
    colors = charts.palette(st.context.theme.type)
    found = {b.low: b for b in bins}
    rows: list[Row] = []
    for rank, (low, high) in enumerate(teaching.BINS):
        row: Row = {
            "row": rank,
            "name": f"Sure in {low * 100:.0f} to {min(high, 1) * 100:.0f} of 100",
        }
        b = found.get(low)
        if b is None:
            rows.append({**row, "figures": "not yet"})
            continue
        times = "once" if b.count == 1 else f"{b.count} times"
        figures = f"{times}; right in {of_100(b.right)}"
        rows.append({**row, "figures": figures, "right": b.right, "said": b.said})
    marks = [
        Mark("right", "Right", "bar", colors.strong),
        Mark("said", "Sure, on average", "point", colors.mark, "diamond"),
    ]
    told = "; ".join(f"{r['name']}: {r['figures']}" for r in rows)
    return row_chart(rows, marks, f"Bar chart of how often you were right. {told}.", colors)
