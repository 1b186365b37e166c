"""The Explorer page by its behaviour, without a browser."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ButtonGroup

import bme_bayes as bb
from bme_bayes.engine import Engine
from bme_bayes.questions.paths import ShortestPath, Step
from bme_bayes.ui.parts.dangers import path_words
from bme_bayes.ui.session import EXPLORER, TURNS
from bme_bayes.ui.worked import WORKED

APP = Path(__file__).resolve().parents[1] / "app.py"
SECONDS = 90


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=SECONDS)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def app() -> AppTest:
    return opened()


def findings(app: AppTest) -> dict[str, str]:
    return dict(app.session_state[EXPLORER].case.findings)


def settle(app: AppTest) -> None:
    """Draw the whole page: after a click AppTest holds only the areas drawn again."""
    app.run()
    app.run()
    assert not app.exception


def key_now(app: AppTest, name: str) -> str:
    """The key of a control: it has a new one after each change that it has not made itself."""
    turn = app.session_state[TURNS].get(name)
    return f"{name}:{turn}" if turn else name


def shown(app: AppTest, name: str) -> ButtonGroup[Any]:
    return app.button_group(key=key_now(app, name))


def answer(app: AppTest, finding: str, choice: str, place: str = "group") -> None:
    choose(app, f"{place}:{finding}", choice)


def choose(app: AppTest, name: str, value: object) -> None:
    shown(app, name).set_value(value)
    settle(app)


def click(app: AppTest, key: str) -> None:
    app.button(key=key).click()
    settle(app)


def select(app: AppTest, key: str, value: object) -> None:
    app.selectbox(key=key).set_value(value)
    settle(app)


def suggested(app: AppTest) -> list[str]:
    """Findings that are suggested, in their order."""
    keys = [str(b.key).split(":") for b in app.button if str(b.key).startswith("next:")]
    return list(dict.fromkeys(key[1] for key in keys))


def text(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.warning, *app.error, *app.subheader)
    return "\n".join(str(part.value) for part in parts)


def test_it_starts_with_worked_cases_and_the_base_rates(app: AppTest) -> None:
    assert all(app.button(key=f"worked:{w.id}") for w in WORKED)
    assert "Before any finding" in text(app)
    assert "not a medical device" in text(app)
    assert not app.error


def test_every_finding_is_unknown_at_first(app: AppTest) -> None:
    controls = [g for g in app.button_group if str(g.key).startswith("group:")]
    assert len(controls) > 50
    assert {str(g.value) for g in controls if g.key != "group:marrow_edema"} == {"unknown"}


def test_an_answer_is_entered_and_the_start_screen_goes(app: AppTest) -> None:
    answer(app, "night_pain", "present")
    assert findings(app) == {"night_pain": "present"}
    assert "Among patients like this" in text(app)
    assert "worked:back_pain_with_fever" not in {b.key for b in app.button}
    assert app.query_params["night_pain"] == "present"


def test_a_finding_can_be_removed_from_the_list(app: AppTest) -> None:
    answer(app, "night_pain", "present")
    answer(app, "limp", "absent")
    choose(app, "entered", "night_pain")
    assert findings(app) == {"limp": "absent"}
    assert shown(app, "group:night_pain").value == "unknown"


def test_undo_and_reset(app: AppTest) -> None:
    answer(app, "night_pain", "present")
    answer(app, "crp", "raised")
    click(app, "undo")
    assert findings(app) == {"night_pain": "present"}
    assert shown(app, "group:crp").value == "unknown"
    click(app, "reset")
    assert findings(app) == {}
    click(app, "undo")
    assert findings(app) == {"night_pain": "present"}


@pytest.mark.parametrize("worked", WORKED, ids=lambda w: w.id)
def test_worked_cases_open_with_a_click(app: AppTest, worked: object) -> None:
    chosen = next(w for w in WORKED if w is worked)
    click(app, f"worked:{chosen.id}")
    assert app.session_state[EXPLORER].case == chosen.case
    assert "Among patients like this" in text(app)


def test_red_flags_stand_on_top(app: AppTest) -> None:
    answer(app, "cannot_bear_weight", "present")
    answer(app, "recent_trauma", "present")
    assert "bear weight" in app.error[0].value


def test_the_search_answers_a_finding_at_once(app: AppTest) -> None:
    app.text_input(key="find").set_value("cortisone")
    settle(app)
    answer(app, "corticosteroids", "probable", place="found")
    assert findings(app) == {"corticosteroids": "probable"}
    assert shown(app, "group:corticosteroids").value == "probable"


def test_a_suggested_result_is_entered_by_its_button(app: AppTest) -> None:
    finding = suggested(app)[0]
    result = bb.load("hip").variable(finding).states[-1]
    click(app, f"next:{finding}:{result}")
    assert findings(app) == {finding: result}
    assert finding not in suggested(app)
    click(app, "undo")
    assert findings(app) == {}
    assert suggested(app)[0] == finding


def test_suggestions_can_be_ranked_and_narrowed(app: AppTest) -> None:
    select(app, "aim", "dangerous")
    choose(app, "only_from", ["bloods"])
    select(app, "shown_for", "infection")
    variables = bb.load("hip").variables
    assert {variables[f].group for f in suggested(app)} == {"laboratory"}
    assert "bone or joint infection" in text(app)
    choose(app, "only_from", [])
    select(app, "burden", 1)
    groups = {variables[f].group for f in suggested(app)}
    assert groups
    assert groups <= {"patient", "risk", "symptom", "examination"}


def test_one_diagnosis_against_another_ranks_by_telling_them_apart(app: AppTest) -> None:
    select(app, "shown_for", "infection")
    select(app, "aim", "pair")
    select(app, "shown_against", "malignancy")
    engine = Engine(bb.load("hip"))
    wanted = engine.next_findings({}, target="infection:malignancy", top=5).findings
    assert suggested(app) == [f.id for f in wanted]


def test_whole_tests_with_their_burden_lead_to_their_findings(app: AppTest) -> None:
    choose(app, "next_by", "Whole tests")
    assert "one needle" in text(app)
    select(app, "burden", 1)
    assert "one needle" not in text(app)
    assert "| Examination |" in text(app)
    choose(app, "test_shown", "examination")
    variables = bb.load("hip").variables
    assert {variables[f].group for f in suggested(app)} == {"examination"}


def test_another_region_sets_findings_aside_and_brings_them_back(app: AppTest) -> None:
    answer(app, "groin_pain", "present")
    answer(app, "night_pain", "present")
    choose(app, "pick_region", "knee")
    assert "Set aside: groin or anterior thigh pain" in text(app)
    assert shown(app, "group:night_pain").value == "present"
    choose(app, "pick_region", "hip")
    assert shown(app, "group:groin_pain").value == "present"
    assert "Set aside" not in text(app)


def test_another_setting_keeps_the_findings(app: AppTest) -> None:
    answer(app, "night_pain", "present")
    app.selectbox(key=key_now(app, "pick_setting")).set_value("sports_medicine")
    settle(app)
    assert findings(app) == {"night_pain": "present"}
    assert app.query_params["setting"] == "sports_medicine"
    assert "case_reports" not in app.selectbox(key=key_now(app, "pick_setting")).options


def test_mri_not_done_yet(app: AppTest) -> None:
    answer(app, "erosions", "present")
    app.toggle(key=key_now(app, "mri_waiting")).set_value(True)
    settle(app)
    assert "come back when MRI has been done" in text(app)
    assert shown(app, "group:erosions").disabled
    app.toggle(key=key_now(app, "mri_waiting")).set_value(False)
    settle(app)
    assert findings(app) == {"erosions": "present"}
    assert not shown(app, "group:erosions").disabled


def test_before_the_mri_its_findings_are_suggested_as_a_whole() -> None:
    variables = bb.load("hip").variables
    assert any(variables[f].group == "mri" for f in suggested(opened(region="hip")))
    app = opened(region="hip", marrow_edema="not_imaged")
    assert len(suggested(app)) == 5
    assert not any(variables[f].group == "mri" for f in suggested(app))
    assert "MRI is not done yet" in text(app)
    assert any(result.endswith("(needs an MRI)") for _, result, _ in dangers(app))
    choose(app, "next_by", "Whole tests")
    assert "| MRI, read in full |" in text(app)
    assert "Repeat MRI" not in text(app)
    offered = shown(app, "test_shown").options
    assert "Examination" in offered
    assert "MRI, read in full" not in offered


def test_a_link_restores_the_case_and_names_another_version() -> None:
    app = opened(region="spine", setting="general_orthopaedics", crp="raised", model="other")
    assert findings(app) == {"crp": "raised"}
    assert "another version of the model" in text(app)
    assert shown(app, "pick_region").value == "spine"


def test_a_link_with_faults_keeps_the_rest_of_the_case() -> None:
    app = opened(region="hip", night_pain="present", foo="present", crp="enormous")
    assert findings(app) == {"night_pain": "present"}
    assert len(app.warning) == 2


def test_findings_that_exclude_each_other_are_named_and_kept() -> None:
    app = opened(sex="male", pregnancy="third_trimester_or_postpartum", night_pain="present")
    assert "exclude" in str(app.error[0].proto)
    assert set(findings(app)) == {"sex", "pregnancy", "night_pain"}
    keys = {str(b.key) for b in app.button if str(b.key).startswith("resolve:")}
    assert keys == {"resolve:sex", "resolve:pregnancy"}
    click(app, "resolve:pregnancy")
    assert set(findings(app)) == {"sex", "night_pain"}
    assert not app.error


def test_a_failure_shows_a_message_and_never_its_text(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Engine, "posterior", fail)
    answer(app, "night_pain", "present")
    assert "secret detail" not in text(app)
    assert any("kept" in str(e.value) for e in app.error)
    assert findings(app) == {"night_pain": "present"}


def test_the_page_speaks_to_clinicians(app: AppTest) -> None:
    click(app, "worked:late_pregnancy_hip")
    said = text(app).lower()
    assert [w for w in ("posterior", "cpd", "node", "evidence", "bayes") if w in said] == []


def test_figures_kinds_and_stories_are_written_when_opened(app: AppTest) -> None:
    answer(app, "night_pain", "present")
    assert "Any other combination" not in text(app)
    for key in ("table", "stories", "details", "programme"):
        app.session_state[key] = True
    settle(app)
    said = text(app)
    assert "Any other combination" in said
    assert "**Not known:** Several regions are affected" in said
    assert "| Diagnosis | Main cause | Present | Since start, last step |" in said
    assert "and since the last step" in said


def test_a_finding_is_paused_and_resumed(app: AppTest) -> None:
    answer(app, "night_pain", "present")
    answer(app, "limp", "absent")
    alone = headline(app)
    choose(app, "entered_click", "Pause it")
    choose(app, "counting", ["night_pain"])
    assert findings(app) == {"night_pain": "present", "limp": "absent"}
    assert "paused" in str(shown(app, "counting").options)
    assert "1 · 1 paused" in text(app)
    assert app.query_params["paused"] == "limp"
    click(app, "undo")
    assert "paused" not in text(app)
    assert headline(app) == alone
    choose(app, "counting", ["limp"])
    assert app.query_params["paused"] == "night_pain"
    click(app, "resume")
    assert headline(app) == alone
    assert "paused" not in app.query_params


def test_a_paused_finding_does_not_count() -> None:
    both = opened(region="hip", serpentine_band="present", night_pain="present")
    paused = opened(
        region="hip", serpentine_band="present", night_pain="present", paused="serpentine_band"
    )
    without = opened(region="hip", night_pain="present")
    assert headline(paused) == headline(without) != headline(both)


def headline(app: AppTest) -> str:
    return next(str(m.value) for m in app.markdown if "main cause of the edema" in str(m.value))


def test_normal_bloods_are_one_click_and_one_undo(app: AppTest) -> None:
    answer(app, "crp", "markedly_raised")
    click(app, "several:bloods")
    found = findings(app)
    assert found.pop("crp") == "markedly_raised"
    assert found["esr"] == "normal"
    assert found["leukocytosis"] == "absent"
    variables = bb.load("hip").variables
    assert {variables[f].group for f in found} == {"laboratory"}
    click(app, "undo")
    assert findings(app) == {"crp": "markedly_raised"}


@pytest.mark.parametrize(
    ("shortcut", "found"),
    [("radiograph", {"radiograph": "normal"}), ("mri_not_done", {"marrow_edema": "not_imaged"})],
)
def test_shortcuts(app: AppTest, shortcut: str, found: dict[str, str]) -> None:
    click(app, f"several:{shortcut}")
    assert findings(app) == found


def dangers(app: AppTest) -> list[list[str]]:
    """The rows of the table of what must not be missed."""
    table = next(t.value for t in app.table if t.value.index.name == "Must not be missed")
    return [[str(cell) for cell in row] for row in table.reset_index().to_numpy()]


def test_each_danger_is_named_with_what_excludes_it(app: AppTest) -> None:
    click(app, "worked:back_pain_with_fever")
    rows = dangers(app)
    assert all(re.search(r"\d+ of 100\]", name) for name, _, _ in rows)
    assert len([then for _, _, then in rows if re.search(r"of\s100$", then)]) >= 2
    assert any(result.startswith("No single result") for _, result, _ in rows)
    assert re.search(r"Under 1 of 100: \w+", text(app))
    assert "further" not in text(app)
    app.session_state["paths"] = True
    app.session_state["exclude"] = "malignancy"
    settle(app)
    assert re.search(r"\*\*\d findings?\*\*", text(app))


def test_nothing_is_excluded_by_the_hallmark_of_a_rare_disease(app: AppTest) -> None:
    click(app, "worked:sudden_medial_knee_pain")
    choose(app, "pick_region", "hip")
    rows = dangers(app)
    assert "bscess" not in " ".join(result for _, result, _ in rows)
    (fracture,) = [result for name, result, _ in rows if "Insufficiency fracture" in name]
    assert fracture.startswith(("No single result", "Bone density (DEXA): normal"))


def test_lost_marrow_fat_is_no_reassurance(app: AppTest) -> None:
    choose(app, "pick_region", "spine")
    answer(app, "night_pain", "present")
    (row,) = [row for row in dangers(app) if "Bone stress injury" in row[0]]
    assert not row[1].startswith("Fat preserved")


def test_a_way_that_hardly_ever_succeeds_is_not_told() -> None:
    hardly, often = (
        Step((f,), likely, {f: "absent"}, likely, 0.0, 1.0)
        for f, likely in (("night_pain", 0.004), ("limp", 0.3))
    )
    network = bb.load("hip")
    alone = path_words(ShortestPath("avn", 0.02, 0.3, (hardly,), ()), network)
    assert alone == "No further finding can be expected to bring it below 2 of 100."
    told = path_words(ShortestPath("avn", 0.02, 0.3, (hardly, often), ()), network)
    assert "Night pain" not in told
    assert told.count("**1 finding**") == 1
    assert "limp" in told.casefold()


def test_red_flags_name_their_sources(app: AppTest) -> None:
    click(app, "worked:back_pain_with_fever")
    source = bb.load("spine").sources["overview_000"].title
    assert source.partition(": ")[2].partition(" (")[0] in text(app)


def test_the_interval_follows_the_answer(app: AppTest) -> None:
    answer(app, "night_pain", "present")
    for _ in range(100):
        if "Thin line: 95 % interval" in text(app):
            break
        time.sleep(0.1)
        app.run()
    assert "Thin line: 95 % interval" in text(app)
    app.session_state["table"] = True
    settle(app)
    rows = [line for line in text(app).splitlines() if line.startswith("| Osteoarthritis")]
    assert re.search(r"\| \d+ \(\d+ to \d+\) \|", rows[0])


def test_odd_findings_are_said_to_be_outside_the_model() -> None:
    odd = {"age_band": "under_18", "prior_radiation": "present", "serpentine_band": "present"}
    odd |= {"urate": "present", "systemic_signs": "present", "dexa": "osteoporosis"}
    app = opened(region="hip", **odd)
    for _ in range(100):
        if app.warning:
            break
        time.sleep(0.1)
        app.run()
    assert "wrongly typed" in "".join(str(w.value) for w in app.warning)


def test_only_the_chosen_panel_is_worked_out(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    click(app, "worked:sudden_medial_knee_pain")
    asked: list[str] = []

    def told(name: str, method: Callable[..., object]) -> Callable[..., object]:
        def called(*args: object, **options: object) -> object:
            asked.append(name)
            return method(*args, **options)

        return called

    for name in ("explain", "same_decision", "sensitivity", "break_even", "next_tests"):
        monkeypatch.setattr(Engine, name, told(name, getattr(Engine, name)))
    answer(app, "limp", "present")
    assert asked == []
    choose(app, "chosen_panel", "Why")
    assert asked == ["explain"]
    assert not suggested(app)
    choose(app, "chosen_panel", "How sure")
    assert asked == ["explain", "same_decision"]


def test_why_names_the_sources_of_each_finding(app: AppTest) -> None:
    click(app, "worked:back_pain_with_fever")
    choose(app, "chosen_panel", "Why")
    app.session_state["why_words"] = True
    settle(app)
    said = text(app)
    assert "Speaks clearly for" in said
    assert re.search(r"\(Sources: \d+", said)
    assert "doi.org" in said


def test_how_sure_shows_the_numbers_that_matter_and_what_would_turn_it(app: AppTest) -> None:
    click(app, "worked:sudden_medial_knee_pain")
    choose(app, "chosen_panel", "How sure")
    for key in ("tornado", "break_even"):
        app.session_state[key] = True
    settle(app)
    said = text(app)
    assert "would still lead in" in said
    assert re.search(r"(none|1|\d+, each by itself,) could change the leading diagnosis", said)
    assert "would be needed" in said
    assert len([b for b in app.button if str(b.key).startswith("number:")]) == 8


def test_the_panel_and_what_is_paused_survive_another_page(app: AppTest) -> None:
    answer(app, "night_pain", "present")
    choose(app, "entered_click", "Pause it")
    choose(app, "counting", [])
    choose(app, "chosen_panel", "How sure")
    app.switch_page("bme_bayes/ui/pages/compare.py").run()
    app.switch_page("bme_bayes/ui/pages/explorer.py").run()
    assert "1 paused" in text(app)
    assert shown(app, "chosen_panel").value == "How sure"


def test_values_that_the_browser_has_not_been_told_to_change_yet_do_not_undo_a_step(
    app: AppTest,
) -> None:
    late = app.button_group(key="group:crp")
    click(app, "several:bloods")
    assert findings(app)["crp"] == "normal"
    late.set_value("unknown")
    app.run()
    assert findings(app)["crp"] == "normal"
