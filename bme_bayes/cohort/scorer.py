"""Rows of a cohort to rows of results, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bme_bayes.cohort.tables import Row, Table
from bme_bayes.documents import parse_json
from bme_bayes.engine import Engine
from bme_bayes.errors import BmeBayesError, Contradiction, InputError, UnknownName
from bme_bayes.findings import OBSERVED_ROLES
from bme_bayes.network import REGIONS
from bme_bayes.reading import load

IDS = ("case_id", "patient_id", "id")


@dataclass
class Scorer:
    """Rows to results; compiles a region when its first row comes."""

    table: Table
    path: Path
    region: str
    setting: str
    keep: tuple[str, ...]
    rows: int = 0
    bad: int = 0
    first: str = ""
    engines: dict[str, Engine] = field(default_factory=dict)
    problems: list[tuple[object, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        columns = self.table.columns
        by_row = "region" in columns
        if not by_row and not self.region:
            raise InputError(f"{self.path} has no column region: say which with --region")
        if self.region and self.region not in REGIONS.values():
            raise UnknownName("region", self.region, REGIONS.values())
        regions = list(REGIONS.values()) if by_row else [self.region]
        networks = [load(r, self.setting) for r in regions]
        self.diagnoses = list(dict.fromkeys(d.id for n in networks for d in n.diagnoses))
        observed = {v.id for n in networks for v in n.of_role(*OBSERVED_ROLES)} | {"age"}
        self.id = next((c for c in IDS if c in columns), "")
        for name in self.keep:
            if name not in columns:
                raise UnknownName("column", name, columns, f"in {self.path}")
        self.findings = [c for c in columns if c not in (self.id, "region", *self.keep)]
        for name in self.findings:
            if name not in observed:
                where = f"in {self.path} (--keep {name} passes it through)"
                raise UnknownName("column", name, observed, where)

    def output_columns(self) -> list[tuple[str, str]]:
        """Names and types of the result's columns."""
        texts = [c for c in (self.id, "region", *self.keep, "model_version", "leader") if c]
        numbers = ["log_evidence", *self.diagnoses, *(f"{d}_main_cause" for d in self.diagnoses)]
        names = [("row", "int"), *((c, "text") for c in texts), *((c, "float") for c in numbers)]
        if len(dict(names)) < len(names):
            raise InputError(f"{self.path}: --keep names a column that the results have already")
        return names

    def score(self, rows: Iterable[Row]) -> list[list[object]]:
        """The results of the good rows; the others are noted."""
        out = []
        for row in rows:
            self.rows += 1
            try:
                if row.problem:
                    raise InputError(row.problem)
                region = str(row.cells.get("region") or self.region)
                findings = {c: _value(c, row.cells[c]) for c in self.findings if row.cells[c] != ""}
                answer = self._answer(self._engine(region), findings)
            except BmeBayesError as error:
                self._note(row, error)
                continue
            texts = [row.cells[self.id]] if self.id else []
            out.append([row.number, *texts, region, *(row.cells[c] for c in self.keep), *answer])
        return out

    def take_problems(self) -> list[tuple[object, ...]]:
        """The bad rows since the last time."""
        taken, self.problems = self.problems, []
        return taken

    def _engine(self, region: str) -> Engine:
        if region not in self.engines:
            if region not in REGIONS.values():
                raise UnknownName("region", region, REGIONS.values())
            self.engines[region] = Engine(load(region, self.setting))
        return self.engines[region]

    def _answer(self, engine: Engine, findings: Mapping[str, object]) -> list[object]:
        """Version, leader, log evidence, presence and main cause in the order of the columns."""
        space, belief = engine.space, engine.belief(findings)
        names = space.scenarios.diagnoses
        shares = belief.scenario @ space.main_matrix
        main = dict(zip(names, shares.tolist(), strict=True))
        present = dict.fromkeys(names, 0.0)
        grades = (belief.scenario @ space.present_matrix).tolist()
        for (diagnosis, _), p in zip(space.scenarios.grades, grades, strict=True):
            present[diagnosis] = min(present[diagnosis] + p, 1.0)
        tables = (present, main)
        return [
            engine.network.version,
            names[int(np.argmax(shares))],
            belief.log_evidence,
            *(table.get(d) for table in tables for d in self.diagnoses),
        ]

    def _note(self, row: Row, error: BmeBayesError) -> None:
        """Note a bad row under the column that is at fault, where it is one."""
        column = self._culprit(row, error)
        self.bad += 1
        self.problems.append((row.number, row.cells.get(self.id, ""), column, str(error)))
        place = f"row {row.number}" + (f", column {column}" if column else "")
        self.first = self.first or f"{place}: {error}"

    def _culprit(self, row: Row, error: BmeBayesError) -> str:
        if row.problem:
            return ""
        region = str(row.cells.get("region") or self.region)
        if region not in self.engines:
            return "region"
        if isinstance(error, Contradiction):
            return " ".join(f.partition("=")[0] for f in error.findings)
        for name in self.findings:
            try:
                if row.cells[name] != "":
                    found = {name: _value(name, row.cells[name])}
                    self.engines[region].belief(found)
            except BmeBayesError:
                return name
        return ""


def _value(column: str, cell: object) -> object:
    """A cell as a finding: years, a state, or likelihoods in JSON."""
    if isinstance(cell, str) and cell.startswith("{"):
        return parse_json(cell, column)
    if column == "age" and isinstance(cell, str):
        try:
            return float(cell)
        except ValueError:
            return cell
    return cell
