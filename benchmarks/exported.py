"""One posterior on the exported model, in a process of its own.

`python -m benchmarks.exported REGION pgmpy|pyagrum CASE` prints the seconds that the engine and
that the peer took, and fails when the peer needs too much memory.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pyagrum

import bme_bayes as bb
from benchmarks.patients import patients
from benchmarks.peers import Pgmpy, agrum, ancestors
from benchmarks.timing import clock, median
from bme_bayes.pgm.nodes import REFERRED, build_nodes

BOUND = 15
"""Seconds after which a try is ended."""
MEMORY = 12 * 2**30
PEERS = ("pgmpy", "pyagrum")


@dataclass(frozen=True)
class Case:
    """What is known: findings, whether all risk factors, and how many diagnoses are open."""

    words: str
    findings: int
    all_risks: bool = True
    open_diagnoses: int = 99
    roots: bool = True


CASES = (
    Case("the patient of A: age, sex, 5 risks, 20 findings", 20, all_risks=False),
    Case("20 findings, no risk known", 20, all_risks=False, roots=False),
    Case("age, sex, all risks, 20 findings", 20),
    Case("age, sex, all risks, 3 findings", 3),
    Case("the same, and all diagnoses but 6 known to be absent", 3, open_diagnoses=6),
    Case("the same, and all diagnoses but 3 known to be absent", 3, open_diagnoses=3),
)


def tried(region: str, peer: str, case: int) -> tuple[float, float, str]:
    """Seconds of the engine and of a peer for one posterior; or the bound, and the reason why."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.exported"]
    command += [region, peer, str(case)]
    pipe, no = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdout=pipe, stderr=no, text=True) as run:
        ours = float(run.stdout.readline()) if run.stdout else 0.0
        try:
            found, _ = run.communicate(timeout=BOUND)
        except subprocess.TimeoutExpired:
            run.kill()
            return ours, float(BOUND), f"not done in {BOUND} s"
    if run.returncode:
        return ours, float(BOUND), f"more than {MEMORY // 2**30} GB needed"
    return ours, float(found), ""


def main(region: str, peer: str, number: str) -> None:
    """Print the engine's median seconds, then those of the peer."""
    case, engine = CASES[int(number)], bb.Engine(bb.load(region))
    known = findings_of(engine, case)
    print(median(lambda _: engine.posterior(known), 20), flush=True)
    nodes = build_nodes(engine.space)
    targets = [d.id for d in engine.network.diagnoses]
    absent = dict.fromkeys(targets[case.open_diagnoses :], "absent")
    evidence = {REFERRED: "present", "marrow_edema": "present", **known, **absent}
    targets = targets[: case.open_diagnoses]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    nodes = {n: nodes[n] for n in ancestors(nodes, [*targets, *evidence])}
    if peer == "pgmpy":
        model = Pgmpy(nodes)
        print(best(lambda: model.query(tuple(targets[:1]), evidence)))
        return
    inference = pyagrum.LazyPropagation(agrum(nodes))

    def infer() -> None:
        inference.eraseAllEvidence()
        inference.setEvidence(evidence)
        inference.setTargets(set(targets))
        inference.makeInference()

    print(best(infer))


def best(work: Callable[[], object]) -> float:
    """The least seconds of some runs; of one if it is slow."""
    first = clock(work)
    return min([first, *(clock(work) for _ in range(4 if first < 2 else 0))])


def findings_of(engine: bb.Engine, case: Case) -> dict[str, str]:
    """One patient; from the third case on all risk factors are absent."""
    person = patients(engine, 1, case.roots)[0]
    roots = {v.id for v in engine.network.of_role("context", "risk")}
    kept = [n for n in person if n not in roots][: case.findings]
    known = {n: person[n] for n in person if n in kept or n in roots}
    if case.all_risks:
        known |= {v.id: v.states[0] for v in engine.network.risks}
    return known


if __name__ == "__main__":
    main(*sys.argv[1:])
