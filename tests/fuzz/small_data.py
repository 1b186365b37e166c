"""A data folder with the small network of the tests."""

from __future__ import annotations

import csv
import io
import tempfile
from functools import lru_cache
from pathlib import Path

from small_network import VARIABLES, small_network

from bme_bayes.writing import save_prior

TABLES = ("variables.csv", "kinds.csv", "links.csv")


@lru_cache(maxsize=1)
def data_folder() -> Path:
    """A data folder with the small network of the tests."""
    top = Path(tempfile.mkdtemp(prefix="small_"))
    (top / "networks").mkdir()
    (top / "priors").mkdir()
    for name, rows in small_tables().items():
        (top / "networks" / name).write_text(table_text(rows), encoding="utf-8")
    made = small_network()
    assert made.prior is not None
    save_prior(made.prior, top / "priors" / "small.yaml")
    return top


def small_tables() -> dict[str, list[list[str]]]:
    """The tables of the small network, as cells under their heads."""
    made = small_network()
    variables = [
        [v.id, v.role, v.group, v.label, "|".join(v.states), "", "h", v.model, v.process,
         v.part_of, "", ""]
        for v in VARIABLES
    ]  # fmt: skip
    kinds = [[k.diagnosis, k.id, k.grade, k.label, "h"] for k in made.kinds]
    numbers = [
        [n.quantity, n.child, n.state, n.cause, "h", *map(repr, (n.value, n.low, n.high, n.n)),
         n.basis, "book", "", "made up"]
        for n in made.numbers.values()
    ]  # fmt: skip
    head = "id role group label states state_labels regions model process part_of synonyms help"
    kind = "diagnosis id grade label regions"
    links = "quantity child state cause regions value low high n basis sources claims note"
    sources = "source_id kind title authors year journal doi pmid design seen_text"
    return {
        "variables.csv": [head.split(), *variables],
        "kinds.csv": [kind.split(), *kinds],
        "links.csv": [links.split(), *numbers],
        "sources.csv": [sources.split(), ["book", "book", "A book", *[""] * 7]],
    }


def table_text(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
