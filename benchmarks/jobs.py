"""The five jobs, each by the engine and by its peers in turns."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyagrum

import bme_bayes as bb
from benchmarks.information import test_of
from benchmarks.patients import Findings, cohort, patients
from benchmarks.peers import Agrum, Pgmpy, agrum, fill, scenario_nodes
from benchmarks.timing import Machine, clock, median, side_by_side
from bme_bayes.batch import batch_chunks, columns
from bme_bayes.questions.results import Results

ENGINES = ("LazyPropagation", "ShaferShenoyInference")
PATIENTS = 40
CHUNK = 1000
TURNS = 4
"""A cohort is cut into so many parts, which the engine and its peer take in turns."""


@dataclass(frozen=True)
class Line:
    """One line of the table: seconds, by way; `limit` the machine's own.

    `posteriors` is how many posteriors, one after the other, the job asks of a peer at the least.
    """

    job: str
    region: str
    ours: float
    peers: dict[str, float]
    target: float
    limit: float
    limit_words: str
    posteriors: float = 1

    @property
    def ratio(self) -> float:
        """The best peer's time over ours."""
        return min(self.peers.values()) / self.ours


class Bench:
    """One region compiled for the engine and for its peers."""

    def __init__(self, region: str, machine: Machine) -> None:
        self.region, self.machine = region, machine
        self.engine = bb.Engine(bb.load(region))
        self.space = self.engine.space
        self.nodes = scenario_nodes(self.space)
        self.net = agrum(self.nodes)
        self.agrum = {name: Agrum(self.net, name) for name in ENGINES}
        self.pgmpy = Pgmpy(self.nodes)
        self.size = self.space.scenarios.size

    def _rows(self, findings: Findings) -> int:
        """Table rows of one patient's findings: two for a finding that hangs on a process."""
        return sum(self.space.likelihood[n].shape[1] for n in findings if n in self.space.cpds)

    def a(self, roots: bool) -> Line:
        """The posterior of all diagnoses."""
        people = patients(self.engine, PATIENTS, roots)
        works = {"engine": lambda i: self.engine.posterior(people[i % PATIENTS])}
        for name, peer in self.agrum.items():
            works[f"pyAgrum {name}"] = lambda i, p=peer: p.scenario(people[i % PATIENTS])
        works["pgmpy VE"] = lambda i: self.pgmpy.scenario(people[i % PATIENTS])
        times = side_by_side(works, PATIENTS)
        rows = float(np.mean([self._rows(p) for p in people])) + 2 * len(self.engine.network.kinds)
        limit = 8 * self.size * rows / self.machine.bandwidth
        words = "findings' rows read once"
        job = "A, age, sex and 5 risks known" if roots else "A, no risk known"
        return self._line(job, times, 25, limit, words)

    def b(self, roots: bool) -> Line:
        """Every unknown finding, state and diagnosis."""
        people = patients(self.engine, 10, roots)
        roles = ("context", "risk", "finding")
        unknown = [
            [v.id for v in self.engine.network.of_role(*roles) if v.id not in p] for p in people
        ]
        works = {"engine": lambda i: self.engine.next_findings(people[i % 10])}
        for name, peer in self.agrum.items():
            works[f"pyAgrum {name}"] = lambda i, p=peer: p.panel(people[i % 10], unknown[i % 10])
        works["pgmpy VE"] = lambda _: [self.pgmpy.scenario(people[0], n) for n in unknown[0]]
        times = side_by_side(works, 10, bound=12)
        states = sum(len(self.engine.network.variable(n).states) for n in unknown[0])
        limit = 2 * self.size * states * len(self.space.answers) / self.machine.flops
        job = "B, age, sex and 5 risks known" if roots else "B, no risk known"
        return self._line(job, times, 60, limit, "one product of matrices")

    def c(self, count: int, sample: int) -> Line:
        """A cohort on two workers."""
        codes, names = cohort(self.engine.network, count), columns(self.engine.network)
        states = {n: self.engine.network.variable(n).states for n in names}
        people = [
            {n: states[n][c] for n, c in zip(names, row, strict=True) if c >= 0}
            for row in codes[:sample].tolist()
        ]
        ours = spent = 0.0
        with ProcessPoolExecutor(2) as pool:
            for turn in range(TURNS):
                mine, halves = (
                    codes[turn::TURNS],
                    [people[2 * turn + i :: 2 * TURNS] for i in (0, 1)],
                )
                parts = (mine[i : i + CHUNK] for i in range(0, len(mine), CHUNK))
                ours += clock(
                    lambda p=parts: [None for _ in batch_chunks(self.space, p, workers=2)]
                )
                spent += max(pool.map(_agrum_cohort, [self.region] * 2, ENGINES, halves))
        rows = float(np.mean([self._rows(p) for p in people]))
        limit = count / 2 * 8 * self.size * rows / self.machine.cached
        job = f"C, {count:,} patients, 2 workers"
        times = {"engine": ours, "pyAgrum, 2 processes": spent / sample * count}
        return self._line(job, times, 40, limit, "findings' rows read from cache", count / 2)

    def d(self, draws: int = 1000, sample: int = 10) -> Line:
        """Credible intervals; the peers' tables are taken as given and only reset."""
        person = patients(self.engine, 1)[0]
        rng = np.random.default_rng(0)
        own = median(lambda _: self.engine.credible_intervals(person, draws, rng=rng), 5)
        changed = ["scenario", "marrow_edema", *person, *self.space.processes]
        peer = self.agrum[ENGINES[0]]

        def reset() -> None:
            for name in changed:
                fill(self.net, self.nodes[name])
            peer.scenario(person)

        def rebuilt() -> None:
            Pgmpy(self.nodes).scenario(person)

        times = {
            "engine": own,
            "pyAgrum, tables reset": clock(lambda: [reset() for _ in range(sample)])
            * draws
            / sample,
            "pgmpy, tables reset": clock(lambda: [rebuilt() for _ in range(3)]) * draws / 3,
        }
        limit = draws * self.size * (self._rows(person) + 10) * 24 / self.machine.cached
        words = "a product a finding, in cache"
        return self._line(f"D, {draws:,} draws", times, 50, limit, words, draws)

    def e(self, findings: int = 20, sample: int = 40) -> Line:
        """The joint information of one test; the peer's estimate needs as many draws."""
        person = patients(self.engine, 1)[0]
        rng = np.random.default_rng(0)
        start = time.perf_counter()
        draws, unknown = test_of(self.engine, person, findings)
        ours = time.perf_counter() - start
        belief = self.engine.belief(person)
        results = Results(self.space, belief, unknown, 1e-6)
        drawn = results.states(results.sample(sample, rng))
        network = self.engine.network
        people = [
            person | {n: network.variable(n).states[drawn[n][i]] for n in drawn}
            for i in range(sample)
        ]
        times = {"engine": ours}
        for name, peer in self.agrum.items():
            spent = clock(lambda p=peer: [p.scenario(x) for x in people])
            times[f"pyAgrum {name}"] = spent * draws / sample
        kept = len(results.keep)
        limit = draws * kept * len(results.blocks) * 24 / self.machine.cached
        job = f"E, test of {len(unknown)} findings, {draws:,} draws"
        words = "a product a block of findings, in cache"
        return self._line(job, times, 50, limit, words, draws)

    def _line(
        self,
        job: str,
        times: dict[str, float],
        target: float,
        limit: float,
        words: str,
        posteriors: float = 1,
    ) -> Line:
        peers = {name: spent for name, spent in times.items() if name != "engine"}
        own = times["engine"]
        return Line(job, self.region, own, peers, target, limit, words, posteriors)


def _agrum_cohort(region: str, engine: str, people: list[Findings]) -> float:
    """Seconds for some patients in this process, without the making of the network."""
    space = bb.Engine(bb.load(region)).space
    peer = Agrum(agrum(scenario_nodes(space)), engine)
    peer.inference.setNumberOfThreads(1)
    peer.scenario(people[0])
    return clock(lambda: [_possible(peer, p) for p in people])


def _possible(peer: Agrum, findings: Findings) -> None:
    try:
        peer.scenario(findings)
    except pyagrum.IncompatibleEvidence:
        return
