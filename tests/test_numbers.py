"""The numbers follow from the evidence beside them, and every claim is accounted for."""

import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bme_bayes as bb
from bme_bayes.checks.priors import RANGES
from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.library import networks_folder, priors_folder
from bme_bayes.numbers.ages import YEARS, ages
from bme_bayes.numbers.build import Builder
from bme_bayes.numbers.cells import Cell, Cells
from bme_bayes.numbers.evidence import REGION_NAMES, read_evidence
from bme_bayes.numbers.people import carriers
from bme_bayes.numbers.pool import add_up, combine, expit, interval, judge, logit, shift_to_mean
from bme_bayes.numbers.rates import base_rates
from bme_bayes.numbers.readings import Reading, Region
from bme_bayes.numbers.risks import odds_ratios
from bme_bayes.numbers.vignettes import Objective
from bme_bayes.numbers.write import links_text, prior_texts

NETWORKS = networks_folder()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_links_follow_from_the_evidence() -> None:
    assert (NETWORKS / "links.csv").read_text(encoding="utf-8") == links_text(NETWORKS)


def test_priors_follow_from_the_evidence() -> None:
    for name, text in prior_texts(NETWORKS).items():
        assert (priors_folder() / name).read_text(encoding="utf-8") == text, name


def test_every_claim_is_used_or_refused_with_a_reason() -> None:
    uses = rows(NETWORKS / "claim_uses.csv")
    assert {u["claim_id"] for u in uses} == {c["claim_id"] for c in rows(NETWORKS / "claims.csv")}
    assert all(u["reason"].strip() for u in uses)


def test_every_claim_that_is_used_moves_a_number() -> None:
    used = {u["claim_id"] for u in rows(NETWORKS / "claim_uses.csv") if u["use"] != "no"}
    named = {c for row in rows(NETWORKS / "links.csv") for c in row["claims"].split()}
    for setting in bb.settings():
        for region in REGION_NAMES.values():
            prior = bb.load(region, setting).prior
            assert prior is not None
            named |= {c for n in prior.region(region).values() for c in n.claims}
    assert used - named == set()


def weights(used: list[tuple[str, float, float, float]]) -> list[float]:
    return [min(min(n, 100) * spectrum, 40) for _, _, n, spectrum in used]


def test_ages_recomputed_by_hand() -> None:
    """Age of rheumatoid disease at the knee: its mean is that of judgement and series."""
    cells = Cells(read_evidence(NETWORKS))
    ((_, years, n, spectrum),) = cells.evidence.used("age", "age_band", "", "rheumatoid", "k")
    series_n = min(min(n, 100) * spectrum, 40)
    raw = []
    for age in YEARS:
        passes = [
            float(r[age])
            for i in (1, 2, 3)
            for r in rows(NETWORKS / "elicitation" / f"kinds_p{i}" / "demographics.csv")
            if r["subtype"] == "rheumatoid"
        ]
        raw.append(math.prod(passes) ** (1 / 3))
    judged = sum(r * y for r, y in zip(raw, YEARS.values(), strict=True)) / sum(raw)
    expected = (10 * judged + series_n * years) / (10 + series_n)
    found = {
        r["state"]: float(r["value"])
        for r in ages(cells)
        if (r["cause"], r["regions"]) == ("inflammatory_arthritis.rheumatoid", "k")
    }
    assert sum(found.values()) == pytest.approx(1, abs=1e-3)
    mean = sum(found[a] * y for a, y in YEARS.items())
    assert mean == pytest.approx(expected, abs=0.1)
    slopes = np.diff([math.log(found[a] / r) for a, r in zip(YEARS, raw, strict=True)])
    assert slopes / np.diff(list(YEARS.values())) == pytest.approx(
        np.full(4, slopes[0] / 12), abs=2e-3
    )


