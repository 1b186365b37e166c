"""Each red flag fires on its findings; unknown never fires; the label and programme rules."""

import pytest

import bme_bayes as bb
from bme_bayes.cases import read_cases
from bme_bayes.library import networks_folder
from bme_bayes.network import Network
from bme_bayes.posterior import DiagnosisPosterior, Posterior
from bme_bayes.questions.red_flags import label_warnings, programme_criteria, red_flags
from bme_bayes.rules import LABEL_RULES, PROGRAMME, RED_FLAGS, load_rules, parse_rules

REGIONS = ("hip", "knee", "ankle_foot", "spine")
P = "present"
FIRING = [
    ("no_weight_bearing_after_event", {"cannot_bear_weight": P, "recent_trauma": P}, REGIONS),
    ("severe_rest_pain_with_systemic_signs", {"rest_pain": P, "systemic_signs": P}, REGIONS),
    ("severe_rest_pain_with_systemic_signs", {"night_pain": P, "weight_loss": P}, REGIONS),
    ("fever_redness_or_marked_swelling", {"systemic_signs": P}, REGIONS),
    ("fever_redness_or_marked_swelling", {"redness_swelling": P}, REGIONS),
    ("bone_pain_after_cancer", {"cancer_history": P}, REGIONS),
    ("bone_pain_after_cancer", {"prior_radiation": P}, REGIONS),
    ("groin_pain_without_weight_bearing", {"groin_pain": P, "cannot_bear_weight": P}, ("hip",)),
    ("progressive_neurologic_deficit", {"neurologic_deficit": P}, ("spine",)),
    ("suspected_infection", {"abscess_or_sinus": P}, REGIONS),
    ("suspected_infection", {"sinus_tract": P}, REGIONS),
    ("suspected_infection", {"fluid_collection": P}, REGIONS),
    ("suspected_infection", {"crp": "markedly_raised"}, REGIONS),
    ("suspected_infection", {"esr": "markedly_raised"}, REGIONS),
    (
        "disc_signal_of_infection",
        {"endplate_and_disc_signal": P, "paraspinal_edema": P},
        ("spine",),
    ),
    ("disc_signal_of_infection", {"endplate_and_disc_signal": P, "crp": "raised"}, ("spine",)),
    (
        "disc_signal_of_infection",
        {"endplate_and_disc_signal": P, "recent_infection": P},
        ("spine",),
    ),
    (
        "disc_signal_of_infection",
        {"endplate_and_disc_signal": P, "immunosuppression": P},
        ("spine",),
    ),
    ("concerning_lesion", {"mass_or_cortical_destruction": P}, REGIONS),
    ("concerning_lesion", {"t1_marrow_replacement": P}, REGIONS),
    ("concerning_lesion", {"radiograph": "destructive"}, REGIONS),
    ("unexplained_weight_loss", {"weight_loss": P}, REGIONS),
    ("fracture_line_at_the_hip", {"cortical_fracture_line": P}, ("hip",)),
    ("fracture_line_at_the_hip", {"radiograph": "fracture"}, ("hip",)),
]
CASES = [(flag, region, found) for flag, found, regions in FIRING for region in regions]


@pytest.fixture(scope="module")
def networks() -> dict[str, Network]:
    return {region: bb.load(region) for region in REGIONS}


def fired(network: Network, findings: dict[str, object]) -> list[str]:
    return [flag.id for flag in red_flags(network, findings)]


def posterior(leader: str, **present: float) -> Posterior:
    """An answer made by hand, in which `leader` leads."""
    shares = {leader: 0.9} | present
    found = {d: DiagnosisPosterior(0.0, p, {}, {}) for d, p in shares.items()}
    return Posterior("hip", "", "", found, (), 0.0, 0.0, 0.0, {})


@pytest.mark.parametrize(("flag", "region", "findings"), CASES)
def test_fires(
    networks: dict[str, Network], flag: str, region: str, findings: dict[str, object]
) -> None:
    assert flag in fired(networks[region], findings)


