"""What the numbers rest on, and which elicited ones matter most to the published cases."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bme_bayes.cases import Case
from bme_bayes.engine import Engine
from bme_bayes.errors import BmeBayesError
from bme_bayes.network import REGIONS, Number
from bme_bayes.reading import load

BASES = ("published", "both", "elicited")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Influence:
    """One elicited number: how much it moves answers over the cases of its region.

    `region` is empty for a number that several regions share.
    `swing` is the sum over cases of how far the leader's probability lies apart with the
    number at either end of its interval; `cases` in how many it moves it by 0.01 or more.
    """

    region: str
    number: Number
    swing: float
    cases: int


def bases(setting: str) -> dict[str, Counter[str]]:
    """How many numbers of each region rest on publications, on both, on elicitation alone."""
    out = {}
    for region in REGIONS.values():
        network = load(region, setting)
        rates = list(network.prior.region(region).values()) if network.prior else []
        out[region] = Counter(n.basis for n in (*network.numbers.values(), *rates))
    return out


def influential(
    cases: Sequence[Case], setting: str, top: int = 20, progress: Progress | None = None
) -> list[Influence]:
    """The elicited numbers with the largest effect on the leader over the cases."""
    engines: dict[str, Engine] = {}
    swing: dict[tuple[str, Number], float] = defaultdict(float)
    moved: Counter[tuple[str, Number]] = Counter()
    for index, case in enumerate(cases):
        engine = engines.setdefault(case.region, Engine(load(case.region, setting)))
        try:
            leader = engine.posterior(case.findings).leader
            found = engine.sensitivity(case.findings, leader, top=200).numbers
        except BmeBayesError:
            continue
        for entry in found:
            if entry.number.basis == "elicited":
                own = case.region if entry.number.quantity == "base_rate" else ""
                swing[own, entry.number] += entry.swing
                moved[own, entry.number] += entry.swing >= 0.01
        if progress is not None:
            progress(index + 1, len(cases))
    best = sorted(swing, key=lambda key: -swing[key])[:top]
    return [Influence(*key, swing[key], moved[key]) for key in best]


def coverage_text(counts: dict[str, Counter[str]], influences: Sequence[Influence]) -> str:
    """Both as Markdown tables."""
    lines = [
        "| region | published | both | elicited | share with a publication |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for region, count in counts.items():
        total = sum(count.values())
        share = (count["published"] + count["both"]) / total if total else 0.0
        lines.append(f"| {region} | {' | '.join(str(count[b]) for b in BASES)} | {share:.0%} |")
    if influences:
        lines += [
            "",
            "| elicited number | value | interval | swing over the cases | cases moved |",
            "| --- | ---: | ---: | ---: | ---: |",
        ]
    for entry in influences:
        number = entry.number
        where = entry.region or number.cause
        name = f"{number.quantity} {number.child}={number.state}" + (f", {where}" if where else "")
        interval = f"{number.low:.3g} to {number.high:.3g}"
        lines.append(
            f"| {name} | {number.value:.3g} | {interval} | {entry.swing:.2f} | {entry.cases} |"
        )
    return "\n".join(lines) + "\n"
