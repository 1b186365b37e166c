"""The explorer's state, links, search and words: pure functions, no Streamlit."""

import dataclasses
import itertools

import pytest

import bme_bayes as bb
from bme_bayes.network import EDEMA, Network, Variable
from bme_bayes.questions.battery import NOT_IMAGED, awaiting_mri, possible_tests
from bme_bayes.questions.words import in_sentence, of_100, percent
from bme_bayes.reading import settings
from bme_bayes.ui import links, state, suggestions
from bme_bayes.ui.bundles import shortcuts
from bme_bayes.ui.search import search
from bme_bayes.ui.state import Case, Explorer
from bme_bayes.ui.words import clip, plain, points, short
from bme_bayes.ui.worked import WORKED

REGIONS = ("hip", "knee", "ankle_foot", "spine")
NETWORKS = {region: bb.load(region) for region in REGIONS}
CATALOGUE = {
    v.id: v for n in NETWORKS.values() for v in n.variables.values() if state.is_observable(v)
}


def choose(start: Explorer, region: str, finding: str, choice: str | None) -> Explorer:
    return state.choose(start, NETWORKS[region].variable(finding), choice)


def ids(region: str, text: str) -> list[str]:
    variables = filter(state.is_observable, NETWORKS[region].variables.values())
    return [v.id for v in search(variables, text)]


def test_a_choice_can_be_made_changed_cleared_and_undone() -> None:
    one = choose(Explorer(), "hip", "night_pain", "present")
    two = choose(one, "hip", "night_pain", "probable")
    three = choose(two, "hip", "night_pain", "unknown")
    assert [s.case.choice("night_pain") for s in (one, two, three)] == [
        "present",
        "probable",
        "unknown",
    ]
    assert three.case.findings == ()
    assert state.undo(state.undo(three)).case == one.case
    assert state.undo(Explorer()) == Explorer()


def test_the_same_choice_again_is_no_step() -> None:
    one = choose(Explorer(), "hip", "night_pain", "present")
    assert choose(one, "hip", "night_pain", "present") is one


def test_reset_keeps_region_and_setting_and_can_be_undone() -> None:
    start = Explorer(Case("knee", "sports_medicine", (("night_pain", "present"),)))
    empty = state.reset(start)
    assert empty.case == Case("knee", "sports_medicine")
    assert state.undo(empty).case == start.case


def test_steps_kept_are_limited() -> None:
    present = Explorer()
    for choice in itertools.islice(itertools.cycle(("present", "absent")), 300):
        present = choose(present, "hip", "limp", choice)
    assert len(present.past) == state.STEPS_KEPT


def test_findings_of_another_region_are_set_aside_and_come_back() -> None:
    case = Case("hip", findings=(("groin_pain", "present"), ("night_pain", "present")))
    knee = dataclasses.replace(case, region="knee")
    assert state.split(knee, NETWORKS["knee"]).other_region == {"groin_pain": "present"}
    back = dataclasses.replace(knee, region="hip")
    assert state.split(back, NETWORKS["hip"]).used == dict(case.findings)


def test_mri_findings_wait_until_mri_is_done() -> None:
    waiting = Case("hip", findings=(("erosions", "present"), (EDEMA, NOT_IMAGED)))
    parts = state.split(waiting, NETWORKS["hip"])
    assert parts.awaiting_mri == {"erosions": "present"}
    assert parts.used == {EDEMA: NOT_IMAGED}
    done = choose(Explorer(waiting), "hip", "synovitis", "present")
    assert set(state.split(done.case, NETWORKS["hip"]).used) == {"erosions", "synovitis"}


def test_before_the_mri_nothing_of_it_comes_by_itself_and_none_is_repeated() -> None:
    network = NETWORKS["hip"]
    waiting = awaiting_mri(network, {EDEMA: NOT_IMAGED})
    assert {EDEMA, "synovitis"} <= waiting
    assert "crp" not in waiting
    assert not awaiting_mri(network, {})
    every = [t.id for t in possible_tests(network, {})]
    now = [t.id for t in possible_tests(network, {EDEMA: NOT_IMAGED})]
    assert now == [t for t in every if t != "repeat_mri"] != every


def test_choices_become_findings_of_the_engine() -> None:
    used = {"night_pain": "probable", "crp": "raised", EDEMA: NOT_IMAGED}
    found = state.findings(used)
    assert found["night_pain"] == {"present": 0.8, "absent": 0.2}
    assert found["crp"] == "raised"
    bb.Engine(NETWORKS["hip"]).posterior(found)


@pytest.mark.parametrize("region", REGIONS)
def test_every_finding_is_in_a_group_and_offers_its_states(region: str) -> None:
    network = NETWORKS[region]
    shown = [v for group in state.grouped(network).values() for v in group]
    wanted = {v.id for v in network.variables.values() if state.is_observable(v)} - {EDEMA}
    assert {v.id for v in shown} == wanted
    assert all(set(v.states) <= set(state.choices(v)) for v in shown)


