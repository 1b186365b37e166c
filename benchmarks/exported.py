"""One posterior on the exported model, in a process of its own.

`python -m benchmarks.exported REGION pgmpy|pyagrum` prints the seconds it took, and fails when
it needs too much memory.
"""

from __future__ import annotations

import resource
import subprocess
import sys

import pyagrum

import bme_bayes as bb
from benchmarks.patients import patients
from benchmarks.peers import Pgmpy, agrum, ancestors
from benchmarks.timing import clock
from bme_bayes.pgm.nodes import REFERRED, build_nodes

BOUND = 30
"""Seconds after which a try is ended."""
MEMORY = 12 * 2**30


def tried(region: str, peer: str) -> tuple[float, str]:
    """Seconds that one posterior took, or the bound with the reason why there is none."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.exported", region, peer]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=BOUND, check=False)
    except subprocess.TimeoutExpired:
        return float(BOUND), f"not done in {BOUND} s"
    if found.returncode:
        return float(BOUND), f"more than {MEMORY // 2**30} GB needed"
    return float(found.stdout), ""


def main(region: str, peer: str) -> None:
    engine = bb.Engine(bb.load(region))
    nodes = build_nodes(engine.space)
    evidence = {REFERRED: "present", "marrow_edema": "present", **patients(engine, 1)[0]}
    targets = [d.id for d in engine.network.diagnoses]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    wanted = ancestors(nodes, [*targets, *evidence])
    nodes = {n: nodes[n] for n in wanted}
    if peer == "pgmpy":
        print(clock(lambda: Pgmpy(nodes).query(tuple(targets[:1]), evidence)))
        return
    inference = pyagrum.LazyPropagation(agrum(nodes))
    inference.setEvidence(evidence)
    inference.setTargets(set(targets))
    print(clock(inference.makeInference))


if __name__ == "__main__":
    main(*sys.argv[1:])
