"""The words of clinicians and of patients' letters find what they mean."""

from dataclasses import replace

import pytest

import bme_bayes as bb
from bme_bayes.reading import with_version
from bme_bayes.ui import state
from bme_bayes.ui.search import search

REGIONS = ("hip", "knee", "ankle_foot", "spine")
NETWORKS = {region: bb.load(region) for region in REGIONS}
SHOWN = 3
WORDS = {
    "recent_trauma": "bruise; fell; twisted; sprain; car crash",
    "immunosuppression": "sugar; diabetic; diabetes; insulin",
    "redness_swelling": "hot joint; hot swollen joint; red; swelling",
    "neurologic_deficit": "pins and needles; numb; foot drop; bladder; incontinence; weak legs",
    "cannot_bear_weight": "cannot walk; can't stand; unable to walk",
    "corticosteroids": "cortisone; prednisolone; dexamethasone; steroids",
    "systemic_signs": "fever; temperature; sepsis; shivering",
    "cancer_history": "breast cancer; tumour",
    "recent_infection": "ulcer; wound; surgery; blood poisoning",
    "crystal_history": "gout; pseudogout",
    "haemoglobinopathy": "sickle cell; lupus",
    "prior_radiation": "radiotherapy",
    "low_energy_availability": "missed periods; anorexia",
    "pregnancy": "gave birth; breastfeeding",
    "osteoporosis": "brittle bones; thin bones",
    "inflammatory_disease": "rheumatism; psoriasis",
    "known_joint_degeneration": "wear and tear",
    "deep_diffuse_pain": "dull ache",
    "night_pain": "wakes at night",
    "weight_loss": "night sweats; losing weight",
    "mass_or_cortical_destruction": "lump",
    "abscess_or_sinus": "pus; fistula",
    "joint_effusion": "water on the knee",
    "endplate_and_disc_signal": "discitis",
    "vertebral_collapse": "wedge",
    "esr": "sed rate",
    "leukocytosis": "white count",
    "persistent_over_6_weeks": "for months",
}
MISLEADING = {
    "blood thinner": "no variable means it",
    "Modic": "the endplate finding asks for disc fluid, which Modic change mostly lacks",
    "inflammatory back pain": "more than stiffness in the morning",
}
PAIRS = [(name, word) for name, words in WORDS.items() for word in words.split("; ")]


def found(region: str, text: str) -> list[str]:
    variables = filter(state.is_observable, NETWORKS[region].variables.values())
    return [v.id for v in search(variables, text)]


@pytest.mark.parametrize(("name", "word"), PAIRS)
def test_everyday_words_find_the_finding_wherever_it_exists(name: str, word: str) -> None:
    regions = [r for r in REGIONS if name in NETWORKS[r].variables]
    assert regions
    for region in regions:
        assert name in found(region, word)[:SHOWN], region


@pytest.mark.parametrize("word", MISLEADING)
def test_words_that_mean_something_else_find_nothing(word: str) -> None:
    assert [found(region, word) for region in REGIONS] == [[]] * len(REGIONS)


@pytest.mark.parametrize("region", REGIONS)
def test_everything_that_can_be_entered_or_answered_has_words(region: str) -> None:
    for v in NETWORKS[region].of_role("context", "risk", "sign", "finding", "diagnosis"):
        folded = [word.casefold().strip() for word in v.synonyms]
        assert folded, v.id
        assert "" not in folded, v.id
        assert len(folded) == len(set(folded)), v.id


def test_each_word_finds_its_own_finding() -> None:
    home = {v.id: (r, v) for r in REGIONS for v in NETWORKS[r].variables.values()}
    lost = [
        f"{name}: {word}"
        for name, (region, v) in home.items()
        if state.is_observable(v)
        for word in v.synonyms
        if name not in found(region, word)
    ]
    assert lost == []


def test_words_do_not_make_another_version() -> None:
    hip = NETWORKS["hip"]
    bare = {name: replace(v, synonyms=()) for name, v in hip.variables.items()}
    assert with_version(replace(hip, variables=bare)).version == hip.version