def test_shares_of_carriers_recomputed_by_hand() -> None:
    """Cancer before metastasis: the judged ratio moves towards the published share, by weight."""
    cells = Cells(read_evidence(NETWORKS))
    used = cells.evidence.used("carrier", "cancer_history", "present", "metastasis", "h")
    assert not cells.evidence.used("risk", "cancer_history", "present", "metastasis", "h")
    parts = weights(used)
    series = sum(w * logit(v) for w, (_, v, _, _) in zip(parts, used, strict=True)) / sum(parts)
    weight = min(sum(parts), 60) / (min(sum(parts), 60) + 30)
    found = {
        (r["child"], r["cause"]): r
        for r in odds_ratios(cells)
        if r["state"] == "present" and r["regions"] == "h"
    }
    row = found["cancer_history", "malignancy.metastasis"]
    carried = carriers(cells.evidence, "general_orthopaedics")["cancer_history", "present"][0]
    judged = re.search(r"the judged ([\d.]+) moves", row["note"])
    assert judged
    before = math.log(float(judged[1]))
    expected = before + weight * (series - logit(carried) - before)
    assert math.log(float(row["value"])) == pytest.approx(expected, abs=5e-3)
    assert set(row["claims"].split()) == {u[0] for u in used}
    # A kind that the passes call untouched by a risk factor stays so.
    assert ("corticosteroids", "avn.juvenile") not in found


def test_grades_recomputed_by_hand() -> None:
    """Early and late osteonecrosis at the hip: divided as judged and as published."""
    evidence = read_evidence(NETWORKS)
    used = evidence.used("split", "", "", "avn_early", "h")
    parts = weights(used)
    published = sum(w * v for w, (_, v, _, _) in zip(parts, used, strict=True)) / sum(parts)
    n = min(sum(parts), 60)
    judged = {}
    for column in ("avn_early", "avn_late"):
        passes = [
            float(r["main_cause"])
            for i in (1, 2, 3)
            for r in rows(NETWORKS / "elicitation" / f"panel_p{i}" / "base.csv")
            if (r["setting"], r["region"], r["diagnosis"])
            == ("general_orthopaedics", "hip", column)
        ]
        judged[column] = expit(sum(map(logit, passes)) / 3)
    share = judged["avn_early"] / sum(judged.values())
    panel_n = judge([share]).n
    expected = (panel_n * share + n * published) / (panel_n + n)
    notes = {
        str(r["state"]): float(re.search(r"main cause ([\d.]+)", str(r["note"]))[1])  # type: ignore[index]
        for r in base_rates(evidence, "general_orthopaedics", "hip")
        if r["variable"] == "avn"
    }
    found = notes["early_arco_1_2"] / sum(notes.values())
    assert found == pytest.approx(expected, abs=0.01)


def test_what_is_published_of_the_remaining_state_counts() -> None:
    """Edema that is regional has no number of its own: it is what the other states leave."""
    cells = Cells(read_evidence(NETWORKS))
    states = [
        Cell("edema_extent", s, "osteochondral_lesion", "k")
        for s in ("focal_subchondral", "diffuse_epiphysis_to_metaphysis")
    ]
    series = cells.rest(states)
    assert series is not None
    assert series.claims == ("mri307",)
    found = {
        (r["cause"], r["state"]): r
        for r in Builder(cells).frequencies()
        if (r["child"], r["regions"]) == ("edema_extent", "k")
    }
    for kind in ("juvenile_ocd", "traumatic_ocl"):
        for cell in states:
            assert "mri307" in found[f"osteochondral_lesion.{kind}", cell.state]["claims"]