@pytest.mark.parametrize("worked", WORKED, ids=lambda w: w.id)
def test_a_link_restores_the_case(worked: object) -> None:
    case = next(w.case for w in WORKED if w is worked)
    query = links.to_query(case, "abc")
    restored = links.from_query(query, CATALOGUE, REGIONS, settings())
    assert restored.case == case
    assert restored.notices == ()


@pytest.mark.parametrize("worked", WORKED, ids=lambda w: w.id)
def test_a_worked_case_applies_in_full_to_its_region(worked: object) -> None:
    case = next(w.case for w in WORKED if w is worked)
    parts = state.split(case, NETWORKS[case.region])
    assert parts.used == dict(case.findings)


def test_a_link_with_faults_is_restored_as_far_as_it_can_be() -> None:
    query = {
        "region": "elbow",
        "setting": "nowhere",
        "night_pain": "present",
        "nigt_pain": "present",
        "crp": "enormous",
        "age": "44",
        "<b>x</b>[y](z)": "`present`",
        "limp": "",
    }
    restored = links.from_query(query, CATALOGUE, REGIONS, settings())
    assert dict(restored.case.findings) == {"night_pain": "present", "age_band": "30_50"}
    assert restored.case.region == state.DEFAULT_REGION
    told = " ".join(restored.notices)
    assert len(restored.notices) == 5
    assert "Night pain" in told
    assert "enormous" in told
    assert not set("<>[]()`") & set(told)


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("age", "-3", "it must be 0 to 120"),
        ("age", "1000", "it must be 0 to 120"),
        ("age", "forty", "it must be 0 to 120"),
        ("crp", "raisd", "Did you mean “raised”?"),
        ("crp", "hihg", "Its answers are normal, raised and markedly raised."),
    ],
)
def test_a_fault_of_a_link_names_what_would_be_right(name: str, given: str, told: str) -> None:
    restored = links.from_query({name: given}, CATALOGUE, REGIONS, settings())
    assert restored.case.findings == ()
    (notice,) = restored.notices
    assert told in notice


def test_a_link_says_which_version_it_was_made_with() -> None:
    assert links.version_notice({"model": "abc"}, "abc") is None
    assert links.version_notice({}, "abc") is None
    assert "old" in (links.version_notice({"model": "old"}, "abc") or "")


def test_a_link_holds_findings_and_no_exact_age() -> None:
    restored = links.from_query({"age": "44"}, CATALOGUE, REGIONS, settings())
    query = links.to_query(restored.case, "abc")
    assert set(query) == {"region", "setting", "age_band", "model"}


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("fever", "systemic_signs"),
        ("cortisone", "corticosteroids"),
        ("can't walk", "cannot_bear_weight"),
        ("x-ray", "radiograph"),
        ("xray", "radiograph"),
        ("CRP", "crp"),
        ("oedema extent", "edema_extent"),
        ("limpin", "limp"),
        ("preg", "pregnancy"),
        ("ostoporosis", "osteoporosis"),
        ("sweats", "weight_loss"),
    ],
)
def test_everyday_words_find_the_finding(text: str, finding: str) -> None:
    assert finding in ids("hip", text)[:3]


def test_search_finds_only_what_applies_and_nothing_for_nonsense() -> None:
    assert "groin_pain" in ids("hip", "groin")
    assert "groin_pain" not in ids("knee", "groin")
    assert ids("hip", "") == ids("hip", "the of") == ids("hip", "qwxyz") == []


def every_label(network: Network) -> list[Variable]:
    return [v for v in network.variables.values() if state.is_observable(v)]


@pytest.mark.parametrize("region", REGIONS)
def test_every_label_finds_its_finding(region: str) -> None:
    for variable in every_label(NETWORKS[region]):
        assert variable.id in ids(region, variable.label)[:2], variable.label


def test_words_for_numbers() -> None:
    assert [percent(p).replace("\xa0", " ") for p in (0, 0.004, 0.126, 0.996, 1)] == [
        "0 %",
        "<1 %",
        "13 %",
        ">99 %",
        "100 %",
    ]
    assert of_100(0.12) == "12 of 100"
    assert of_100(0.001) == "fewer than 1 of 100"
    assert of_100(0.001, brief=True) == "<1 of 100"
    assert [points(*p) for p in ((0.5, 0.2), (0.2, 0.5), (0.2, 0.201))] == ["+30", "−30", "±0"]
    assert plain("a*b`c`[d](e)" + "x" * 100, 10).isprintable()


