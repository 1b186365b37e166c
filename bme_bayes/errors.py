"""The error tree. Everything that a caller can cause derives from `BmeBayesError`.

BmeBayesError
├── DefinitionError      data files are wrong; carries every problem at once
├── UnknownName          a region, setting, variable or state that does not exist
├── InvalidFinding       a value that cannot be read as a finding
├── Contradiction        findings that are impossible together under the model
└── InputError           a file or argument that cannot be used
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


class BmeBayesError(Exception):
    """Base of all errors that a caller of this package can cause.

    >>> issubclass(UnknownName, BmeBayesError) and issubclass(Contradiction, BmeBayesError)
    True
    """


@dataclass(frozen=True)
class Problem:
    """One fault in a data file: where it is and what is wrong."""

    file: str
    row: int | None
    message: str

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}:{self.row}"
        return f"{place}: {self.message}"


class DefinitionError(BmeBayesError):
    """Data files hold faults; `problems` lists all of them.

    >>> print(DefinitionError([Problem("links.csv", 7, "value is above high")]))
    1 problem in the data files:
    links.csv:7: value is above high
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = "1 problem" if count == 1 else f"{count} problems"
        super().__init__("\n".join([f"{head} in the data files:", *map(str, self.problems)]))


class UnknownName(BmeBayesError):
    """A name that the model does not know, with the nearest names that it does.

    >>> print(UnknownName("region", "hipp", ["hip", "knee"]))
    unknown region 'hipp'; did you mean 'hip'?
    """

    def __init__(
        self,
        kind: str,
        name: object,
        known: Iterable[str],
        where: str = "",
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self.kind, self.name = kind, str(name)
        names = sorted({str(k) for k in known})
        self.nearest = nearest(self.name, names, labels=labels)
        place = f" {where}" if where else ""
        if self.nearest:
            hint = "did you mean " + " or ".join(repr(n) for n in self.nearest) + "?"
        else:
            shown = ", ".join(names[:12])
            hint = f"known: {shown}{', ...' if len(names) > 12 else ''}"
        super().__init__(f"unknown {kind} {self.name!r}{place}; {hint}")


class InvalidFinding(BmeBayesError):
    """A value that cannot be read as a finding.

    >>> import bme_bayes as bb
    >>> bb.Engine(bb.load("hip")).posterior({"age": 400})
    Traceback (most recent call last):
    bme_bayes.errors.InvalidFinding: age: 400 years is outside 0 to 120
    """


class Contradiction(BmeBayesError):
    """Findings that the model gives probability zero; `findings` is a smallest such set.

    >>> print(Contradiction(["sex=male", "pregnancy=early"]))
    these findings cannot be true together under the model: sex=male, pregnancy=early
    """

    def __init__(self, findings: Sequence[str], detail: str = "") -> None:
        self.findings = tuple(findings)
        listed = ", ".join(self.findings) or "the findings"
        text = f"these findings cannot be true together under the model: {listed}"
        super().__init__(f"{text} ({detail})" if detail else text)


class InputError(BmeBayesError):
    """A file or argument that cannot be used.

    >>> from bme_bayes.cases import read_case
    >>> read_case("nowhere.json")
    Traceback (most recent call last):
    bme_bayes.errors.InputError: cannot read nowhere.json: No such file or directory
    """


def nearest(
    name: str, known: Iterable[str], count: int = 3, labels: Mapping[str, str] | None = None
) -> list[str]:
    """The known names most like `name`, best first; else those whose label holds it.

    >>> nearest("osteonecrosis", ["avn", "bmes"], labels={"avn": "Osteonecrosis (AVN)"})
    ['avn']
    """
    by_fold = {k.casefold(): k for k in known}
    wanted = name.casefold().strip().replace(" ", "_").replace("-", "_")
    hits = difflib.get_close_matches(wanted, list(by_fold), n=count, cutoff=0.6)
    if not hits and len(wanted) >= 3:
        hits = [k for k in by_fold if wanted in k][:count]
    if not hits and len(wanted) >= 3 and labels:
        words = name.casefold().strip().replace("_", " ")
        hits = [k for k in by_fold if words in labels.get(by_fold[k], "").casefold()][:count]
    return [by_fold[h] for h in hits]
