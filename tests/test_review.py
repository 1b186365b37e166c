"""What the review of the finished numbers changes, and what it leaves alone."""

import csv
import re
from math import exp, log
from pathlib import Path

import pytest

import bme_bayes as bb
from bme_bayes.errors import UnknownName
from bme_bayes.library import networks_folder
from bme_bayes.numbers.evidence import REGION_NAMES, Row
from bme_bayes.numbers.review import Objection, read_review, reviewed
from bme_bayes.numbers.write import judged_by_hand

FOLDER = networks_folder() / "elicitation"
FILES = sorted(FOLDER.glob("review_r*/*.csv"))


def rows(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def number(state: str, value: str, **more: str) -> Row:
    row = {
        "quantity": "frequency",
        "child": "onset",
        "state": state,
        "cause": "avn.juvenile",
        "regions": "hk",
        "value": value,
        "low": "0.01",
        "high": "0.9",
        "n": "10",
        "basis": "elicited",
        "sources": "kinds_panel",
        "claims": "",
        "note": "judged",
    }
    return row | more


def both(value: float) -> Objection:
    return Objection((value, value), "why")


def test_both_passes_of_every_region_are_kept() -> None:
    assert len(FILES) == 2 * len(REGION_NAMES)
    for path in FILES:
        network = bb.load(path.stem)
        known = {n[:2] + n[3:] for n in network.numbers}
        # A ratio that the whole-case judgements no longer give stands at 1: nothing to object to.
        known |= {("odds_ratio", v.id, k.cause) for v in network.risks for k in network.kinds}
        for row in rows(path):
            assert (row["quantity"], row["child"], row["cause"]) in known, (path, row)
            assert row["state"] in network.variable(row["child"]).states, (path, row)
            assert row["reason"], (path, row)


def test_one_pass_alone_says_nothing_and_a_judgement_by_hand_stands(tmp_path: Path) -> None:
    head = "quantity,child,state,cause,old,new,reason\n"
    cell = "frequency,onset,sudden,avn.juvenile"
    by_hand = "quantity,child,state,cause,value,reason\n"
    (tmp_path / "judgements.csv").write_text(by_hand)
    for place in (1, 2):
        folder = tmp_path / f"review_r{place}"
        folder.mkdir()
        for name in REGION_NAMES.values():
            (folder / f"{name}.csv").write_text(head)
    (tmp_path / "review_r1" / "hip.csv").write_text(head + f"{cell},0.2,0.5,late\n")
    assert read_review(tmp_path) == {}
    (tmp_path / "review_r2" / "hip.csv").write_text(head + f"{cell},0.2,0.6,early\n")
    ((key, found),) = read_review(tmp_path).items()
    assert key == ("frequency", "onset", "sudden", "avn.juvenile", "h")
    assert found == Objection((0.5, 0.6), "late")
    (tmp_path / "judgements.csv").write_text(by_hand + f"{cell},0.2,a reason\n")
    assert read_review(tmp_path) == {}


@pytest.mark.parametrize(
    ("number", "changed"), [(0.2, True), (0.26, False), (0.55, False), (0.83, True)]
)
def test_both_call_it_wrong_by_three_times_in_odds(number: float, changed: bool) -> None:
    """0.5 and 0.6 are odds of 1 and 1.5: a quarter and 0.82 are three times away from both."""
    mean = Objection((0.5, 0.6), "").mean("frequency", number)
    assert mean == (pytest.approx(log(1.5) / 2) if changed else None)


def test_the_region_gets_a_row_of_its_own_and_the_others_keep_theirs() -> None:
    key = ("frequency", "onset", "sudden", "avn.juvenile", "h")
    found = reviewed([number("sudden", "0.2"), number("gradual", "0.6")], {key: both(0.04)})
    by = {(r["state"], r["regions"]): float(r["value"]) for r in found}
    assert by == {
        ("sudden", "k"): 0.2,
        ("gradual", "k"): 0.6,
        ("sudden", "h"): 0.04,
        ("gradual", "h"): 0.6,
    }
    (changed,) = [r for r in found if r["note"] != "judged"]
    assert changed["sources"] == "kinds_panel review"
    assert "was 0.2" in changed["note"]


def test_an_objection_to_no_number_is_refused_with_the_nearest() -> None:
    key = ("frequency", "onset", "sudden", "avn.juvenil", "h")
    with pytest.raises(UnknownName, match=r"avn\.juvenil h.*did you mean.*avn\.juvenile h"):
        reviewed([number("sudden", "0.2")], {key: both(0.9)})


def test_a_judgement_of_no_number_is_refused_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "judgements.csv"
    path.write_text(
        "quantity,child,state,cause,value,reason\nfrequency,onset,sudden,avn.juvenil,0.2,why\n"
    )
    with pytest.raises(UnknownName, match=r"'avn\.juvenil' in judgements\.csv; did you mean"):
        judged_by_hand([number("sudden", "0.2")], path)


def test_states_keep_to_a_sum_of_one() -> None:
    key = ("frequency", "onset", "sudden", "avn.juvenile", "h")
    found = reviewed([number("sudden", "0.2"), number("gradual", "0.6")], {key: both(0.9)})
    at_hip = [float(r["value"]) for r in found if r["regions"] == "h"]
    assert sum(at_hip) == pytest.approx(0.97, abs=1e-3)
    assert at_hip[0] / at_hip[1] == pytest.approx(0.9 / 0.6, rel=1e-2)


def test_what_was_published_counts_beside_the_review() -> None:
    key = ("odds_ratio", "onset", "sudden", "avn.juvenile", "h")
    row = number("sudden", "8", quantity="odds_ratio", low="4", high="16", n="40", regions="h")
    (found,) = reviewed([row], {key: both(2.0)})
    assert float(found["value"]) == pytest.approx(exp((3 * log(8) + log(2)) / 4), rel=1e-3)
    assert float(found["low"]) == pytest.approx(float(found["value"]) / 2, rel=1e-3)


def test_what_both_call_clearly_wrong_is_changed_in_the_networks() -> None:
    changed = [
        n
        for region in REGION_NAMES.values()
        for n in bb.load(region).numbers.values()
        if "review" in n.sources
    ]
    assert changed
    for number in changed:
        told = re.search(r"was ([\d.e+-]+), the review says ([\d.]+) and ([\d.]+): .", number.note)
        assert told, number.note
        before, one, other = (float(told[i]) for i in (1, 2, 3))
        low, high = sorted((before, exp((log(one) + log(other)) / 2)))
        if number.child not in ("onset", "edema_extent", "age_band", "crp", "esr", "radiograph"):
            assert 0.9 * low <= number.value <= 1.1 * high, number
