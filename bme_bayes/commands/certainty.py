"""`sure`: how sure an answer is, and what it hangs on."""

from __future__ import annotations

import argparse

import numpy as np

from bme_bayes.commands import Answer, stamp, stamp_text
from bme_bayes.commands.figures import number_data, number_words
from bme_bayes.commands.patient import open_case
from bme_bayes.commands.tables import of_hundred, percent, table
from bme_bayes.network import Network
from bme_bayes.questions.break_even import BreakEven
from bme_bayes.questions.sensitivity import Sensitivity
from bme_bayes.questions.stability import SameDecision
from bme_bayes.questions.uncertainty import DiagnosisUncertainty, Uncertainty
from bme_bayes.questions.words import short

SHOWN = 10


def sure(args: argparse.Namespace) -> Answer:
    """How sure an answer is: intervals, the numbers that matter, what would turn it."""
    case, engine = open_case(args)
    rng = np.random.default_rng(args.seed)
    spread = engine.credible_intervals(case.findings, args.draws, rng=rng)
    about = args.diagnosis or spread.leader
    moves = engine.sensitivity(case.findings, about, top=args.top or SHOWN)
    turns = engine.break_even(case.findings)
    same = engine.same_decision(case.findings, rng=rng)
    data = {
        **stamp(engine.network),
        "leader": spread.leader,
        "leader_holds": spread.leader_holds,
        "draws": spread.draws,
        "neglected": spread.neglected,
        "diagnoses": {n: _intervals(d) for n, d in spread.diagnoses.items()},
        "same_decision": {
            "probability": same.probability,
            "standard_error": same.standard_error,
            "leaders": dict(same.leaders),
        },
        "sensitivity": _sensitivity(moves),
        "break_even": _break_even(turns),
    }
    return Answer(data, _sure_text(engine.network, spread, same, moves, turns))


def _intervals(diagnosis: DiagnosisUncertainty) -> dict[str, object]:
    both = (("main_cause", diagnosis.main_cause), ("present", diagnosis.present))
    return {
        "leads": diagnosis.leads,
        **{
            how: {"value": i.value, "low": i.low, "median": i.median, "high": i.high}
            for how, i in both
        },
    }


def _sensitivity(moves: Sensitivity) -> dict[str, object]:
    return {
        "diagnosis": moves.diagnosis,
        "posterior": moves.posterior,
        "tried": moves.tried,
        "flips": moves.flips,
        "numbers": [
            {
                **number_data(s.number),
                "at_low": s.at_low,
                "at_high": s.at_high,
                "derivative": s.derivative,
                "closed_form": s.curve is not None,
                "leaders": list(s.leaders),
            }
            for s in moves.numbers
        ],
    }


def _break_even(turns: BreakEven) -> dict[str, object]:
    return {
        "challenger": turns.challenger,
        "numbers": [
            {
                **number_data(t.number),
                "needed": t.needed,
                "within": t.within,
                "then_leads": t.then_leads,
            }
            for t in turns.turnings
            if t.needed is not None
        ],
    }


def _sure_text(
    network: Network, spread: Uncertainty, same: SameDecision, moves: Sensitivity, turns: BreakEven
) -> str:
    rows = [
        (name, percent(d.main_cause.value), _range(d.main_cause.low, d.main_cause.high),
         of_hundred(d.leads))
        for name, d in list(spread.diagnoses.items())[:SHOWN]
    ]  # fmt: skip
    numbers = [
        (number_words(s.number, network), f"{s.number.value:.3g}",
         f"{s.number.low:.3g} to {s.number.high:.3g}", _range(s.at_low, s.at_high),
         s.number.basis)
        for s in moves.numbers
    ]  # fmt: skip
    needed = [
        (number_words(t.number, network), f"{t.number.value:.3g}", f"{t.needed:.3g}",
         "yes" if t.within else "no", t.then_leads)
        for t in turns.turnings if t.needed is not None
    ]  # fmt: skip
    label, rival = (short(network.variable(d).label) for d in (spread.leader, turns.challenger))
    return "\n\n".join(
        [
            stamp_text(network),
            f"{label} leads. With the numbers redrawn {spread.draws} times from their "
            f"uncertainty it led {of_hundred(spread.leader_holds)} times; once everything else "
            f"is known it will still lead in {of_hundred(same.probability)} patients like this.",
            table(rows, ("Diagnosis", "Main cause", "95 %", "Leads in"), (1,)),
            f"Numbers that move {moves.diagnosis} most, of {moves.tried}; {moves.flips} would "
            "change the leader within their interval:",
            table(numbers, ("Number", "Is", "Interval", "Main cause then", "Basis"), (1,)),
            f"For {rival} to draw level, one of these would have to be:",
            table(
                needed[:SHOWN], ("Number", "Is", "Needed", "In its interval", "Then leads"), (1, 2)
            ),
        ]
    )


def _range(low: float, high: float) -> str:
    return f"{percent(low)} to {percent(high)}"
