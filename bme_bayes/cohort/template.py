"""A table to fill in: the columns of a region, and a row that says what each may hold."""

from __future__ import annotations

import csv
import io

from bme_bayes.findings import OBSERVED_ROLES
from bme_bayes.network import EDEMA, Network, Variable

MARK = "allowed states"
"""The id of the row of allowed states: a row of this id is not a patient."""
KNOWN, ALSO = "diagnosis", "also"
"""Columns of known diagnoses: the cause of the edema, and what else was there."""


def template(network: Network) -> str:
    """CSV with a head and the row of allowed states; blank cells are unknown, never absent."""
    variables = [v for v in network.of_role(*OBSERVED_ROLES) if v.id not in (EDEMA, "age_band")]
    diagnoses = [d.id for d in network.diagnoses]
    columns = {"case_id": MARK, "region": network.region, "age": "years, 0 to 120"}
    columns |= {v.id: allowed(v) for v in variables}
    columns |= {KNOWN: " | ".join(diagnoses), ALSO: "several of these, with blanks between"}
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([columns, columns.values()])
    return out.getvalue()


def allowed(variable: Variable) -> str:
    """The states that a cell of a variable may hold."""
    return " | ".join(variable.states)
