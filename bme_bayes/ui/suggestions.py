"""Which tests and findings can be suggested, by burden, and tests in words. No Streamlit."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bme_bayes.network import Network
from bme_bayes.questions.battery import load_bundles
from bme_bayes.questions.bundles import BundleValue
from bme_bayes.questions.words import in_sentence, of_100
from bme_bayes.ui.words import listed

EVERYTHING = "Any burden"


def tests_here(network: Network) -> dict[str, str]:
    """Tests that reveal something in a region: id and label, in the order of a workup."""
    return {t.id: t.label for t in load_bundles() if t.reveals(network)}


def burdens(network: Network) -> dict[int, str]:
    """Tiers that a limit can be set to, with the tests that each adds; the last is no limit."""
    tests = [t for t in load_bundles() if t.reveals(network)]
    tiers = sorted({t.burden for t in tests})
    told: dict[int, str] = {}
    for tier in tiers:
        added = listed([in_sentence(t.label) for t in tests if t.burden == tier])
        told[tier] = f"At most {tier}: {'with ' if told else ''}{added}"
    return {**told, tiers[-1]: EVERYTHING}


def findings_within(network: Network, burden: int, tests: Collection[str]) -> set[str]:
    """Findings that a test of at most this burden reveals, of these tests or of any."""
    return {
        finding
        for test in load_bundles()
        if test.burden <= burden and (test.id in tests or not tests)
        for finding in test.reveals(network)
    }


def tests_table(tests: Sequence[BundleValue]) -> str:
    """Tests as a Markdown table: burden, how much is new, how often the lead would change."""
    head = ["Test", "Burden", "New findings", "Another diagnosis would lead in"]
    rows = [head, ["---"] * len(head)]
    for test in tests:
        burden = f"{test.burden} of 5: {test.words}"
        rows.append([test.label, burden, str(len(test.findings)), of_100(test.changes_lead)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
