"""Single numbers of the model in words. Pure: no Streamlit."""

from __future__ import annotations

from bme_bayes.network import Network, Number
from bme_bayes.questions.prior_versions import BASE_RATE, REFERENCE, is_case_mix
from bme_bayes.questions.words import in_sentence, percent
from bme_bayes.ui.number_table import ODDS, among, state_words
from bme_bayes.ui.words import short

PREFIX = {
    BASE_RATE: "Base rate",
    "odds_ratio": "Odds ratio",
    "kind_share": "Starting share",
    "multiplier": "Odds",
    "coupling": "Coupling",
}


def figure(number: Number, value: float) -> str:
    """A value of a number in its own unit."""
    return f"{value:.3g}" if number.quantity in ODDS else percent(value)


def brief(network: Network, number: Number) -> str:
    """A number in words, without the patients that it is about."""
    variable = network.variables.get(number.child)
    what = short(number.child, {number.child: variable.label if variable else number.child})
    words = state_words(network, number)
    shown = what if words in ("present", "") else f"{what}: {words}"
    prefix = PREFIX.get(number.quantity, "")
    if is_case_mix(number, network):
        prefix = "Share in the setting"
    elif number.cause == REFERENCE:
        prefix = "Reference share"
    return f"{prefix} of {in_sentence(shown)}" if prefix else shown


def full(network: Network, number: Number) -> str:
    """A number in words, with the patients that it is about."""
    if number.quantity in ("base_rate", "kind_share"):
        return brief(network, number)
    return f"{brief(network, number)}, among: {among(network, number)}"
