"""Why the leader leads, in short, and the numbers of the model that it hangs on."""

from __future__ import annotations

from collections.abc import Mapping

from bme_bayes.engine import Engine
from bme_bayes.network import Number
from bme_bayes.questions.trace import trace
from bme_bayes.report.content import Figure, Reason

REASONS = 6
NUMBERS = 5
Findings = Mapping[str, object]


def reasons(engine: Engine, findings: Findings, leader: str) -> tuple[tuple[Reason, ...], int]:
    """The weightiest findings for and against the leader, and how many more there are."""
    weighing = engine.explain(findings, leader)
    shown = tuple(
        Reason(w.id, w.label, w.state, w.weight, w.words, w.sources)
        for w in weighing.findings[:REASONS]
    )
    return shown, len(weighing.findings) - len(shown)


def numbers_that_count(engine: Engine, findings: Findings, leader: str) -> tuple[Figure, ...]:
    """The numbers whose intervals move the leader's main cause most."""
    moves = engine.sensitivity(findings, leader, top=NUMBERS)
    return tuple(
        Figure(
            words=_words(engine, s.number),
            value=s.number.value,
            low=s.number.low,
            high=s.number.high,
            basis=s.number.basis,
            at_low=s.at_low,
            at_high=s.at_high,
            sources=s.number.sources,
        )
        for s in moves.numbers
    )


def _words(engine: Engine, number: Number) -> str:
    traced = trace(engine.network, number.child)
    return next(t.words for t in traced if t.number == number)