def test_a_pooled_number_recomputed_by_hand() -> None:
    """P(root tear | SIFK): panel and series put together step by step."""
    evidence = read_evidence(NETWORKS)
    used = evidence.used("finding", "meniscal_root_tear_or_extrusion", "present", "sifk", "k")
    assert used
    weights = [min(min(n, 100) * spectrum, 40) for _, _, n, spectrum in used]
    series = sum(w * v for w, (_, v, _, _) in zip(weights, used, strict=True)) / sum(weights)
    series_n = min(sum(weights), 60)
    panel = [
        float(r["sifk"])
        for i in (1, 2, 3)
        for r in rows(NETWORKS / "elicitation" / f"panel_p{i}" / "findings.csv")
        if r["finding"] == "meniscal_root_tear_or_extrusion"
    ]
    logits = [math.log(p / (1 - p)) for p in panel]
    mean = sum(logits) / 3
    spread = max(math.sqrt(sum((x - mean) ** 2 for x in logits) / 2), 0.35)
    p = 1 / (1 + math.exp(-mean))
    panel_n = min(max(1 / (spread**2 * p * (1 - p)), 2), 10)
    expected = (panel_n * p + series_n * series) / (panel_n + series_n)
    found = combine(judge(panel), add_up(used))
    assert found.value == pytest.approx(expected, abs=1e-9)


def test_a_series_of_six_never_gives_certainty() -> None:
    found = combine(judge([0.8, 0.7, 0.75]), add_up([("c", 1.0, 6.0, 1.0)]))
    assert 0.75 < found.value < 0.97
    assert found.low < found.value < found.high < 1


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=5))
def test_pooling_stays_between_the_judgements(values: list[float]) -> None:
    assert min(values) - 1e-9 <= judge(values).value <= max(values) + 1e-9


@given(st.floats(0.001, 0.999), st.floats(2, 200))
def test_intervals_hold_their_value(p: float, n: float) -> None:
    low, high = interval(p, n)
    assert 0 < low < p < high < 1


@given(st.lists(st.floats(0.05, 0.95), min_size=2, max_size=5), st.floats(0.05, 0.95))
def test_the_shift_meets_its_mean(values: list[float], target: float) -> None:
    shares = [1 / len(values)] * len(values)
    logits = [logit(v) for v in values]
    shift = shift_to_mean(logits, shares, target)
    assert sum(s * expit(x + shift) for s, x in zip(shares, logits, strict=True)) == pytest.approx(
        target, abs=1e-6
    )


def test_the_gradient_of_the_whole_case_fit() -> None:
    import bme_bayes as bb

    reading = Reading(
        "spine",
        {
            "age": 70,
            "crp": "raised",
            "systemic_signs": "present",
            "cancer_history": "present",
            "cortical_fracture_line": "absent",
            "onset": "gradual",
        },
        {"infection": 0.5, "malignancy": 0.4},
    )
    region = Region(DiseaseSpace(bb.load("spine", "case_reports")), [reading])
    target = Objective([region], {})
    rng = np.random.default_rng(5)
    theta = rng.normal(0, 0.1, len(target.keys))
    _, gradient = target(theta)
    for place in np.argsort(-np.abs(gradient))[:25]:
        step = np.zeros(len(theta))
        step[place] = 1e-5
        numeric = (target(theta + step)[0] - target(theta - step)[0]) / 2e-5
        assert gradient[place] == pytest.approx(numeric, rel=1e-3, abs=1e-5)


def test_a_misspelt_diagnosis_in_a_reading_is_named_with_the_nearest() -> None:
    space = DiseaseSpace(bb.load("spine", "case_reports"))
    reading = Reading("spine", {"crp": "raised"}, {"infektion": 0.9})
    with pytest.raises(bb.UnknownName, match=r"infektion.*reading of spine.*infection"):
        Region(space, [reading])


@pytest.mark.parametrize("setting", bb.settings())
def test_single_numbers_of_a_setting_have_a_reason(setting: str) -> None:
    prior = bb.load("hip", setting).prior
    assert prior is not None
    assert set(prior.reasons) == set(RANGES)
    assert all(words.startswith("elicited: ") for words in prior.reasons.values())


def test_couplings_have_a_reason() -> None:
    found = [n for n in bb.load("hip").numbers.values() if n.quantity == "coupling"]
    assert len(found) > 15
    assert all(n.basis == "elicited" and "single judgement: " in n.note for n in found)
