"""The Explorer page by its behaviour, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import bme_bayes as bb
from bme_bayes.engine import Engine
from bme_bayes.ui.session import EXPLORER
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


def answer(app: AppTest, finding: str, choice: str, place: str = "group") -> None:
    app.button_group(key=f"{place}:{finding}").set_value(choice)
    settle(app)


def choose(app: AppTest, key: str, value: object) -> None:
    app.button_group(key=key).set_value(value)
    settle(app)


def click(app: AppTest, key: str) -> None:
    app.button(key=key).click()
    settle(app)


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
    choose(app, "remove", "night_pain")
    assert findings(app) == {"limp": "absent"}
    assert app.button_group(key="group:night_pain").value == "unknown"


def test_undo_and_reset(app: AppTest) -> None:
    answer(app, "night_pain", "present")
    answer(app, "crp", "raised")
    click(app, "undo")
    assert findings(app) == {"night_pain": "present"}
    assert app.button_group(key="group:crp").value == "unknown"
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
    assert app.button_group(key="group:corticosteroids").value == "probable"


def test_a_suggested_result_is_entered_by_its_button(app: AppTest) -> None:
    key = next(str(b.key) for b in app.button if str(b.key).startswith("next:"))
    click(app, key)
    _, finding, result = key.split(":")
    assert findings(app) == {finding: result}


def test_suggestions_can_be_ranked_and_narrowed(app: AppTest) -> None:
    choose(app, "aim", "dangerous")
    choose(app, "only_from", ["laboratory"])
    app.selectbox(key="shown_for").set_value("infection")
    settle(app)
    variables = bb.load("hip").variables
    shown = {str(b.key).split(":")[1] for b in app.button if str(b.key).startswith("next:")}
    assert shown
    assert {variables[f].group for f in shown} == {"laboratory"}
    assert "bone or joint infection" in text(app)


def test_another_region_sets_findings_aside_and_brings_them_back(app: AppTest) -> None:
    answer(app, "groin_pain", "present")
    answer(app, "night_pain", "present")
    choose(app, "pick_region", "knee")
    assert "Set aside: groin or anterior thigh pain" in text(app)
    assert app.button_group(key="group:night_pain").value == "present"
    choose(app, "pick_region", "hip")
    assert app.button_group(key="group:groin_pain").value == "present"
    assert "Set aside" not in text(app)


def test_another_setting_keeps_the_findings(app: AppTest) -> None:
    answer(app, "night_pain", "present")
    app.selectbox(key="pick_setting").set_value("sports_medicine")
    settle(app)
    assert findings(app) == {"night_pain": "present"}
    assert app.query_params["setting"] == "sports_medicine"
    assert "case_reports" not in app.selectbox(key="pick_setting").options


def test_mri_not_done_yet(app: AppTest) -> None:
    answer(app, "erosions", "present")
    app.toggle(key="mri_waiting").set_value(True)
    settle(app)
    assert "come back when MRI has been done" in text(app)
    assert app.button_group(key="group:erosions").disabled
    app.toggle(key="mri_waiting").set_value(False)
    settle(app)
    assert findings(app) == {"erosions": "present"}
    assert not app.button_group(key="group:erosions").disabled


def test_a_link_restores_the_case_and_names_another_version() -> None:
    app = opened(region="spine", setting="general_orthopaedics", crp="raised", model="other")
    assert findings(app) == {"crp": "raised"}
    assert "another version of the model" in text(app)
    assert app.button_group(key="pick_region").value == "spine"


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
    for key in ("table", "stories", "details:osteoarthritis"):
        app.session_state[key] = True
    settle(app)
    said = text(app)
    assert "Any other combination" in said
    assert "Since the last step" in said
