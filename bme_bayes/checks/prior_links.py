"""Checks of the `links` of a prior file: numbers of the network that are other ones there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from bme_bayes.checks.files import Findings, Line, Names
from bme_bayes.checks.links import SHARES, check_number, check_references, check_sum
from bme_bayes.documents import Block
from bme_bayes.errors import UnknownName
from bme_bayes.network import REGIONS

LETTER = {name: letter for letter, name in REGIONS.items()}
KEY = ("quantity", "child", "state", "cause")
Key = tuple[str, ...]


def check_prior_links(
    file: str, links: object, known: Iterable[Line], names: Names, found: Findings
) -> None:
    """Each row replaces a number of `known` (links.csv) in its region, and the sums still hold."""
    if links is None:
        return
    if not isinstance(links, Block):
        found.add(file, None, "links is not a mapping of regions to rows")
        return
    for region, rows in links.items():
        if not found.known(Line(file, links.line, {}), "region", region, LETTER):
            continue
        letter = LETTER[region]
        numbers = {_key(line): line for line in known if letter in line["regions"]}
        own = _rows(file, rows, letter, numbers, names, found)
        _sums({**numbers, **own}, own, letter, names, found)


def _rows(
    file: str, rows: object, letter: str, numbers: dict[Key, Line], names: Names, found: Findings
) -> dict[Key, Line]:
    own: dict[Key, Line] = {}
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, Block):
            found.add(file, None, f"not a row: {str(row)[:80]!r}")
            continue
        cells = {k: "" if v is None else str(v) for k, v in row.items()}
        line = Line(file, row.line, {**cells, "regions": letter})
        key = _key(line)
        if key in own:
            found.at(line, f"{' '.join(key)} is given in row {own[key].row} already")
        elif key in numbers:
            check_number(line, line["quantity"] in SHARES, names, found)
            own[key] = line
        elif found.known(line, "quantity", line["quantity"], {k[0] for k in numbers}):
            before = len(found.problems)
            check_references(line, names, found)
            if len(found.problems) == before:
                near = [" ".join(k).strip() for k in numbers if k[:2] == key[:2]]
                found.at(line, str(UnknownName("link", " ".join(key).strip(), near)))
    return own


def _sums(
    numbers: dict[Key, Line], own: dict[Key, Line], letter: str, names: Names, found: Findings
) -> None:
    """The states of each column that was touched still sum to what they must."""
    groups: dict[Key, dict[str, Line]] = defaultdict(dict)
    for (quantity, child, state, cause), line in numbers.items():
        groups[quantity, child, cause][state] = line
    reported: set[int] = set()
    for quantity, child, cause in dict.fromkeys((k[0], k[1], k[3]) for k in own):
        rows = groups[quantity, child, cause]
        last = max((k for k in own if (k[0], k[1], k[3]) == (quantity, child, cause)),
                   key=lambda k: own[k].row)  # fmt: skip
        rest = {s: r for s, r in rows.items() if r is not own[last]}
        ordered = {**rest, last[2]: own[last]}
        check_sum(quantity, child, cause, letter, ordered, names, found, reported)


def _key(line: Line) -> Key:
    return tuple(line[part] for part in KEY)