@pytest.mark.parametrize(("flag", "region", "findings"), CASES)
def test_needs_every_finding(
    networks: dict[str, Network], flag: str, region: str, findings: dict[str, object]
) -> None:
    for name in findings:
        unremarkable = networks[region].variable(name).states[0]
        for value in (unremarkable, "unknown", None):
            assert flag not in fired(networks[region], findings | {name: value})
        rest = {n: v for n, v in findings.items() if n != name}
        assert flag not in fired(networks[region], rest)


Found = dict[str, object]
QUIET_AND_DANGEROUS: dict[str, tuple[str, Found, str]] = {
    "diabetic foot with a sinus, no fever": (
        "ankle_foot",
        {"immunosuppression": P, "sinus_tract": P, "systemic_signs": "absent"},
        "suspected_infection",
    ),
    "abscess under immunosuppression, CRP normal": (
        "knee",
        {"immunosuppression": P, "abscess_or_sinus": P, "crp": "normal"},
        "suspected_infection",
    ),
    "discitis after bacteraemia, no fever": (
        "spine",
        {"recent_infection": P, "endplate_and_disc_signal": P, "systemic_signs": "absent"},
        "disc_signal_of_infection",
    ),
    "child with a destructive lesion": (
        "knee",
        {"age": 13, "radiograph": "destructive", "systemic_signs": "absent"},
        "concerning_lesion",
    ),
    "replaced marrow, no cancer known": (
        "hip",
        {"age": 70, "t1_marrow_replacement": P, "cancer_history": "absent"},
        "concerning_lesion",
    ),
    "runner who still walks on a fracture line": (
        "hip",
        {"age": 27, "high_impact_sport": P, "cannot_bear_weight": "absent"}
        | {"groin_pain": P, "cortical_fracture_line": P},
        "fracture_line_at_the_hip",
    ),
}
ORDINARY: dict[str, tuple[str, Found]] = {
    "Modic change": ("spine", {"age": 48, "endplate_and_disc_signal": P, "crp": "normal"}),
    "worn knee": ("knee", {"age": 68, "cartilage_loss": P, "radiograph": "degenerative"}),
    "syndrome": ("hip", {"age": 42, "groin_pain": P, "limp": P, "crp": "normal"}),
    "metatarsal stress fracture": ("ankle_foot", {"age": 24, "cortical_fracture_line": P}),
    "arthritis in a flare": ("knee", {"synovitis": P, "crp": "raised", "esr": "raised"}),
}


@pytest.mark.parametrize("patient", QUIET_AND_DANGEROUS)
def test_dangerous_patients_without_fever_are_flagged(
    networks: dict[str, Network], patient: str
) -> None:
    region, findings, flag = QUIET_AND_DANGEROUS[patient]
    assert flag in fired(networks[region], findings)


@pytest.mark.parametrize("patient", ORDINARY)
def test_ordinary_patients_are_not_flagged(networks: dict[str, Network], patient: str) -> None:
    region, findings = ORDINARY[patient]
    assert fired(networks[region], findings) == []


def test_published_infections_and_tumours_are_flagged_and_few_others(
    networks: dict[str, Network],
) -> None:
    cases = read_cases(networks_folder() / "cases" / "published_cases.jsonl")
    flagged = {True: 0, False: 0}
    for case in cases:
        dangerous = case.diagnosis in ("infection", "malignancy")
        flagged[dangerous] += bool(fired(networks[case.region], dict(case.findings)))
    assert flagged[True] >= 31, "of 34"
    assert flagged[False] <= 23, "of 92"


@pytest.mark.parametrize("file", [RED_FLAGS, LABEL_RULES])
def test_a_rule_that_names_a_finding_names_its_special_cases(
    networks: dict[str, Network], file: str
) -> None:
    parts = {
        v.part_of: {p.id for p in n.findings if p.part_of == v.part_of}
        for n in networks.values()
        for v in n.findings
        if v.part_of
    }
    assert parts
    for rule in load_rules(file):
        named = {leaf.name for leaf in rule.when.leaves()} if rule.when else set()
        for whole in named & parts.keys():
            assert parts[whole] <= named, rule.id


def test_every_red_flag_is_tested_and_has_urgency() -> None:
    rules = load_rules(RED_FLAGS)
    assert {rule.id for rule in rules} == {flag for flag, _, _ in FIRING}
    assert all(rule.urgency and rule.source.startswith("overview_") for rule in rules)


