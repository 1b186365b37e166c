"""Scores a cohort: the posterior of every diagnosis for every patient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from bme_bayes.cohort.outputs import Writer, open_writer
from bme_bayes.cohort.plan import Plan, Setting, make_plan
from bme_bayes.cohort.runners import runner
from bme_bayes.cohort.tables import ENDINGS, Table, open_table
from bme_bayes.cohort.work import Scored
from bme_bayes.errors import InputError
from bme_bayes.writing import atomic

BAD_COLUMNS = ("row", "id", "column", "problem")
ScoredChunks = Iterator[tuple[Scored, int]]
"""Each with how far the table is read."""


@dataclass(frozen=True)
class Summary:
    """What was done: rows read, scored and bad, where they are, and the models' versions."""

    rows: int
    scored: int
    bad: int
    out: Path
    bad_rows: Path
    versions: Mapping[str, str]


def score_cohort(
    cohort: str | Path,
    out: str | Path,
    *,
    region: str = "",
    setting: Setting = "general_orthopaedics",
    keep: Sequence[str] = (),
    strict: bool = False,
    progress: bool = False,
    workers: int = 1,
    dask: str = "",
) -> Summary:
    """Score a table of patients; `out` gets a row a good patient.

    `out` has the row number, the id, the region, the columns in `keep`, the model's version, the
    leader (most probable main cause), ln P(findings), and for every diagnosis its presence (a
    column of its name) and its share as the main cause (`<id>_main_cause`). Bad rows are named,
    with column and reason, in `<out>.bad_rows.csv`; with `strict` the first one is an
    `InputError` and nothing is written. Both files appear whole, at the end, or not at all; a
    run that was interrupted is not taken up again.

    Parameters: `region` is that of rows which do not name one; `workers` and `dask` say where
    the work is done (`bme_bayes.cohort.runners.runner`) and change no result. A script that
    asks for several processes keeps its own work below `if __name__ == "__main__"`. Raises
    `InputError` or `UnknownName` for a table that can't be read.
    """
    cohort, out = Path(cohort), Path(out)
    side = out.with_name(f"{out.name}.bad_rows.csv")
    _check(cohort, out)
    with open_table(cohort) as table, ExitStack() as stack:
        plan = make_plan(table.columns, table.name, region, setting, tuple(keep))
        good, faulty = _writers(stack, plan, out, side)
        run = stack.enter_context(runner(workers, dask))
        bar = stack.enter_context(_bar(table, progress))
        chunks = run(plan, table.chunks)
        if strict:
            chunks = _without_problems(cohort, chunks)
        rows, bad, regions = _write(chunks, good, faulty, bar)
    versions = {name: plan.versions[name] for name in sorted(regions)}
    return Summary(rows, rows - bad, bad, out, side, versions)


def _check(cohort: Path, out: Path) -> None:
    if out.suffix.lower() not in ENDINGS:
        raise InputError(f"{out}: results go to a .csv or a .parquet file")
    if out.exists() and cohort.exists() and out.samefile(cohort):
        raise InputError(f"{out} is the cohort itself")


def _writers(stack: ExitStack, plan: Plan, out: Path, side: Path) -> tuple[Writer, Writer]:
    """Writers of the good and of the bad rows, whose files appear when the stack is left."""
    to = stack.enter_context(atomic(out)), stack.enter_context(atomic(side))
    good = open_writer(to[0], out.suffix.lower(), plan.output_columns())
    faulty = open_writer(to[1], ".csv", [(c, "") for c in BAD_COLUMNS])
    return stack.enter_context(good), stack.enter_context(faulty)


def _without_problems(cohort: Path, chunks: ScoredChunks) -> ScoredChunks:
    """The chunks as they come; the first bad row is an `InputError`."""
    for scored, done in chunks:
        for number, _, column, problem in scored.problems[:1]:
            place = f"row {number}" + (f", column {column}" if column else "")
            raise InputError(f"{cohort}, {place}: {problem}")
        yield scored, done


def _write(
    chunks: ScoredChunks, good: Writer, faulty: Writer, bar: tqdm[None]
) -> tuple[int, int, set[str]]:
    """Write the chunks as they come; rows read, bad rows and regions."""
    rows = bad = 0
    regions: set[str] = set()
    for scored, done in chunks:
        rows, bad = rows + scored.read, bad + len(scored.problems)
        good.write(scored.rows)
        faulty.write(scored.problems)
        regions.update(scored.regions)
        bar.update(done - bar.n)
    return rows, bad, regions


def _bar(table: Table, show: bool) -> tqdm[None]:
    return tqdm(
        total=table.total, unit=table.unit, unit_scale=True, desc="scoring", disable=not show
    )
