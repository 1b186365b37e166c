"""`compare`: what if other things had been found, or other people came."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from bme_bayes.cases import Case, read_case
from bme_bayes.commands import Answer, stamp, stamp_text
from bme_bayes.commands.patient import open_case
from bme_bayes.commands.tables import paragraph, percent, table
from bme_bayes.engine import Engine
from bme_bayes.errors import InputError
from bme_bayes.network import Network
from bme_bayes.questions.compare import Comparison, Variant, compare
from bme_bayes.questions.intervene import Intervention
from bme_bayes.questions.words import short
from bme_bayes.reading import load

AS_ENTERED = "the case"


def compared(args: argparse.Namespace) -> Answer:
    """Findings, settings or base rates side by side; seeing and doing a risk factor."""
    case, engine = open_case(args)
    variants = [engine.variant(AS_ENTERED, case.findings), *_variants(args, case, engine)]
    done = [engine.intervene(case.findings, name) for name in args.do or ()]
    if len(variants) < 2 and not done:
        raise InputError("compare with what? Give --against, --settings, --change, --rate or --do")
    found = compare(variants) if len(variants) > 1 else None
    data = {**stamp(engine.network), **_compare_data(found, done)}
    return Answer(data, _compare_text(engine.network, found, done))


def _variants(args: argparse.Namespace, case: Case, engine: Engine) -> list[Variant]:
    out = []
    for path in args.against or ():
        other = read_case(path)
        if other.region != case.region:
            raise InputError(f"{path} is a case of {other.region}, not of {case.region}")
        out.append(engine.variant(path, other.findings))
    out += [
        Engine(load(case.region, setting)).variant(str(setting), case.findings)
        for setting in args.settings or ()
    ]
    for change in args.change or ():
        name, state = _split(change, "FINDING=STATE")
        out.append(engine.variant(change, _changed(case.findings, name, state)))
    for rate in args.rate or ():
        name, share = _split(rate, "DIAGNOSIS=SHARE")
        try:
            value = float(share)
        except ValueError:
            raise InputError(f"{rate}: {share!r} is not a share such as 0.3 (for 30 %)") from None
        out.append(engine.variant(rate, case.findings, {name: value}))
    return out


def _changed(findings: Mapping[str, object], name: str, state: str) -> dict[str, object]:
    """The findings with one changed; an age in years takes the place of an age band."""
    if name not in ("age", "age_band"):
        return {**findings, name: state}
    rest = {n: v for n, v in findings.items() if n not in ("age", "age_band")}
    try:
        return {**rest, name: float(state) if name == "age" else state}
    except ValueError:
        raise InputError(f"age: {state!r} is not a number of years") from None


def _split(text: str, form: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name or not value:
        raise InputError(f"{text!r} is not {form}")
    return name, value


def _compare_data(found: Comparison | None, done: Sequence[Intervention]) -> dict[str, object]:
    return {
        "variants": [] if found is None else _variant_data(found),
        "findings": {} if found is None else {n: list(row) for n, row in found.findings.items()},
        "words": [] if found is None else list(found.words),
        "interventions": [
            {
                "id": i.name,
                "states": {
                    s: {"seen": dict(a.seen), "done": dict(a.done), "patients": a.patients}
                    for s, a in i.arms.items()
                },
                "words": i.words,
            }
            for i in done
        ],
    }


def _variant_data(found: Comparison) -> list[dict[str, object]]:
    return [
        {
            "label": label,
            "setting": p.setting,
            "model_version": p.model_version,
            "leader": p.leader,
            "log_evidence": p.log_evidence,
            "diagnoses": {
                name: {
                    "main_cause": d.main_cause,
                    "present": d.present,
                    "difference": found.difference(name, i),
                }
                for name, d in p.diagnoses.items()
            },
        }
        for i, (label, p) in enumerate(zip(found.labels, found.posteriors, strict=True))
    ]


def _compare_text(network: Network, found: Comparison | None, done: Sequence[Intervention]) -> str:
    parts = [stamp_text(network)]
    if found is not None:
        first = found.posteriors[0]
        rows = [
            (
                short(first.labels[d]),
                *(percent(p.diagnoses[d].main_cause) for p in found.posteriors),
            )
            for d in first.diagnoses
        ]
        right = tuple(range(1, len(found.labels) + 1))
        parts.append(table(rows, ("Main cause", *found.labels), right))
        parts.append("\n".join(paragraph(w) for w in found.words))
    for i in done:
        arms = [(s, how) for s in i.arms for how in ("seen", "set")]
        rows = []
        for d in network.diagnoses:
            pairs = [(a.seen[d.id], a.done[d.id]) for a in i.arms.values()]
            if max(max(p) for p in pairs) >= 0.005:
                rows.append((short(d.label), *(percent(p) for pair in pairs for p in pair)))
        head = (i.label, *(f"{s} {how}" for s, how in arms))
        parts += [table(rows, head, tuple(range(1, len(head)))), paragraph(i.words)]
    return "\n\n".join(parts)
