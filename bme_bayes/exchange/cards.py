"""An answer as a CDS Hooks card: a sentence, how urgent, where from, and the detail.

The indicator follows the red flags alone: `info` without one, `warning` with one. It is never
`critical`: no source of the rules grades an emergency apart from what is urgent. Nothing that
identifies a patient is in the card: of the age only the band. https://cds-hooks.hl7.org
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bme_bayes.engine import Engine
from bme_bayes.exchange.assessed import Assessed, assess
from bme_bayes.notebook import count_of_100
from bme_bayes.questions.red_flags import RedFlag, red_flags
from bme_bayes.questions.words import of_100, short, short_name

MOST = 140
"""A summary is shorter than this."""
SHOWN = 5
HEAD = (
    "| Diagnosis | Main cause | Present | 95 % interval of present |",
    "| --- | --- | --- | --- |",
)
DOUBT = (
    "Decision support and teaching, not a medical device. It does not replace a look at the "
    "images, biopsy or a second opinion."
)


def card(engine: Engine, findings: Mapping[str, object], *, seed: int = 1) -> dict[str, Any]:
    """A CDS Hooks card for a case; `seed` is of what is drawn for the intervals.

    >>> import bme_bayes as bb
    >>> made = card(bb.Engine(bb.load("hip")), {"cannot_bear_weight": "present",
    ...                                         "recent_trauma": "present"})
    >>> made["indicator"], len(made["summary"]) < 140
    ('warning', True)
    """
    found = assess(engine, findings, seed)
    flags = red_flags(engine.network, findings)
    return {
        "summary": summary(found, flags),
        "indicator": indicator(flags),
        "source": {"label": f"bme_bayes, model {found.posterior.model_version}"},
        "detail": detail(found, flags),
    }


def indicator(flags: Sequence[RedFlag]) -> str:
    """`info` or `warning`, by the red flags alone."""
    return "warning" if flags else "info"


def summary(found: Assessed, flags: Sequence[RedFlag]) -> str:
    """One sentence of fewer than 140 characters: flags, and as many diagnoses as fit."""
    count = len(flags)
    parts = [f"{count} red flag{'s' if count > 1 else ''}"] if count else []
    parts.append(f"main cause of the {found.region} marrow edema")
    text = ". ".join(p[0].upper() + p[1:] for p in parts) + ":"
    for i, (name, diagnosis) in enumerate(found.posterior.diagnoses.items()):
        label = short_name(name, found.posterior.labels[name])
        more = f"{',' if i else ''} {label} {of_100(diagnosis.main_cause)}"
        if i == SHOWN or len(text + more) >= MOST - 1:
            break
        text += more
    return text


def detail(found: Assessed, flags: Sequence[RedFlag]) -> str:
    """GitHub-flavoured Markdown: red flags, diagnoses with doubt, what it rests on, limits."""
    rows = [
        f"| {_text(short(found.posterior.labels[name]))} | {of_100(d.main_cause)} "
        f"| {of_100(d.present)} | {_interval(found, name)} |"
        for name, d in list(found.posterior.diagnoses.items())[:SHOWN]
    ]
    basis = [
        f"- {_text(found.network.variable(name).label)}: {_text(words)}"
        for name, words in found.basis.items()
    ]
    prior = found.network.prior
    setting = prior.label if prior else "no setting"
    parts = [
        "\n".join(["**Red flags**", "", *(f"- {_text(f.text)}" for f in flags)]) if flags else "",
        "\n".join([*HEAD, *rows]),
        "\n".join(["**Rests on**", "", *basis]),
        f"Base rates: {_text(setting)}. The leading diagnosis leads in "
        f"{of_100(found.uncertainty.leader_holds)} draws of the model's uncertain numbers. "
        "Findings not entered are unknown, not absent.",
        DOUBT,
    ]
    return "\n\n".join(p for p in parts if p)


def _interval(found: Assessed, name: str) -> str:
    low, high = found.interval(name, "present")
    return f"{count_of_100(low)} to {of_100(high)}"


def _text(text: str) -> str:
    """Text that Markdown takes for nothing else."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in text)
