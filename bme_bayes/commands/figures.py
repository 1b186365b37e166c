"""Numbers of the model, as data and in words."""

from __future__ import annotations

from bme_bayes.network import Network, Number
from bme_bayes.questions.prior_versions import is_case_mix


def number_data(number: Number) -> dict[str, object]:
    """One number with its interval, what it rests on and its sources."""
    return {
        "quantity": number.quantity,
        "child": number.child,
        "state": number.state,
        "cause": number.cause,
        "value": number.value,
        "low": number.low,
        "high": number.high,
        "basis": number.basis,
        "sources": list(number.sources),
    }


def number_words(number: Number, network: Network) -> str:
    """Which number it is, in a line."""
    mix = is_case_mix(number, network)
    quantity = "case mix" if mix else number.quantity.replace("_", " ")
    state = f"={number.state}" if number.state else ""
    cause = f" | {number.cause}" if number.cause else ""
    return f"{quantity} {number.child}{state}{cause}"