@pytest.mark.parametrize("region", REGIONS)
def test_names_of_diagnoses_fit_a_chart(region: str) -> None:
    labels = {v.id: v.label for v in NETWORKS[region].diagnoses}
    assert all(len(short(d, labels)) <= 30 for d in labels)


def test_a_paused_finding_is_kept_and_does_not_count() -> None:
    both = choose(choose(Explorer(), "hip", "night_pain", "present"), "hip", "limp", "absent")
    paused = state.pause(both, ["limp", "crp"])
    assert paused.case.findings == both.case.findings
    parts = state.split(paused.case, NETWORKS["hip"])
    assert (parts.used, parts.paused) == ({"night_pain": "present"}, {"limp": "absent"})
    assert state.undo(paused).case == both.case
    assert state.pause(paused, ()).case == both.case


@pytest.mark.parametrize("choice", ["present", "unknown"])
def test_answering_a_paused_finding_anew_ends_its_pause(choice: str) -> None:
    paused = state.pause(choose(Explorer(), "hip", "limp", "absent"), ["limp"])
    assert paused.case.paused == ("limp",)
    assert choose(paused, "hip", "limp", choice).case.paused == ()
    assert state.reset(paused).case == Case()


def test_a_pause_survives_another_region() -> None:
    start = state.pause(choose(Explorer(), "hip", "groin_pain", "present"), ["groin_pain"])
    knee = dataclasses.replace(start.case, region="knee")
    assert state.split(knee, NETWORKS["knee"]).other_region == {"groin_pain": "present"}
    back = dataclasses.replace(knee, region="hip")
    assert state.split(back, NETWORKS["hip"]).paused == {"groin_pain": "present"}


def test_pausing_that_mri_is_not_done_brings_its_findings_back() -> None:
    case = Case("hip", findings=(("erosions", "present"), (EDEMA, NOT_IMAGED)), paused=(EDEMA,))
    assert state.split(case, NETWORKS["hip"]).used == {"erosions": "present"}


def test_a_link_carries_what_is_paused() -> None:
    case = Case("hip", findings=(("limp", "absent"), ("crp", "raised")), paused=("crp",))
    query = links.to_query(case, "abc")
    restored = links.from_query(query, CATALOGUE, REGIONS, settings())
    assert restored.case == case
    assert restored.notices == ()


def test_a_link_that_pauses_what_it_does_not_hold_says_so() -> None:
    query = {"region": "hip", "limp": "absent", "paused": "limp,crp,<b>"}
    restored = links.from_query(query, CATALOGUE, REGIONS, settings())
    assert restored.case.paused == ("limp",)
    assert len(restored.notices) == 2
    assert "C-reactive protein" in restored.notices[0]
    assert not set("<>") & set(restored.notices[1])


@pytest.mark.parametrize("region", REGIONS)
def test_a_shortcut_answers_what_its_test_reveals_here_and_overwrites_nothing(region: str) -> None:
    network = NETWORKS[region]
    found = {s.id: s for s in shortcuts(network)}
    assert list(found) == ["radiograph", "bloods", "mri_not_done"]
    bloods = found["bloods"].answers
    assert {network.variable(f).group for f in bloods} == {"laboratory"}
    assert {bloods["crp"], bloods["urate"]} == {"normal", "absent"}
    start = choose(Explorer(), region, "crp", "raised")
    filled = state.fill(start, bloods)
    assert dict(filled.case.findings) == {**bloods, "crp": "raised"}
    assert state.undo(filled).case == start.case
    assert state.fill(filled, bloods) is filled
    assert found["mri_not_done"].answers == {EDEMA: NOT_IMAGED}


def test_limits_of_burden_leave_what_costs_less() -> None:
    network = NETWORKS["hip"]
    tiers = suggestions.burdens(network)
    assert list(tiers) == [1, 2, 3, 5]
    within = [suggestions.findings_within(network, tier, ()) for tier in tiers]
    assert all(less < more for less, more in itertools.pairwise(within))
    assert within[0] == suggestions.findings_within(network, 5, ("history", "examination"))
    assert "crp" not in within[0]
    assert within[-1] >= {f.id for f in network.findings}


def test_a_label_is_cut_between_words_and_only_where_it_must_be() -> None:
    assert clip("Pain at rest", 12) == "Pain at rest"
    assert clip("Serpentine or concave low-signal band", 34) == "Serpentine or concave low-signal…"
    assert clip("Recent infection, bacteraemia, open wound", 31) == "Recent infection, bacteraemia…"


def test_labels_within_a_sentence() -> None:
    assert in_sentence("Modic 1 endplate edema") == "Modic 1 endplate edema"
    labels = ("Night pain", "C-reactive protein", "RF, anti-CCP", "25-OH vitamin D")
    told = ["night pain", "C-reactive protein", "RF, anti-CCP", "25-OH vitamin D"]
    assert [in_sentence(label) for label in labels] == told
