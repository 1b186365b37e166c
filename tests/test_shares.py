"""The kinds of a diagnosis are as common in the reference setting as they were judged to be."""

import re

import pytest

import bme_bayes as bb
from bme_bayes.network import REGIONS


@pytest.mark.parametrize("region", REGIONS.values())
def test_judged_shares_hold_in_the_reference_setting(region: str) -> None:
    network = bb.load(region, "general_orthopaedics")
    answer = bb.Engine(network).posterior({}).diagnoses
    weights = [n for n in network.numbers.values() if n.quantity == "kind_share"]
    assert weights
    for number in weights:
        told = re.match(r"judged share ([\d.]+); to start from this gives it", number.note)
        stated = float(told[1]) if told else number.value
        kinds = answer[number.child].kinds
        family = [n.state for n in weights if (n.child, n.cause) == (number.child, number.cause)]
        found = kinds[number.state] / sum(kinds[k] for k in family)
        assert found == pytest.approx(stated, abs=0.01), (number.child, number.state)


@pytest.mark.parametrize("region", REGIONS.values())
def test_weights_of_the_kinds_of_a_grade_sum_to_one(region: str) -> None:
    totals: dict[tuple[str, str], float] = {}
    for number in bb.load(region).numbers.values():
        if number.quantity == "kind_share":
            assert number.low < number.value < number.high
            key = number.child, number.cause
            totals[key] = totals.get(key, 0.0) + number.value
    assert totals
    assert list(totals.values()) == pytest.approx([1.0] * len(totals), abs=2e-3)
