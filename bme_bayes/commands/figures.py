"""Numbers of the model, as data and in words."""

from __future__ import annotations

from bme_bayes.network import Number


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


def number_words(number: Number) -> str:
    """Which number it is, in a line."""
    cause = f" | {number.cause}" if number.cause else ""
    return f"{number.quantity.replace('_', ' ')} {number.child}={number.state}{cause}"
