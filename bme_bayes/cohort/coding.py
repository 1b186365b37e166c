"""Cells of a table as states of a network; a cell that is there often is read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bme_bayes.documents import parse_json
from bme_bayes.errors import BmeBayesError
from bme_bayes.findings import code_findings
from bme_bayes.network import Network

Floats = NDArray[np.float64]
AGE, BAND = "age", "age_band"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says: a `state`, likelihoods (`soft`), unknown or nothing, or a `fault`.

    `at_fault` are the columns that a fault is in.
    """

    state: str | None = None
    soft: Floats | None = None
    unknown: bool = False
    fault: str = ""
    at_fault: tuple[str, ...] = ()


BLANK = Cell()


@dataclass(frozen=True, slots=True)
class Column:
    """The cells of one variable."""

    variable: str
    cells: list[Cell]


def read_columns(network: Network, cells: Mapping[str, Sequence[object]]) -> list[Column]:
    """The variables that the columns of a chunk are about; age and age band are read together."""
    groups = [(AGE, BAND)] if AGE in cells and BAND in cells else []
    groups_of_one = [(name,) for name in cells if not groups or name not in (AGE, BAND)]
    out = []
    for names in (*groups, *groups_of_one):
        values = list(zip(*(cells[name] for name in names), strict=True))
        known = {value: _cell(network, names, value) for value in set(values)}
        variable = BAND if AGE in names else names[0]
        out.append(Column(variable, [known[value] for value in values]))
    return out


def as_findings(cells: Mapping[str, object]) -> dict[str, object]:
    """The findings in a row's cells by column; blank cells are left out."""
    return {name: _value(name, cell) for name, cell in cells.items() if cell != ""}


def _cell(network: Network, names: tuple[str, ...], values: tuple[object, ...]) -> Cell:
    try:
        findings = as_findings(dict(zip(names, values, strict=True)))
        if not findings:
            return BLANK
        coded = code_findings(network, findings)
    except BmeBayesError as error:
        alone = (_cell(network, (n,), (v,)) for n, v in zip(names, values, strict=True))
        faulty = next((c for c in alone if c.fault), None) if len(names) > 1 else None
        return faulty or Cell(fault=str(error), at_fault=names)
    variable = BAND if AGE in names else names[0]
    if variable not in coded:
        return Cell(unknown=True)
    known = coded[variable]
    if np.count_nonzero(known) > 1:
        return Cell(soft=known)
    return Cell(state=network.variable(variable).states[int(known.argmax())])


def _value(column: str, cell: object) -> object:
    """A cell as a finding: years, a state, or likelihoods in JSON."""
    if isinstance(cell, str) and cell.startswith("{"):
        return parse_json(cell, column)
    if column == AGE and isinstance(cell, str):
        try:
            return float(cell)
        except ValueError:
            return cell
    return cell
