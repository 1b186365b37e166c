"""Up to four scenarios side by side: what they hold and where they differ. Pure: no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bme_bayes.network import Network, Variable
from bme_bayes.posterior import Posterior
from bme_bayes.questions.words import percent
from bme_bayes.ui.charts import Palette
from bme_bayes.ui.row_charts import Mark, Row, Spec, row_chart
from bme_bayes.ui.state import Case, Explorer, choose
from bme_bayes.ui.words import UNKNOWN, points, short

MOST = 4
LETTERS = "ABCD"
SHAPES = ("circle", "square", "diamond", "triangle-up")
SHOWN = 0.02
MIDDLE, APART = 5, 6
"""Pixels under the middle of a row, and between the points of two scenarios."""


@dataclass(frozen=True)
class Scenario:
    """One column: a number that stays with it, and its case."""

    id: int
    case: Case


@dataclass(frozen=True)
class Comparison:
    """The scenarios in order; `made` is how many have ever been made."""

    scenarios: tuple[Scenario, ...] = ()
    made: int = 0


def add(present: Comparison, case: Case) -> Comparison:
    """One scenario more; nothing changes when there are four."""
    if len(present.scenarios) >= MOST:
        return present
    new = Scenario(present.made, case)
    return Comparison((*present.scenarios, new), present.made + 1)


def remove(present: Comparison, number: int) -> Comparison:
    """The comparison without a scenario."""
    return replace(present, scenarios=tuple(s for s in present.scenarios if s.id != number))


def change(present: Comparison, number: int, case: Case) -> Comparison:
    """The comparison with another case in one scenario."""
    found = (replace(s, case=case) if s.id == number else s for s in present.scenarios)
    return replace(present, scenarios=tuple(found))


def chosen(case: Case, variable: Variable, choice: str | None) -> Case:
    """The case with a finding set or removed, by the explorer's rules."""
    return choose(Explorer(case), variable, choice).case


def differing(used: Sequence[Mapping[str, str]]) -> list[str]:
    """Findings that are not the same in all scenarios, in the order of entry."""
    every = list(dict.fromkeys(f for findings in used for f in findings))
    return [f for f in every if len({u.get(f, UNKNOWN) for u in used}) > 1]


def ranked(answers: Sequence[Posterior]) -> list[str]:
    """All diagnoses, by their highest probability as main cause in any scenario."""
    best: dict[str, float] = {}
    for answer in answers:
        for name, found in answer.diagnoses.items():
            best[name] = max(best.get(name, 0.0), found.main_cause)
    return sorted(best, key=lambda d: -best[d])


def labels(networks: Sequence[Network]) -> dict[str, str]:
    """Names of the diagnoses of these regions."""
    return {v.id: v.label for network in networks for v in network.diagnoses}


def value(answer: Posterior, diagnosis: str, present: bool) -> float | None:
    """The chance of a diagnosis as main cause or as present; None where it cannot occur."""
    found = answer.diagnoses.get(diagnosis)
    if found is None:
        return None
    return found.present if present else found.main_cause


def rows(
    answers: Mapping[str, Posterior], names: Mapping[str, str], present: bool
) -> list[list[str]]:
    """A table: each diagnosis, its chance in each scenario, and the change from the first."""
    out = []
    for diagnosis in ranked(list(answers.values())):
        values = [value(a, diagnosis, present) for a in answers.values()]
        first = values[0]
        cells = []
        for number, found in enumerate(values):
            if found is None:
                cells.append("–")
            elif number == 0 or first is None:
                cells.append(percent(found))
            else:
                change = points(found, first)
                cells.append(
                    percent(found) if change == "±0" else f"{percent(found)} (**{change}**)"
                )
        out.append([short(diagnosis, names), *cells])
    return out


def chart_spec(
    answers: Mapping[str, Posterior], names: Mapping[str, str], present: bool, colors: Palette
) -> Spec:
    """A row a diagnosis with a point a scenario, told in words too."""
    drawn: list[Row] = []
    for diagnosis in ranked(list(answers.values())):
        values = {x: value(a, diagnosis, present) for x, a in answers.items()}
        known = {x: v for x, v in values.items() if v is not None}
        if max(known.values()) < SHOWN:
            continue
        figures = " · ".join(f"{x} {percent(v)}" for x, v in known.items())
        row: Row = {"row": len(drawn), "name": short(diagnosis, names), "figures": figures}
        drawn.append({**row, **known})
    fills = (colors.strong, colors.mark, colors.text, colors.quiet)
    marks = []
    for number, x in enumerate(answers):
        place, down = LETTERS.index(x), MIDDLE + APART * (number - (len(answers) - 1) / 2)
        marks.append(Mark(x, f"Scenario {x}", "point", fills[place], SHAPES[place], down))
    told = "; ".join(f"{r['name']}: {r['figures']}" for r in drawn)
    what = "presence" if present else "main cause"
    return row_chart(drawn, marks, f"Chart of {what} by scenario. {told}.", colors)
