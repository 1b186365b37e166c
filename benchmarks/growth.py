"""How the time of A and B grows with the network, and that of C with the batch."""

from __future__ import annotations

import bme_bayes as bb
from benchmarks.patients import cohort, patients
from benchmarks.peers import Agrum, agrum, scenario_nodes
from benchmarks.synthetic import synthetic
from benchmarks.timing import clock, side_by_side
from bme_bayes.batch import batch_posterior
from bme_bayes.network import Network

Row = tuple[str, ...]
DIAGNOSES, FINDINGS, RISKS = (8, 12, 16), (50, 100, 200, 400), (10, 20, 40)
BATCHES = (1, 10, 100, 1000)
REPEATS = 15


def growth() -> list[Row]:
    """Rows: what grows, scenarios, milliseconds of A and B, and pyAgrum's A over ours."""
    return [
        *(_row(f"{n} diagnoses", synthetic(diagnoses=n)) for n in DIAGNOSES),
        *(_row(f"{n} findings", synthetic(8, findings=n)) for n in FINDINGS),
        *(_row(f"{n} risks, none known", synthetic(8, risks=n), roots=False) for n in RISKS),
    ]


def _row(words: str, network: Network, roots: bool = True) -> Row:
    engine = bb.Engine(network)
    people = patients(engine, REPEATS, roots)
    peer = Agrum(agrum(scenario_nodes(engine.space)), "LazyPropagation")
    works = {
        "A": lambda i: engine.posterior(people[i]),
        "B": lambda i: engine.next_findings(people[i]),
        "peer": lambda i: peer.scenario(people[i]),
    }
    took = side_by_side(works, REPEATS)
    ratio = f"{took['peer'] / took['A']:.1f}"
    size = f"{engine.space.scenarios.size:,}"
    return words, size, f"{took['A'] * 1e3:.2f}", f"{took['B'] * 1e3:.2f}", ratio


def batches(region: str) -> list[Row]:
    """Rows: patients in one call, microseconds a patient."""
    engine = bb.Engine(bb.load(region))
    codes = cohort(engine.network, max(BATCHES))
    batch_posterior(engine.space, codes[:10])
    rows = []
    for count in BATCHES:
        spent = clock(lambda n=count: batch_posterior(engine.space, codes[:n])) / count
        rows.append((f"{count:,}", f"{spent * 1e6:,.0f}"))
    return rows
