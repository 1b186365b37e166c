"""How published reports are read: stated absences, silence, and what stays unknown."""

import numpy as np
import pytest
from numpy.typing import NDArray
from small_network import RISK, SIGN, STATED, small_network, small_reports

import bme_bayes as bb
from bme_bayes.batch import BatchKernel, columns, encode
from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.mentions import read_findings
from bme_bayes.network import EDEMA, Network
from bme_bayes.questions.explain import explain
from bme_bayes.questions.subsets import Subsets, all_masks
from bme_bayes.questions.targets import make_target
from bme_bayes.questions.value import next_findings

SILENT_SIGN = {"absent": 1.0, "present": SIGN}
SAID = {"absent": 1.0, "present": STATED}
CASES: tuple[dict[str, object], ...] = (
    {},
    {"fever": "absent", "crp": "normal", "limp": "present"},
    {"sinus": "present", "age": 40, "steroids": "absent"},
    {"abscess": "present", "sinus": "absent", "limp": "unknown", "film": "normal"},
    {"limp": {"absent": 0.9, "present": 0.1}, EDEMA: "absent", "pregnancy": "late"},
)
BY_HAND: tuple[dict[str, object], ...] = (
    {"fever": SILENT_SIGN, "limp": SILENT_SIGN, "abscess": SILENT_SIGN},
    {"fever": SAID, "crp": "normal", "limp": "present", "abscess": SILENT_SIGN},
    {
        "sinus": "present",
        "age": 40,
        "steroids": "absent",
        "fever": SILENT_SIGN,
        "limp": SILENT_SIGN,
        "abscess": SILENT_SIGN,
    },
    {"abscess": "present", "sinus": SAID, "film": "normal", "fever": SILENT_SIGN},
    {
        "limp": {"absent": 0.9, "present": 0.1},
        EDEMA: "absent",
        "pregnancy": "late",
        "fever": SILENT_SIGN,
        "abscess": SILENT_SIGN,
    },
)
UNMENTIONED_RISKS = {
    "steroids": {"absent": 1.0, "present": RISK},
    "pregnancy": {"none": 1.0, "early": RISK, "late": RISK},
}


def believed(network: Network, findings: dict[str, object]) -> tuple[DiseaseSpace, Belief]:
    space = DiseaseSpace(network)
    return space, space.belief(*read_findings(network, findings))


@pytest.mark.parametrize(("findings", "by_hand"), list(zip(CASES, BY_HAND, strict=True)))
def test_a_report_is_read_as_these_likelihoods(
    findings: dict[str, object], by_hand: dict[str, object]
) -> None:
    _, read = believed(small_reports(), findings)
    silent = {n: v for n, v in UNMENTIONED_RISKS.items() if n not in findings}
    _, plain = believed(small_network(), {**by_hand, **silent})
    assert read.scenario == pytest.approx(plain.scenario, abs=1e-12)


@pytest.mark.parametrize("findings", CASES)
def test_a_clinic_assumes_nothing(findings: dict[str, object]) -> None:
    coded, assumed = read_findings(small_network(), findings)
    assert assumed == {}
    assert all(v.min() == 0 or n == "limp" for n, v in coded.items())


def test_an_explicit_strength_speaks_of_risk_factors_alone() -> None:
    network = small_reports()
    assert read_findings(network, {}, unmentioned=1.0)[1] == {}
    assumed = read_findings(network, {"steroids": None}, unmentioned=0.5)[1]
    assert {n: v.tolist() for n, v in assumed.items()} == {"pregnancy": [1.0, 0.5, 0.5]}
    with pytest.raises(bb.InvalidFinding, match=r"strength 1\.5 is outside"):
        read_findings(network, {}, unmentioned=1.5)


@pytest.mark.parametrize("findings", CASES)
def test_what_next_gives_the_posterior_back(findings: dict[str, object]) -> None:
    space, belief = believed(small_reports(), findings)
    panel = next_findings(space, belief, "all")
    now = space.answers[1:] @ belief.scenario
    names = space.scenarios.diagnoses
    assert {f.id for f in panel.findings} >= {"fever", "limp"} - set(findings)
    for finding in panel.findings:
        chances = [r.probability for r in finding.results.values()]
        assert sum(chances) == pytest.approx(1.0)
        for i, name in enumerate(names):
            mean = sum(r.probability * r.diagnoses[name] for r in finding.results.values())
            assert mean == pytest.approx(now[i], abs=1e-12)


@pytest.mark.parametrize("findings", CASES[1:])
def test_why_leaves_findings_out_and_keeps_the_silence_on_the_others(
    findings: dict[str, object],
) -> None:
    space, belief = believed(small_reports(), findings)
    table = Subsets(space, belief)
    given = make_target(space, "infection").given
    every = table.every(given)
    shares = every[:, 0] / every.sum(axis=1)
    for mask, share in zip(all_masks(len(table.names)), shares, strict=True):
        names = [n for n, on in zip(table.names, mask, strict=True) if on]
        coded = {n: belief.coded[n] for n in (*names, EDEMA)}
        without = space.belief(coded, belief.assumed)
        assert share == pytest.approx(float(without.scenario @ given[:, 0]), abs=1e-12)
    assert explain(space, belief, "infection").diagnosis == "infection"


def test_many_patients_are_read_as_one() -> None:
    network = small_reports()
    space = DiseaseSpace(network)
    rng = np.random.default_rng(1)
    names = [n for n in columns(network) if n != EDEMA]
    patients: list[dict[str, object]] = [
        {
            "age_band": "30_50",
            "sex": "male",
            **{
                n: str(rng.choice(network.variable(n).states))
                for n in names
                if n not in ("age_band", "sex", "pregnancy") and rng.random() < 0.5
            },
        }
        for _ in range(40)
    ]
    codes = encode(network, {n: [p.get(n) for p in patients] for n in names})  # type: ignore[misc]
    found = BatchKernel(space).posterior(codes)
    one_by_one: list[NDArray[np.float64]] = []
    for findings in patients:
        try:
            belief = space.belief(*read_findings(network, findings))
            one_by_one.append(space.answers[1 : 1 + len(found.diagnoses)] @ belief.scenario)
        except bb.Contradiction:
            one_by_one.append(np.full(len(found.diagnoses), np.nan))
    assert found.main_cause == pytest.approx(np.array(one_by_one), abs=1e-9, nan_ok=True)
    assert np.isfinite(found.main_cause).all(axis=1).sum() > 20


def test_an_absence_that_a_report_states_no_longer_rules_out() -> None:
    """The bundled setting: no fever and no leukocytosis are said of infections, too."""
    negatives = {"systemic_signs": "absent", "leukocytosis": "absent"}
    seen = {}
    for setting in ("general_orthopaedics", "case_reports"):
        engine = bb.Engine(bb.load("spine", setting))
        before = engine.posterior({"esr": "raised"}).diagnoses["infection"].present
        after = engine.posterior({"esr": "raised", **negatives}).diagnoses["infection"].present
        seen[setting] = after / before
    assert seen["general_orthopaedics"] < 0.6
    assert seen["case_reports"] > 1.0
