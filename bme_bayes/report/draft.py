"""From a case to its report: asks the engine every question that the report answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice

import numpy as np

from bme_bayes.engine import Engine
from bme_bayes.findings import UNKNOWN, Coded, code_findings
from bme_bayes.network import EDEMA, Network, Variable
from bme_bayes.posterior import Posterior
from bme_bayes.questions.battery import awaiting_mri, possible_tests
from bme_bayes.questions.bundles import bundle_values
from bme_bayes.questions.red_flags import label_warnings, red_flags
from bme_bayes.questions.targets import DANGEROUS
from bme_bayes.questions.uncertainty import Interval, Uncertainty
from bme_bayes.questions.value import FindingValue
from bme_bayes.questions.words import finding_words, of_100
from bme_bayes.report.content import (
    Chance,
    Diagnosis,
    Entry,
    NextFinding,
    NextTest,
    Part,
    Reference,
    Report,
    Result,
    SetAside,
    Warned,
)
from bme_bayes.report.reasons import numbers_that_count, reasons
from bme_bayes.report.words import group_title

FORMAT = "bme_bayes report 1"
NEXT = 5
TOLERANCE = 0.03
"""Standard error in bits to which the information of a whole test is worked out."""
Findings = Mapping[str, object]


def build_report(
    engine: Engine,
    findings: Findings,
    *,
    set_aside: Sequence[SetAside] = (),
    date: dt.date | None = None,
    draws: int = 200,
    seed: int = 1,
) -> Report:
    """The report of one patient.

    Parameters: `set_aside` names findings that do not count, with the reason; `date` is that of
    the report (today); `draws` and `seed` are those of the credible intervals. Raises
    `UnknownName`, `InvalidFinding` or `Contradiction`.
    """
    network = engine.network
    found = engine.posterior(findings)
    spread = engine.credible_intervals(findings, draws, rng=np.random.default_rng(seed))
    flags, doubts = _warnings(network, findings, found)
    tests = _next_tests(engine, findings, seed)
    why, left_out = reasons(engine, findings, found.leader)
    numbers = numbers_that_count(engine, findings, found.leader)
    named = [w.source for w in (*flags, *doubts)]
    named += [s for w in why for s in w.sources] + [s for n in numbers for s in n.sources]
    named += [t.source for t in tests]
    stamped = _stamped(network, date or dt.date.today(), draws, seed)
    return stamped(
        findings=_entries(network, findings),
        unknown=_said_unknown(network, findings),
        set_aside=tuple(set_aside),
        red_flags=flags,
        label_warnings=doubts,
        differential=_differential(network, found, spread),
        unexplained=found.unexplained,
        next_findings=_next_findings(engine, findings),
        next_tests=tests,
        leader=found.leader,
        leader_holds=spread.leader_holds,
        why=why,
        why_left_out=left_out,
        numbers=numbers,
        sources=_references(network, named),
    )


def _stamped(network: Network, date: dt.date, draws: int, seed: int) -> Callable[..., Report]:
    """A report that says what it comes from, still to be filled."""
    prior = network.prior
    return partial(
        Report,
        format=FORMAT,
        date=date.isoformat(),
        region=network.region,
        setting=prior.name if prior else "",
        setting_label=prior.label if prior else "",
        model_version=network.version,
        draws=draws,
        seed=seed,
    )


def _warnings(
    network: Network, findings: Findings, found: Posterior
) -> tuple[tuple[Warned, ...], tuple[Warned, ...]]:
    """Red flags, and reasons against the label."""
    flags = red_flags(network, findings)
    doubts = label_warnings(network, findings, found)
    return (
        tuple(Warned(f.id, f.text, f.urgency, f.source) for f in flags),
        tuple(Warned(w.id, w.text, "", w.source) for w in doubts),
    )


def _said_unknown(network: Network, findings: Findings) -> tuple[str, ...]:
    return tuple(
        network.variable(name).label
        for name, value in findings.items()
        if name in network.variables and (value is None or value in UNKNOWN)
    )


def _entries(network: Network, findings: Findings) -> tuple[Entry, ...]:
    coded: Coded = code_findings(network, findings)
    entries = [
        _entry(v, coded[v.id], findings) for v in network.variables.values() if v.id in coded
    ]
    return tuple(sorted(entries, key=lambda e: e.assumed))


def _entry(variable: Variable, known: np.ndarray, findings: Findings) -> Entry:
    likelihoods = dict(zip(variable.states, map(float, known), strict=True))
    answer = finding_words(variable, known)
    age = findings.get("age")
    if variable.id == "age_band" and isinstance(age, int | float):
        answer = f"{age:g} years ({answer})"
    return Entry(
        id=variable.id,
        group=group_title(variable.group),
        label=variable.label,
        answer=answer,
        likelihoods=likelihoods,
        uncertain=sum(w > 0 for w in likelihoods.values()) > 1,
        assumed=variable.id == EDEMA and EDEMA not in findings,
    )


def _differential(network: Network, found: Posterior, spread: Uncertainty) -> tuple[Diagnosis, ...]:
    out = []
    for name, d in found.diagnoses.items():
        sure, variable = spread.diagnoses[name], network.variable(name)
        stages = [Part(s, variable.state_label(s), p) for s, p in d.states.items()]
        kinds = [Part(k.id, k.label, d.kinds[k.id]) for k in network.kinds_of(name)]
        out.append(
            Diagnosis(
                id=name,
                label=variable.label,
                main_cause=_chance(d.main_cause, sure.main_cause),
                present=_chance(d.present, sure.present),
                must_not_be_missed=name in DANGEROUS,
                stages=tuple(stages) if len(stages) > 1 else (),
                kinds=_sorted(kinds) if len(kinds) > 1 else (),
            )
        )
    return tuple(out)


def _sorted(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda p: -p.probability))


def _chance(value: float, interval: Interval) -> Chance:
    """A probability with an interval that holds it (draws alone need not)."""
    low, high = min(interval.low, value), min(max(interval.high, value), 1.0)
    return Chance(value, low, high, of_100(value))


def _next_findings(engine: Engine, findings: Findings) -> tuple[NextFinding, ...]:
    waiting = awaiting_mri(engine.network, findings)
    ranked = (f for f in engine.next_findings(findings).findings if f.id not in waiting)
    return tuple(
        NextFinding(f.id, f.label, f.bits, f.changes_lead, _results(engine.network, f))
        for f in islice(ranked, NEXT)
    )


def _results(network: Network, finding: FindingValue) -> tuple[Result, ...]:
    label = network.variable(finding.id).state_label
    return tuple(
        Result(s, label(s), r.probability, r.leader, r.diagnoses[r.leader])
        for s, r in finding.results.items()
    )


def _next_tests(engine: Engine, findings: Findings, seed: int) -> tuple[NextTest, ...]:
    tests = {t.id: t for t in possible_tests(engine.network, findings)}
    panel = bundle_values(
        engine.space,
        engine.belief(findings),
        tests.values(),
        rng=np.random.default_rng(seed),
        tolerance=TOLERANCE,
    )
    return tuple(
        NextTest(t.id, t.label, t.words, t.bits, t.changes_lead, tests[t.id].source)
        for t in panel.tests[:NEXT]
    )


def _references(network: Network, keys: Iterable[str]) -> dict[str, Reference]:
    found = {k: network.sources[k] for k in keys if k in network.sources}
    return {k: Reference(s.reference, s.kind, s.doi, s.pmid) for k, s in found.items()}
