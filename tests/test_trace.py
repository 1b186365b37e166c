"""A number is traced to the use that its claim was put to, and to the weight it was pooled with."""

import re
from dataclasses import replace

import pytest

import bme_bayes as bb
from bme_bayes.network import REGIONS, Network, Number
from bme_bayes.questions.claim_uses import Uses, patients, read_uses, use_of
from bme_bayes.questions.trace import trace
from bme_bayes.sources import weight


@pytest.fixture(scope="module")
def hip() -> Network:
    return bb.load("hip", "older_adults_falls_clinic")


def row(use: str, child: str, state: str, column: str, **more: str) -> dict[str, str]:
    given = {"claim_id": "c", "regions": "hkas", "n": "20", "spectrum": "0.5", **more}
    return {"use": use, "child": child, "state": state, "column": column, **given}


def number(quantity: str, child: str, state: str, cause: str = "") -> Number:
    return Number(quantity, child, state, cause, 0.5, 0.1, 0.9, 10, "both", claims=("c",))


BAND = ("finding", "serpentine_band", "present")
USES = [
    row(*BAND, "avn", n="1"),
    row(*BAND, "avn_early", n="2"),
    row(*BAND, "multifocal_early", n="3"),
    row(*BAND, "avn_late", n="4"),
    row(*BAND, "none", n="5"),
    row(*BAND, "avn_early", regions="k", n="6"),
    row("sex", "sex", "male", "avn", n="7"),
    row("split", "", "", "avn_early", n="8"),
    row("base", "older_adults_falls_clinic", "", "infection", n="9"),
    row("base", "obstetric", "", "infection", n="10"),
    row("carrier", "alcohol", "present", "avn", n="11"),
    row("finding", "crp", "raised_or_more", "infection", n="12"),
    row("finding", "crp", "normal", "infection", n="13"),
]


@pytest.mark.parametrize(
    ("given", "n"),
    [
        (number("frequency", "serpentine_band", "present", "avn.multifocal_early"), "3"),
        (number("frequency", "serpentine_band", "present", "avn.early_arco_1_2"), "2"),
        (number("frequency", "serpentine_band", "present", "avn.late_arco_3_4"), "4"),
        (number("frequency", "serpentine_band", "present", "avn.juvenile"), "4"),
        (number("frequency", "serpentine_band", "present", "none"), "5"),
        (number("frequency", "serpentine_band", "present", "bmes.classic"), None),
        (number("share", "sex", "female", "avn.juvenile"), "7"),
        (number("base_rate", "avn", "late_arco_3_4"), "8"),
        (number("base_rate", "infection", "present"), "9"),
        (number("odds_ratio", "alcohol", "present", "avn.juvenile"), "11"),
        (number("frequency", "crp", "raised", "infection.pyogenic"), "12"),
    ],
)
def test_the_use_is_the_one_for_the_cause(hip: Network, given: Number, n: str | None) -> None:
    for rows in (USES, USES[::-1]):
        found = use_of("c", given, hip, {"c": rows})
        assert (found and found["n"]) == n


def test_weights_as_they_are_pooled() -> None:
    large = {"n": "5000", "spectrum": "0.6"}
    finding, kind = number("frequency", "crp", "raised", "avn.juvenile"), "avn.juvenile"
    assert patients(row("finding", "crp", "raised", "avn", **large), finding) == weight(5000, 0.6)
    sex = number("share", "sex", "male", kind)
    assert patients(row("sex", "sex", "male", "avn", **large), sex) == pytest.approx(40 * 0.3)
    assert patients(row("sex", "sex", "male", "juvenile", **large), sex) == weight(5000, 0.6)
    edema = number("frequency", "marrow_edema", "present", kind)
    found = patients(row("finding", "marrow_edema", "present", "avn", **large), edema)
    assert found == pytest.approx(100 * 0.15)


def numbers(network: Network) -> list[Number]:
    prior = network.prior
    assert prior
    return [*network.numbers.values(), *prior.region(network.region).values()]


@pytest.mark.parametrize("region", REGIONS.values())
@pytest.mark.parametrize("setting", ["older_adults_falls_clinic", "case_reports"])
def test_every_claim_of_the_bundled_numbers_has_its_use(region: str, setting: str) -> None:
    network, uses = bb.load(region, setting), read_uses()
    for n in numbers(network):
        assert [c for c in n.claims if use_of(c, n, network, uses) is None] == [], n
        counted = re.search(r"(\d+) weighted patients show", n.note)
        if counted and n.child in ("sex", "marrow_edema"):
            assert abs(summed(n, network, uses) - int(counted[1])) <= 0.51, n


def summed(n: Number, network: Network, uses: Uses) -> float:
    rows = [use_of(c, n, network, uses) for c in n.claims]
    return min(sum(patients(r, n) for r in rows if r), 60.0)


def test_a_trace_shows_the_weight_and_nothing_where_no_use_is_known(hip: Network) -> None:
    found = next(t for t in trace(hip, "sex", "male", "avn") if t.claims)
    use = use_of(found.claims[0].claim.id, found.number, hip, read_uses())
    assert use
    assert found.claims[0].weight == f"{patients(use, found.number):.3g}"
    assert found.claims[0].reason == use["reason"]
    key = next(k for k, n in hip.numbers.items() if n == found.number)
    own = replace(found.number, claims=("mri004",))
    edited = replace(hip, numbers={**hip.numbers, key: own})
    (shown,) = next(t for t in trace(edited, "sex", "male", "avn") if t.number == own).claims
    assert (shown.weight, shown.reason) == ("", "")
