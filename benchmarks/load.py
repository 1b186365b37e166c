"""Many people at the app at once: `make load`, or `python -m benchmarks.load --sessions 50`.

Serves the app on this computer, opens one session and then many, each with a case of its own,
some with base rates of their own. Every answer on a page is compared with that of an `Engine`
here. Ends by itself; status 1 where an answer was wrong, a page failed, or memory kept growing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np

import bme_bayes as bb
from benchmarks.sessions import Broken, Session
from bme_bayes.network import REGIONS
from bme_bayes.reading import prior_path, read_prior, under
from bme_bayes.ui import lab_rows, lab_settings, state
from bme_bayes.ui.parts.summary import headline
from bme_bayes.ui.serving import serving
from bme_bayes.ui.words import answer

ANSWER, VERSION = "the main cause of the edema is", "Model version"
EXCLUDED = "has no patient in whom all of these are true"
THINKING = 4.0
"""Mean seconds between two clicks of a person."""
LABS = 5
"""One session in so many edits base rates instead of findings."""
REDRAWN = 5
"""A page that a second run has replaced before it was drawn is asked for so often."""
GROWTH = 0.10
"""Of the memory between the end of the warm-up and the end."""


@dataclass
class Figures:
    """What was measured and what went wrong."""

    answers: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    lab: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)

    def growth(self, warm: float) -> float:
        """Growth of the memory from the first to the last quarter after the warm-up."""
        kept = [m for t, m in self.memory if t >= warm]
        part = max(len(kept) // 4, 1)
        return median(kept[-part:]) / median(kept[:part]) - 1 if kept else 0.0


class Models:
    """Engines to compare with, one a region."""

    def __init__(self) -> None:
        self.engines = {r: bb.Engine(bb.load(r)) for r in REGIONS.values()}
        self.prior = read_prior(prior_path("general_orthopaedics"))

    def headline(self, case: state.Case) -> str:
        """What the page has to say of a case; empty where its findings exclude each other."""
        engine = self.engines[case.region]
        used = state.split(case, engine.network).used
        try:
            return headline(engine.posterior(state.findings(used)), bool(used))
        except bb.Contradiction:
            return ""

    def version(self, region: str, weight: float) -> str:
        """The version of the model whose first base rate has another weight."""
        network = self.engines[region].network
        table = lab_rows.rates_table(network, self.prior, self.prior)
        frame = table.frame()
        frame.loc[0, lab_rows.WEIGHT] = weight
        numbers, faults = table.take(frame)
        assert not faults
        return under(network, lab_settings.with_base(self.prior, region, numbers)).version


async def clinician(number: int, address: str, models: Models, until: float, out: Figures) -> None:
    """Enter findings one after the other; every answer has to be that of this case."""
    rng = np.random.default_rng(number)
    region = list(REGIONS.values())[number % 4]
    network = models.engines[region].network
    askable = [v for v in network.findings if v.states == ("absent", "present")]
    case = state.Case(region)
    for v in rng.choice(np.array(askable, dtype=object), 2, replace=False):
        case = case.with_choice(v.id, "present")
    session = Session(address, {"region": region, **dict(case.findings)})
    out.opened.append(await session.open())
    check(session, models.headline(case), out)
    while time.monotonic() < until:
        await asyncio.sleep(rng.exponential(THINKING))
        variable = rng.choice(np.array(askable, dtype=object))
        options = (state.UNKNOWN, *state.choices(variable))
        choice = str(rng.choice([o for o in options if o != case.choice(variable.id)]))
        case = case.with_choice(variable.id, choice)
        words = "Unknown" if choice == state.UNKNOWN else answer(variable, choice)
        out.answers.append(await session.choose(f"group:{variable.id}", words))
        check(session, models.headline(case), out)
        if not models.headline(case):
            case = case.with_choice(variable.id, None)
            await session.choose(f"group:{variable.id}", "Unknown")
    await session.close()


async def researcher(number: int, address: str, models: Models, until: float, out: Figures) -> None:
    """Copy a setting in the Prior lab and edit a base rate; the version has to be that of it."""
    rng = np.random.default_rng(number)
    region = list(REGIONS.values())[number % 4]
    session = Session(address, {"region": region})
    out.opened.append(await session.open())
    await session.go("prior_lab")
    for _ in range(REDRAWN):
        if "lab_copy" in session.ids:
            break
        await session.rerun()
    await session.press("lab_copy")
    key = next(k for k in session.ids if k.startswith("lab_table") and "own:" in k)
    step = 0
    while time.monotonic() < until:
        await asyncio.sleep(rng.exponential(THINKING))
        step += 1
        weight = 10.0 + number + step / 8
        edits = {"edited_rows": {"0": {lab_rows.WEIGHT: weight}}}
        out.lab.append(await session.type(key, json.dumps(edits)))
        version = models.version(region, weight)
        if version not in session.shown(VERSION):
            out.faults[f"a researcher saw another model: {session.shown(VERSION)[-40:]}"] += 1
        note_errors(session, out)
    await session.close()


def check(session: Session, expected: str, out: Figures) -> None:
    """Compare what the page shows with the engine's own answer."""
    note_errors(session, out)
    shown = session.shown(ANSWER)
    if not expected:
        if not session.shown(EXCLUDED):
            out.faults["a contradiction was not told"] += 1
    elif shown != expected:
        out.faults[f"another answer: {shown[:160]!r} for {expected[:160]!r}"] += 1


