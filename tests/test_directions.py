"""Known directions: what every region must say whatever the numbers are."""

from functools import lru_cache

import pytest

import bme_bayes as bb

P = "present"
REGIONS = ("hip", "knee", "ankle_foot", "spine")
JOINTS = ("hip", "knee", "ankle_foot")
SETTINGS = ("general_orthopaedics", "sports_medicine", "older_adults_falls_clinic")
Findings = dict[str, object]
NONE: Findings = {}
EVERY = [(region, setting) for region in REGIONS for setting in SETTINGS]
OF_JOINTS = [(region, setting) for region, setting in EVERY if region in JOINTS]


@lru_cache(maxsize=12)
def engine(region: str, setting: str) -> bb.Engine:
    return bb.Engine(bb.load(region, setting))


def shares(region: str, setting: str, findings: Findings, diagnosis: str) -> tuple[float, float]:
    """Main cause and presence."""
    found = engine(region, setting).posterior(findings).diagnoses[diagnosis]
    return found.main_cause, found.present


def moved(
    where: tuple[str, str], diagnosis: str, findings: Findings, given: Findings
) -> tuple[float, float]:
    """How findings change a diagnosis: its main cause (difference), its presence (odds ratio)."""
    before = shares(*where, given, diagnosis)
    after = shares(*where, given | findings, diagnosis)
    odds = [present / (1 - present) for _, present in (before, after)]
    return after[0] - before[0], odds[1] / odds[0]


def raises(
    where: tuple[str, str],
    diagnosis: str,
    findings: Findings,
    given: Findings = NONE,
    by: float = 1.05,
) -> bool:
    """Whether findings raise a diagnosis, by this factor of the odds of its presence."""
    main, ratio = moved(where, diagnosis, findings, given)
    return main > 0 and ratio > by


def lowers(
    where: tuple[str, str],
    diagnosis: str,
    findings: Findings,
    given: Findings = NONE,
    by: float = 1.05,
) -> bool:
    """Whether findings lower a diagnosis, by this factor of the odds of its presence."""
    main, ratio = moved(where, diagnosis, findings, given)
    return main < 0 and ratio * by < 1


@pytest.mark.parametrize("where", OF_JOINTS)
@pytest.mark.parametrize("risk", ["corticosteroids", "alcohol"])
def test_steroids_and_alcohol_raise_osteonecrosis(where: tuple[str, str], risk: str) -> None:
    assert raises(where, "avn", {risk: P}, by=1.5)


@pytest.mark.parametrize("setting", [*SETTINGS, "obstetric", "case_reports"])
def test_third_trimester_raises_transient_osteoporosis_of_the_hip(setting: str) -> None:
    woman: Findings = {"sex": "female", "age": 32}
    late: Findings = {"pregnancy": "third_trimester_or_postpartum"}
    assert raises(("hip", setting), "bmes", late, woman)
    assert raises(("hip", setting), "bmes", late, woman | {"pregnancy": "none"})


@pytest.mark.parametrize("where", EVERY)
def test_training_jump_raises_bone_stress_injury(where: tuple[str, str]) -> None:
    assert raises(where, "bone_stress_injury", {"training_jump": P}, by=1.5)


@pytest.mark.parametrize("where", EVERY)
def test_cancer_history_raises_malignancy(where: tuple[str, str]) -> None:
    assert raises(where, "malignancy", {"cancer_history": P}, by=1.2)


@pytest.mark.parametrize("where", EVERY)
def test_fever_and_high_crp_raise_infection(where: tuple[str, str]) -> None:
    assert raises(where, "infection", {"systemic_signs": P}, by=1.5)
    assert raises(where, "infection", {"crp": "markedly_raised"}, by=1.5)
    assert raises(where, "infection", {"crp": "markedly_raised"}, {"systemic_signs": P})


@pytest.mark.parametrize("where", OF_JOINTS)
def test_serpentine_band_raises_osteonecrosis_and_lowers_the_syndrome(
    where: tuple[str, str],
) -> None:
    assert raises(where, "avn", {"serpentine_band": P}, by=3)
    assert lowers(where, "bmes", {"serpentine_band": P})


@pytest.mark.parametrize("setting", SETTINGS)
def test_normal_crp_and_esr_lower_spinal_infection_strongly(setting: str) -> None:
    normal: Findings = {"crp": "normal", "esr": "normal"}
    assert lowers(("spine", setting), "infection", normal, by=3)


@pytest.mark.parametrize("where", EVERY)
def test_normal_crp_and_esr_lower_infection(where: tuple[str, str]) -> None:
    assert lowers(where, "infection", {"crp": "normal", "esr": "normal"}, by=1.5)


SECOND_CAUSES: dict[str, Findings] = {
    "fracture": {"recent_trauma": P, "cortical_fracture_line": P},
    "infection": {"systemic_signs": P, "crp": "markedly_raised", "abscess_or_sinus": P},
    "tumour": {"cancer_history": P, "mass_or_cortical_destruction": P},
    "arthritis": {"inflammatory_disease": P, "erosions": P},
}


@pytest.mark.parametrize("where", EVERY)
@pytest.mark.parametrize("second", SECOND_CAUSES)
def test_second_cause_lowers_the_syndrome(where: tuple[str, str], second: str) -> None:
    given: Findings = {"load_pain": P, "edema_extent": "diffuse_epiphysis_to_metaphysis"}
    assert lowers(where, "bmes", SECOND_CAUSES[second], given)


@pytest.mark.parametrize("where", OF_JOINTS)
def test_worn_joint_lowers_the_syndrome(where: tuple[str, str]) -> None:
    worn: Findings = {"cartilage_loss": P, "radiograph": "degenerative"}
    assert lowers(where, "bmes", worn)
    assert raises(where, "osteoarthritis", worn, by=1.5)


@pytest.mark.parametrize("where", EVERY)
def test_explaining_away(where: tuple[str, str]) -> None:
    """Once a fracture explains the edema, other causes are needed less than before."""
    fracture: Findings = {"recent_trauma": P, "cortical_fracture_line": P, "radiograph": "fracture"}
    assert raises(where, "traumatic_fracture", fracture, by=2)
    assert lowers(where, "infection", fracture)
    assert lowers(where, "bmes", fracture)


@pytest.mark.parametrize("where", EVERY)
def test_old_bones_and_falls_raise_fractures(where: tuple[str, str]) -> None:
    assert raises(where, "insufficiency_fracture", {"osteoporosis": P}, by=1.5)
    unhurt: Findings = {"recent_trauma": "absent"}  # in a falls clinic most have fallen
    assert raises(where, "traumatic_fracture", {"recent_trauma": P}, unhurt, by=3)


@pytest.mark.parametrize("where", EVERY)
def test_known_rheumatic_disease_raises_arthritis(where: tuple[str, str]) -> None:
    assert raises(where, "inflammatory_arthritis", {"inflammatory_disease": P}, by=1.5)


@pytest.mark.parametrize("where", OF_JOINTS)
def test_gout_and_urate_raise_crystal_arthropathy(where: tuple[str, str]) -> None:
    assert raises(where, "crystal_arthropathy", {"crystal_history": P, "urate": P}, by=3)


@pytest.mark.parametrize("where", EVERY)
def test_edema_that_goes_away_raises_the_syndrome(where: tuple[str, str]) -> None:
    resolved: Findings = {"edema_resolved_on_follow_up": P}
    assert raises(where, "bmes", resolved)
    assert lowers(where, "malignancy", resolved)
