"""The tables with their line numbers, and the names that other rows may refer to."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bme_bayes.errors import Problem, UnknownName
from bme_bayes.network import REGIONS
from bme_bayes.numbers.evidence import parent_column

COLUMNS = {
    "variables.csv": "id role group label states state_labels regions model process part_of",
    "kinds.csv": "diagnosis id grade label regions",
    "links.csv": "quantity child state cause regions value low high n basis sources claims note",
    "claims.csv": "claim_id source_id statistic value n population locator",
    "claim_uses.csv": "claim_id use child state column regions value n spectrum reason",
    "sources.csv": "source_id kind title authors year journal doi pmid design",
}
LETTERS = "".join(REGIONS)


@dataclass(frozen=True)
class Line:
    """One row of a table and the line of the file where it begins."""

    file: str
    row: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column) or ""


@dataclass
class Findings:
    """The problems found so far."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, file: str, row: int | None, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(file, row, message))

    def at(self, line: Line, message: str) -> None:
        """Note a problem of a row."""
        self.add(line.file, line.row, message)

    def known(self, line: Line, kind: str, name: str, names: Iterable[str]) -> bool:
        """Whether a name is known; notes it, with the nearest names, if not."""
        if name in names:
            return True
        self.at(line, str(UnknownName(kind, name, names)))
        return False

    def regions(self, line: Line) -> None:
        """Note letters of `regions` that are no region, twice, or none at all."""
        letters = line["regions"]
        if not letters or set(letters) - set(LETTERS) or len(set(letters)) < len(letters):
            self.at(line, f"regions {letters!r} are not letters of {LETTERS}, each once")


Tables = Mapping[str, list[Line]]


def read_data(folder: Path, found: Findings) -> dict[str, list[Line]]:
    """All tables of a data folder; a table that cannot be read is empty."""
    return {
        file: _read(folder / "networks" / file, columns.split(), found)
        for file, columns in COLUMNS.items()
    }


def _read(path: Path, columns: list[str], found: Findings) -> list[Line]:
    lines: list[Line] = []
    try:
        with path.open(newline="", encoding="utf-8") as handle:
            reader = csv.DictReader(handle, strict=True)
            missing = [c for c in columns if c not in (reader.fieldnames or ())]
            if missing:
                found.add(path.name, 1, f"has no column {', '.join(missing)}")
                return []
            before = reader.line_num
            for cells in reader:
                line = Line(path.name, before + 1, cells)
                before = reader.line_num
                if None in cells or None in cells.values():
                    found.at(line, f"does not have {len(reader.fieldnames or ())} cells")
                else:
                    lines.append(line)
    except OSError as error:
        found.add(path.name, None, f"cannot be read: {error.strerror}")
    except (UnicodeDecodeError, csv.Error) as error:
        found.add(path.name, None, f"cannot be read: {error}")
    return lines


@dataclass(frozen=True)
class Names:
    """What rows may refer to. `kinds` is by cause, e.g. `avn.juvenile`."""

    variables: Mapping[str, Line]
    kinds: Mapping[str, Line]
    sources: frozenset[str]
    claims: frozenset[str]

    @classmethod
    def of(cls, data: Tables) -> Names:
        """The names that the tables define."""
        return cls(
            variables={v["id"]: v for v in data["variables.csv"]},
            kinds={f"{k['diagnosis']}.{k['id']}": k for k in data["kinds.csv"]},
            sources=frozenset(s["source_id"] for s in data["sources.csv"]),
            claims=frozenset(c["claim_id"] for c in data["claims.csv"]),
        )

    @property
    def columns(self) -> list[str]:
        """What a published figure may be about: a diagnosis, one of its grades, or one kind."""
        kinds = self.kinds.values()
        whole = (n for k in kinds for n in (k["diagnosis"], k["id"]))
        grades = (parent_column(k["diagnosis"], k["grade"]) for k in kinds)
        return list(dict.fromkeys((*whole, *grades, "none")))

    def role(self, name: str) -> str:
        """The role of a variable; empty for an unknown one."""
        return self.variables[name]["role"] if name in self.variables else ""

    def states(self, name: str) -> list[str]:
        """The states of a variable."""
        return self.variables[name]["states"].split("|") if name in self.variables else []

    def of_role(self, role: str, letter: str) -> list[str]:
        """The variables of a role in one region."""
        return [
            n for n, v in self.variables.items() if v["role"] == role and letter in v["regions"]
        ]


def number(text: object) -> float | None:
    """A finite number, or None."""
    try:
        value = float(str(text))
    except ValueError:
        return None
    return value if abs(value) < 1e300 else None