@pytest.mark.parametrize("region", REGIONS)
def test_nothing_entered_fires_nothing(networks: dict[str, Network], region: str) -> None:
    assert fired(networks[region], {}) == []


@pytest.mark.parametrize(("likelihood", "fires"), [(0.6, True), (0.5, True), (0.4, False)])
def test_uncertain_finding(networks: dict[str, Network], likelihood: float, fires: bool) -> None:
    entry = {"present": likelihood, "absent": 1 - likelihood}
    assert ("bone_pain_after_cancer" in fired(networks["hip"], {"cancer_history": entry})) is fires


def test_unreadable_finding_is_an_error(networks: dict[str, Network]) -> None:
    with pytest.raises(bb.UnknownName, match="cancer_history"):
        red_flags(networks["hip"], {"cancer_histroy": "present"})


@pytest.mark.parametrize(
    ("rule", "findings"),
    [
        ("suspected_infection", {"crp": "markedly_raised"}),
        ("clear_fracture", {"cortical_fracture_line": P}),
        ("classic_osteonecrosis", {"serpentine_band": P}),
        ("inflammatory_or_crystal_disease", {"inflammatory_disease": P, "synovitis": P}),
        ("inflammatory_or_crystal_disease", {"urate": P, "redness_swelling": P}),
        ("suspected_malignancy", {"t1_marrow_replacement": P}),
        ("advanced_osteoarthritis", {"cartilage_loss": P, "radiograph": "degenerative"}),
        ("neurologic_deficit_or_other_red_flag", {"cannot_bear_weight": P, "recent_trauma": P}),
    ],
)
def test_label_warning(
    networks: dict[str, Network], rule: str, findings: dict[str, object]
) -> None:
    hip = networks["hip"]
    warned = [w.id for w in label_warnings(hip, findings, posterior("bmes"))]
    assert rule in warned
    assert label_warnings(hip, findings, posterior("avn")) == ()
    assert label_warnings(hip, {}, posterior("bmes")) == ()


def test_label_warning_by_probability_and_at_the_spine(networks: dict[str, Network]) -> None:
    warned = label_warnings(networks["hip"], {}, posterior("bmes", infection=0.2))
    assert [w.id for w in warned] == ["suspected_infection"]
    spine = label_warnings(networks["spine"], {"neurologic_deficit": P}, posterior("bmes"))
    assert [w.id for w in spine] == ["neurologic_deficit_or_other_red_flag"]


def test_programme_criteria_know_what_is_not_known(networks: dict[str, Network]) -> None:
    hip = networks["hip"]
    empty = {c.id: c.met for c in programme_criteria(hip, {}, posterior("bmes"))}
    assert empty == {
        "edema_beyond_weeks": None,
        "slow_healing": None,
        "several_regions": None,
        "fracture_or_necrosis_still_possible": False,
        "staged_loading_wanted": None,
    }
    findings = {
        "persistent_over_6_weeks": P,
        "edema_resolved_on_follow_up": P,
        "multiple_joints": P,
    }
    met = {c.id: c.met for c in programme_criteria(hip, findings, posterior("avn"))}
    assert met["edema_beyond_weeks"] is True
    assert met["slow_healing"] is False
    assert met["several_regions"] is True
    assert met["fracture_or_necrosis_still_possible"] is True


def test_rule_faults_are_named_with_their_line() -> None:
    text = (
        "- {id: a, text: t, source: s, when: {crp: 3}}\n"
        "- {id: b, text: t, source: s, when: {all: []}}\n"
        "- {id: c, text: t, source: s, when: {probability: {avn: 2}}}\n"
        "- {id: d, text: t}\n"
        "- {id: e, text: t, source: s, whem: {crp: raised}}\n"
        "- 7\n"
    )
    rules, problems = parse_rules(text, "rules.yaml")
    assert rules == ()
    assert [p.row for p in problems] == [1, 2, 3, 4, 5, None]
    assert "unknown field 'whem'" in str(problems[4])


@pytest.mark.parametrize("file", [RED_FLAGS, LABEL_RULES, PROGRAMME])
def test_rule_ids_are_unique(file: str) -> None:
    ids = [rule.id for rule in load_rules(file)]
    assert len(ids) == len(set(ids)) > 0
