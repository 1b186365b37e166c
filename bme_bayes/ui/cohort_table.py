"""An uploaded cohort: what its columns are, its answers, and remedies. No Streamlit."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from bme_bayes.cohort.limits import MOST_CHARACTERS
from bme_bayes.cohort.plan import IDS, Plan, make_plan, networks_of, observable_columns
from bme_bayes.cohort.tables import read_table
from bme_bayes.cohort.template import ALSO, KNOWN, MARK
from bme_bayes.cohort.work import Problem, score_chunk
from bme_bayes.errors import InputError, nearest
from bme_bayes.network import REGIONS, Variable
from bme_bayes.reading import region_label

MOST_MEGABYTES = 20
MOST_ROWS = 20_000
LIMITS = f"{MOST_MEGABYTES} MB and {MOST_ROWS:,} patients"
ALONE = threading.Lock()
"""Sessions take turns chunk by chunk: what answers a chunk is shared by all."""


@dataclass(frozen=True)
class Inspection:
    """What an uploaded table holds, before any row is scored.

    `unknown` maps columns that are no findings to the names most like them; `left_out` are
    columns that the results have themselves.
    """

    file: str
    rows: int
    findings: tuple[str, ...]
    unknown: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, ...]
    id: str
    by_row: bool
    known: bool
    also: bool

    @property
    def keep(self) -> tuple[str, ...]:
        """The columns that are passed through to the results."""
        own = [c for c, there in ((KNOWN, self.known), (ALSO, self.also)) if there]
        return (*own, *self.unknown)


@dataclass(frozen=True)
class Answers:
    """A scored table: results in the columns of the plan, and the rows that have none."""

    plan: Plan
    inspection: Inspection
    rows: tuple[tuple[object, ...], ...]
    problems: tuple[Problem, ...]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The results as a table."""
        return pd.DataFrame(list(self.rows), columns=[c for c, _ in self.plan.output_columns()])


def inspect(data: bytes, file: str, region: str, setting: str) -> Inspection:
    """What the table holds; raises `InputError` or `UnknownName` for one that cannot be used."""
    with read_table(io.BytesIO(data), file) as table:
        columns = table.columns
        networks = networks_of(columns, file, region, setting)
        known = observable_columns(networks)
        row_id = next((c for c in IDS if c in columns), "")
        own = {row_id, "region", KNOWN, ALSO}
        others = [c for c in columns if c not in known | own]
        diagnoses = {d.id for n in networks for d in n.diagnoses}
        results = {"row", "model_version", "leader", "log_evidence", *diagnoses}
        results |= {f"{d}_main_cause" for d in diagnoses}
        findings = tuple(c for c in columns if c in known)
        if not findings:
            raise InputError("No column is a finding. Take the head of a template.")
        rows = 0
        for chunk, _ in table.chunks:
            marks = chunk.cells[row_id].count(MARK) if row_id else 0
            rows += len(chunk.numbers) + len(chunk.faults) - marks
            if rows > MOST_ROWS:
                raise InputError(
                    f"The table has more than {MOST_ROWS:,} patients, the most that this page "
                    "takes. The command `bme-bayes score` takes tables of any length."
                )
    if not rows:
        raise InputError("The table has a head and no patients.")
    return Inspection(
        file=file,
        rows=rows,
        findings=findings,
        unknown={c: tuple(nearest(c, known, 1)) for c in others if c not in results},
        left_out=tuple(c for c in others if c in results),
        id=row_id,
        by_row="region" in columns,
        known=KNOWN in columns,
        also=ALSO in columns,
    )


def score(
    data: bytes,
    found: Inspection,
    region: str,
    setting: str,
    tell: Callable[[int], None] = lambda _: None,
) -> Answers:
    """Score every row; `tell` hears how many have been read. Raises what `inspect` raises."""
    rows: list[tuple[object, ...]] = []
    problems: list[Problem] = []
    read = 0
    with read_table(io.BytesIO(data), found.file) as table:
        columns = [c for c in table.columns if c not in found.left_out]
        plan = make_plan(columns, found.file, region, setting, found.keep)
        for chunk, _ in table.chunks:
            with ALONE:
                scored = score_chunk(plan, chunk)
            rows += map(tuple, scored.rows)
            problems += scored.problems
            read += scored.read
            tell(read)
    return Answers(plan, found, tuple(rows), tuple(problems))


def remedy(problem: Problem, variables: Mapping[str, Variable], columns: int) -> str:
    """What to do about a bad row, by the column that is at fault."""
    _, _, column, said = problem
    if not column:
        return f"Give the row {columns} cells; put a text with commas into quotes."
    if column == "region":
        return f"Write one of: {', '.join(REGIONS.values())}."
    names = column.split()
    if len(names) > 1:
        return f"These exclude each other: correct or clear one of {' and '.join(names)}."
    if said.startswith("unknown finding"):
        return "This region has no such finding: leave the cell blank."
    if column == "age":
        return "Write years from 0 to 120, or leave the cell blank."
    if column in variables:
        states = ", ".join(variables[column].states)
        return f"Write one of: {states}; leave the cell blank where it is not known."
    return f"Shorten or clear the cell; it may have {MOST_CHARACTERS:,} characters."


def overview(answers: Answers, short: Mapping[str, str], dangerous: Sequence[str]) -> pd.DataFrame:
    """A row a patient: the two leading causes, and the most probable of the dangerous ones.

    Shares are in per cent.
    """
    frame, diagnoses = answers.frame, list(answers.plan.diagnoses)
    main = frame[[f"{d}_main_cause" for d in diagnoses]].to_numpy(dtype=float)
    main = 100 * np.nan_to_num(main, nan=-1.0)
    alarming = [d for d in diagnoses if d in dangerous]
    present = 100 * np.nan_to_num(frame[alarming].to_numpy(dtype=float), nan=-1.0)
    order = np.argsort(-main, axis=1, kind="stable")
    most = present.argmax(axis=1)
    label = np.array([short.get(d, d) for d in diagnoses])
    alarm = np.array([short.get(d, d) for d in alarming])
    each = np.arange(len(frame))
    out = pd.DataFrame({"Row": frame["row"]})
    if answers.plan.id:
        out["Patient"] = frame[answers.plan.id].astype(str)
    if answers.plan.by_row:
        out["Region"] = frame["region"].map({r: region_label(r) for r in REGIONS.values()})
    out["Leading cause"] = label[order[:, 0]]
    out["Leads with"] = main[each, order[:, 0]]
    out["Second"] = label[order[:, 1]]
    out["Second with"] = main[each, order[:, 1]]
    out["Not to be missed"] = alarm[most]
    out["Present in"] = present[each, most]
    if answers.inspection.known:
        out["Known"] = [short.get(str(d), str(d)) for d in frame[KNOWN].fillna("")]
    return out
