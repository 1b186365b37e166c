"""Finds every fault in the data files at once, each with its file and row.

`reading` stops at the first fault it meets; this is for people who edit the tables.
"""

from __future__ import annotations

from pathlib import Path

from bme_bayes.checks.definitions import check_definitions
from bme_bayes.checks.evidence import check_evidence
from bme_bayes.checks.files import Findings, Names, read_data
from bme_bayes.checks.links import check_links
from bme_bayes.checks.priors import check_prior, check_priors
from bme_bayes.checks.regions import check_regions
from bme_bayes.checks.texts import check_cards, check_cases, check_rules, check_tests
from bme_bayes.errors import Problem


def check_data(folder: Path) -> list[Problem]:
    """All problems in the networks/ and priors/ of a data folder, by file and row."""
    found = Findings()
    data = read_data(folder, found)
    names = Names.of(data)
    check_regions(folder / "networks", found)
    check_definitions(data, names, found)
    check_links(data, names, found)
    check_evidence(data, names, found)
    check_priors(folder / "priors", data, names, found)
    check_rules(folder / "networks", names, found)
    check_tests(folder / "networks", names, found)
    check_cards(folder / "networks" / "cards", names, found)
    check_cases(folder / "networks" / "cases", names, found)
    return sorted(found.problems, key=lambda p: (p.file, p.row or 0, p.message))


def check_prior_text(text: str, name: str, folder: Path) -> list[Problem]:
    """All problems of one prior file, against the definitions of a data folder."""
    found = Findings()
    data = read_data(folder, found)
    check_prior(text, name, data, Names.of(data), found)
    return found.problems
