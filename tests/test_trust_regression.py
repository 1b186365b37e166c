"""The published cases' posteriors are those that were reviewed."""

from __future__ import annotations

import pytest
import regression

TOLERANCE = 1e-4
"""Of a probability: the rounding of the file, and what processors differ by."""


@pytest.fixture(scope="module")
def now() -> dict[regression.Key, regression.Values]:
    return regression.posteriors()


def test_posteriors_are_the_reviewed_ones(now: dict[regression.Key, regression.Values]) -> None:
    reviewed, _ = regression.read()
    moved = []
    for key in now.keys() | reviewed.keys():
        values, before = now.get(key), reviewed.get(key)
        if values is None:
            moved.append(f"{key} is gone")
        elif before is None:
            if max(values) >= regression.SHOWN + TOLERANCE:
                moved.append(f"{key} is new: {values}")
        elif max(abs(a - b) for a, b in zip(values, before, strict=True)) > TOLERANCE:
            moved.append(f"{key}: {before} -> {values}")
    told = "\n".join(sorted(moved)[:20])
    assert not moved, f"{len(moved)} moved; `make regression`, then read the diff\n{told}"


def test_red_flags_are_the_reviewed_ones() -> None:
    assert regression.flags() == regression.read()[1]


def test_the_file_holds_every_published_case(
    now: dict[regression.Key, regression.Values],
) -> None:
    reviewed, fired = regression.read()
    assert {(k[0], k[2]) for k in reviewed} == {(k[0], k[2]) for k in now}
    assert len(fired) == 126
    leaders = {}
    for (setting, _, case, name), (main, _) in sorted(reviewed.items(), key=lambda kv: kv[1][0]):
        leaders[setting, case] = (name, main)
    assert len(leaders) == 2 * 126
    assert all(main > 0.1 for _, main in leaders.values())