def note_errors(session: Session, out: Figures) -> None:
    """Errors that the page shows."""
    for text in [*session.errors, session.shown("part of the page failed")]:
        if text:
            out.faults[f"an error: {text[:120]}"] += 1
    session.errors.clear()


async def crowd(sessions: int, address: str, pid: int, seconds: float, models: Models) -> Figures:
    """So many sessions for so many seconds; the last ones come within the first quarter."""
    out = Figures()
    begun = time.monotonic()
    until = begun + seconds

    async def person(number: int) -> None:
        await asyncio.sleep(number / sessions * seconds / 4)
        act = researcher if sessions > 1 and number % LABS == LABS - 1 else clinician
        try:
            await act(number, address, models, until, out)
        except (Broken, OSError, TimeoutError, KeyError, StopIteration) as error:
            out.faults[f"session lost: {type(error).__name__} {error}"] += 1

    async def watch() -> None:
        while time.monotonic() < until:
            out.memory.append((time.monotonic() - begun, resident(pid)))
            await asyncio.sleep(1)

    await asyncio.gather(watch(), *(person(n) for n in range(sessions)))
    return out


def resident(pid: int) -> float:
    """Memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1000
    return 0.0


def row(name: str, times: list[float]) -> str:
    """A line of the table: count, median and 95th percentile in milliseconds."""
    if not times:
        return f"| {name} | 0 | | |"
    ms = np.array(times) * 1000
    return f"| {name} | {len(ms)} | {np.median(ms):.0f} | {np.quantile(ms, 0.95):.0f} |"


def main() -> int:
    """Measure one session, then many; print the table; 1 where anything went wrong."""
    parser = argparse.ArgumentParser(prog="make load")
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300.0)
    args = parser.parse_args()
    models = Models()
    with serving() as (address, server):
        short = max(min(args.seconds / 4, 60), 30)
        alone = asyncio.run(crowd(1, address, server.pid, short, models))
        many = asyncio.run(crowd(args.sessions, address, server.pid, args.seconds, models))
    warm = args.seconds / 2
    lines = [
        "| | answers | median ms | 95 % ms |",
        "|---|---|---|---|",
        row("one session, a click", alone.answers),
        row(f"{args.sessions} sessions, a click", many.answers),
        row(f"{args.sessions} sessions, a base rate edited", many.lab),
        row(f"{args.sessions} sessions, page opened", many.opened),
    ]
    growth = many.growth(warm)
    memory = [m for _, m in many.memory]
    lines.append(
        f"\nMemory of the server: {memory[0]:.0f} MB at the start, {max(memory):.0f} at most, "
        f"{memory[-1]:.0f} at the end; {growth:+.1%} after the warm-up of {warm:.0f} s."
    )
    faults = alone.faults + many.faults
    lines.append(f"Wrong or missing answers, errors, lost sessions: {sum(faults.values())}.")
    lines += [f"- {count} x {fault}" for fault, count in faults.most_common(10)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if faults or growth > GROWTH or not many.answers else 0


if __name__ == "__main__":
    sys.exit(main())
