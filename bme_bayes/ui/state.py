"""The explorer's state: one case, the steps that led to it, and what may be done with it.

Plain frozen data and pure functions; no Streamlit. Pages keep an `Explorer` in the session and
replace it by what these functions return.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from bme_bayes.findings import OBSERVED_ROLES
from bme_bayes.network import EDEMA, Network, Variable
from bme_bayes.questions.battery import IMAGED_GROUP, NOT_IMAGED
from bme_bayes.ui.words import PROBABLE, UNKNOWN

DEFAULT_REGION = "hip"
DEFAULT_SETTING = "general_orthopaedics"
PROBABLE_WEIGHTS = {"present": 0.8, "absent": 0.2}
STEPS_KEPT = 100


@dataclass(frozen=True)
class Case:
    """What has been entered: region, setting and choices by finding, in the order of entry.

    A choice is a state's id, `probable` (for a finding that is present or absent) or
    `not_imaged` (marrow edema only). A finding that is not named is unknown. Findings that do
    not apply to the region are kept, so that they come back with it: see `split`. `paused` are
    entered findings that do not count for now.
    """

    region: str = DEFAULT_REGION
    setting: str = DEFAULT_SETTING
    findings: tuple[tuple[str, str], ...] = ()
    paused: tuple[str, ...] = ()

    def choice(self, finding: str) -> str:
        """The choice for a finding, `unknown` where there is none."""
        return dict(self.findings).get(finding, UNKNOWN)

    def with_choice(self, finding: str, choice: str | None) -> Case:
        """The case with a finding set (it counts again), or removed by None or `unknown`."""
        found = dict(self.findings)
        if choice is None or choice == UNKNOWN:
            found.pop(finding, None)
        else:
            found[finding] = choice
        paused = tuple(f for f in self.paused if f != finding)
        return replace(self, findings=tuple(found.items()), paused=paused)


@dataclass(frozen=True)
class Explorer:
    """The case, the cases before it (for undo), and notices about how it was loaded."""

    case: Case = Case()
    past: tuple[Case, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Split:
    """The choices of a case that count in a region, and those that do not, by reason."""

    used: Mapping[str, str]
    other_region: Mapping[str, str]
    awaiting_mri: Mapping[str, str]
    paused: Mapping[str, str] = field(default_factory=dict)


def step(state: Explorer, case: Case) -> Explorer:
    """Move to another case; the present one can be returned to by `undo`."""
    if case == state.case:
        return state
    return Explorer(case, (*state.past, state.case)[-STEPS_KEPT:])


def choose(state: Explorer, variable: Variable, choice: str | None) -> Explorer:
    """Set or clear one finding. An MRI finding means that MRI has been done."""
    case = state.case.with_choice(variable.id, choice)
    means_imaged = variable.group == IMAGED_GROUP and choice not in (None, UNKNOWN, NOT_IMAGED)
    if means_imaged and variable.id != EDEMA and case.choice(EDEMA) == NOT_IMAGED:
        case = case.with_choice(EDEMA, None)
    return step(state, case)


def fill(state: Explorer, answers: Mapping[str, str]) -> Explorer:
    """Answer several findings in one step; what has been entered already stays as it is."""
    case = state.case
    for finding, choice in answers.items():
        if case.choice(finding) == UNKNOWN:
            case = case.with_choice(finding, choice)
    return step(state, case)


def pause(state: Explorer, paused: Collection[str]) -> Explorer:
    """Let just these of the entered findings not count."""
    kept = tuple(f for f, _ in state.case.findings if f in paused)
    return step(state, replace(state.case, paused=kept))


def undo(state: Explorer) -> Explorer:
    """Back to the case before the last step."""
    if not state.past:
        return state
    return Explorer(state.past[-1], state.past[:-1])


def reset(state: Explorer) -> Explorer:
    """An empty case in the same region and setting; can be undone."""
    return step(state, replace(state.case, findings=(), paused=()))


def choices(variable: Variable) -> tuple[str, ...]:
    """What can be chosen for a finding, besides `unknown`."""
    if variable.id == EDEMA:
        return (*variable.states, NOT_IMAGED)
    if variable.states == ("absent", "present"):
        return ("absent", PROBABLE, "present")
    return variable.states


def is_observable(variable: Variable) -> bool:
    """Whether a variable is something that a user can enter."""
    return variable.role in OBSERVED_ROLES


def grouped(network: Network) -> dict[str, tuple[Variable, ...]]:
    """What can be entered in a region, by group; marrow edema itself is left out."""
    out: dict[str, tuple[Variable, ...]] = {}
    for variable in network.variables.values():
        if is_observable(variable) and variable.id != EDEMA:
            out[variable.group] = (*out.get(variable.group, ()), variable)
    return out


def split(case: Case, network: Network) -> Split:
    """Which choices of the case count in this region."""
    used: dict[str, str] = {}
    other: dict[str, str] = {}
    waiting: dict[str, str] = {}
    paused: dict[str, str] = {}
    imaged = case.choice(EDEMA) != NOT_IMAGED or EDEMA in case.paused
    for finding, choice in case.findings:
        variable = network.variables.get(finding)
        if variable is None or not is_observable(variable) or choice not in choices(variable):
            other[finding] = choice
        elif finding in case.paused:
            paused[finding] = choice
        elif not imaged and variable.group == IMAGED_GROUP and finding != EDEMA:
            waiting[finding] = choice
        else:
            used[finding] = choice
    return Split(used, other, waiting, paused)


def findings(used: Mapping[str, str]) -> dict[str, object]:
    """Choices as the findings that the engine takes."""
    return {f: dict(PROBABLE_WEIGHTS) if c == PROBABLE else c for f, c in used.items()}


def key(used: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Choices as a key that does not depend on the order of entry."""
    return tuple(sorted(used.items()))


def from_pairs(
    region: str,
    setting: str,
    pairs: Iterable[tuple[str, str]],
    notices: Iterable[str] = (),
    paused: Iterable[str] = (),
) -> Explorer:
    """A fresh state from a link or a worked case."""
    found = dict(pairs)
    kept = tuple(dict.fromkeys(f for f in paused if f in found))
    return Explorer(Case(region, setting, tuple(found.items()), kept), (), tuple(notices))
