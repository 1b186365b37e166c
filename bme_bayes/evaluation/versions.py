"""Two versions of the model on the same cases: which leaders and red flags differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bme_bayes.cases import Case
from bme_bayes.engine import Engine
from bme_bayes.errors import BmeBayesError, InputError
from bme_bayes.library import FOLDERS
from bme_bayes.posterior import Posterior
from bme_bayes.questions.red_flags import red_flags
from bme_bayes.reading import load


@dataclass(frozen=True, slots=True)
class CaseDifference:
    """One case under both versions.

    `main_cause` holds (old, new) of every diagnosis of either version, `None` where a version
    does not know it; `gained` and `lost` are ids of red flags.
    """

    case_id: str
    region: str
    diagnosis: str
    leaders: tuple[str, str]
    main_cause: Mapping[str, tuple[float | None, float | None]]
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def leader_changed(self) -> bool:
        """Whether another diagnosis leads."""
        return self.leaders[0] != self.leaders[1]

    @property
    def largest(self) -> tuple[str, float]:
        """The diagnosis whose share as main cause moved most, and by how much."""
        moves = {d: (b or 0.0) - (a or 0.0) for d, (a, b) in self.main_cause.items()}
        name = max(moves, key=lambda d: abs(moves[d]))
        return name, moves[name]


@dataclass(frozen=True)
class VersionDifference:
    """Every case under both versions; `versions` are (old, new) by region."""

    setting: str
    versions: Mapping[str, tuple[str, str]]
    cases: tuple[CaseDifference, ...]

    @property
    def changed(self) -> tuple[CaseDifference, ...]:
        """Cases whose leader or red flags differ, the greatest change first."""
        found = [c for c in self.cases if c.leader_changed or c.gained or c.lost]
        return tuple(sorted(found, key=lambda c: -abs(c.largest[1])))

    def right(self, side: int) -> int:
        """In how many cases with a known diagnosis it leads: side 0 is old, 1 is new."""
        return sum(bool(c.diagnosis) and c.leaders[side] == c.diagnosis for c in self.cases)


def compare_versions(
    old: Path, new: Path, cases: Sequence[Case], setting: str
) -> VersionDifference:
    """Answer every case by two data folders (each with networks/ and priors/).

    Raises `InputError` or `UnknownName` for folders, settings or findings that cannot be read;
    the message says which side and which case.
    """
    sides = [_Side(folder, setting) for folder in (old, new)]
    found = []
    for case in cases:
        (before, flags), (after, flags_now) = (side.answer(case) for side in sides)
        names = list(dict.fromkeys([*before.diagnoses, *after.diagnoses]))
        shares = {d: (_share(before, d), _share(after, d)) for d in names}
        found.append(
            CaseDifference(
                case.case_id,
                case.region,
                case.diagnosis,
                (before.leader, after.leader),
                shares,
                tuple(f for f in flags_now if f not in flags),
                tuple(f for f in flags if f not in flags_now),
            )
        )
    first, second = (side.engines for side in sides)
    versions = {r: (first[r].network.version, second[r].network.version) for r in first}
    return VersionDifference(setting, versions, tuple(found))


def _share(posterior: Posterior, diagnosis: str) -> float | None:
    found = posterior.diagnoses.get(diagnosis)
    return None if found is None else found.main_cause


class _Side:
    """One data folder; a region is compiled when its first case comes."""

    def __init__(self, folder: Path, setting: str) -> None:
        missing = [name for name in FOLDERS if not (folder / name).is_dir()]
        if missing:
            raise InputError(f"{folder} has no {' and no '.join(f'{m}/' for m in missing)}")
        self.folder, self.setting = folder, setting
        self.engines: dict[str, Engine] = {}

    def answer(self, case: Case) -> tuple[Posterior, tuple[str, ...]]:
        """The posterior and the ids of the red flags that fire."""
        try:
            if case.region not in self.engines:
                self.engines[case.region] = Engine(load(case.region, self.setting, self.folder))
            engine = self.engines[case.region]
            flags = red_flags(engine.network, case.findings, self.folder / "networks")
            return engine.posterior(case.findings), tuple(f.id for f in flags)
        except BmeBayesError as error:
            raise InputError(f"{self.folder}, case {case.case_id}: {error}") from error
