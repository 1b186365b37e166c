"""Scores a cohort: the posterior of every diagnosis for every patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from bme_bayes.cohort.outputs import open_writer
from bme_bayes.cohort.scorer import Scorer
from bme_bayes.cohort.tables import Table, open_table
from bme_bayes.errors import InputError
from bme_bayes.writing import atomic

BAD_COLUMNS = ("row", "id", "column", "problem")
ENDINGS = (".csv", ".parquet")


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
    setting: str = "general_orthopaedics",
    keep: Sequence[str] = (),
    strict: bool = False,
    progress: bool = False,
) -> Summary:
    """Score a table of patients; `out` gets a row a good patient.

    `out` has the row number, the id, the region, the columns in `keep`, the model's version, the
    leader (most probable main cause), ln P(findings), and for every diagnosis its presence (a
    column of its name) and its share as the main cause (`<id>_main_cause`). Bad rows are named,
    with column and reason, in `<out>.bad_rows.csv`; with `strict` the first one is an
    `InputError` and nothing is written. Both files appear whole, at the end, or not at all.

    Parameters: `region` is that of rows which do not name one. Raises `InputError` or
    `UnknownName` for a table that can't be read.
    """
    cohort, out = Path(cohort), Path(out)
    side = out.with_name(f"{out.name}.bad_rows.csv")
    if out.suffix.lower() not in ENDINGS:
        raise InputError(f"{out}: results go to a .csv or a .parquet file")
    if out.exists() and cohort.exists() and out.samefile(cohort):
        raise InputError(f"{out} is the cohort itself")
    with open_table(cohort) as table:
        scorer = Scorer(table, cohort, region, setting, tuple(keep))
        with ExitStack() as stack:
            to = stack.enter_context(atomic(out)), stack.enter_context(atomic(side))
            good = stack.enter_context(
                open_writer(to[0], out.suffix.lower(), scorer.output_columns())
            )
            bad = stack.enter_context(open_writer(to[1], ".csv", [(c, "") for c in BAD_COLUMNS]))
            with _bar(table, progress) as bar:
                for rows, done in table.chunks:
                    good.write(scorer.score(rows))
                    bad.write(scorer.take_problems())
                    if strict and scorer.bad:
                        raise InputError(f"{cohort}, {scorer.first}")
                    bar.update(done - bar.n)
    versions = {name: engine.network.version for name, engine in scorer.engines.items()}
    return Summary(scorer.rows, scorer.rows - scorer.bad, scorer.bad, out, side, versions)


def _bar(table: Table, show: bool) -> tqdm[None]:
    return tqdm(
        total=table.total, unit=table.unit, unit_scale=True, desc="scoring", disable=not show
    )
