"""Counts of diagnoses in a table of patients, for updating base rates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from bme_bayes.engine import Engine
from bme_bayes.errors import InputError
from bme_bayes.learning.counts import Counts, update_main_causes, update_presence
from bme_bayes.learning.labelled import MAIN
from bme_bayes.learning.learned import Learned
from bme_bayes.network import NONE, Network

Row = Mapping[str, object]
UNKNOWN = (None, "", "unknown")


def update_base_rates(engine: Engine, diagnoses: Sequence[Row], name: str = "") -> Learned:
    """Base rates from patients with known diagnoses, who arrived one after the other.

    Every diagnosis known of every patient counts presence; else the main cause of every patient
    counts. A table in which cases were sought by diagnosis tells no base rate. Raises
    `InputError` where neither is known of everyone.
    """
    names = [d.id for d in engine.network.diagnoses]
    if all(row.get(d) not in UNKNOWN for row in diagnoses for d in names):
        return update_presence(engine.network, _presence(engine.network, diagnoses), name)
    if all(row.get(MAIN) not in UNKNOWN for row in diagnoses):
        found = Counter(str(row[MAIN]) for row in diagnoses if row[MAIN] != NONE)
        counts = {d: found.get(d, 0) for d in names}
        counted = Counts(engine.network.region, len(diagnoses), counts)
        return update_main_causes(engine, counted, name)
    raise InputError(
        "base rates need the main cause of every patient, or all diagnoses of every patient"
    )


def _presence(network: Network, diagnoses: Sequence[Row]) -> Counts:
    """Counts by grade where grades were told of everyone who has the diagnosis."""
    counts: dict[str, int] = {}
    for diagnosis in network.diagnoses:
        found = Counter(str(row[diagnosis.id]) for row in diagnoses)
        grades = dict.fromkeys(k.grade for k in network.kinds_of(diagnosis.id))
        if found["present"] and "present" not in grades:
            counts[diagnosis.id] = len(diagnoses) - found["absent"]
        else:
            counts |= {f"{diagnosis.id}={g}": found[g] for g in grades}
    return Counts(network.region, len(diagnoses), counts)
