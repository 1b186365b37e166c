"""The Teach page by its behaviour, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bme_bayes.engine import Engine
from bme_bayes.questions.battery import load_bundles
from bme_bayes.ui import teaching
from bme_bayes.ui.model import model
from bme_bayes.ui.parts.teach_lessons import LESSONS
from bme_bayes.ui.session import EXPLORER
from bme_bayes.ui.state import DEFAULT_SETTING, Case, Explorer
from bme_bayes.ui.teach_session import LOADED, PLAY, RESULTS
from bme_bayes.ui.teach_session import plain_network as network_of

TOP = Path(__file__).resolve().parents[1]
PAGE = TOP / "bme_bayes" / "ui" / "pages" / "teach.py"
JARGON = ("posterior", "cpd", "node", "evidence", "bayes")


@pytest.fixture
def app() -> AppTest:
    app = AppTest.from_file(TOP / "app.py", default_timeout=90).run()
    app.switch_page(str(PAGE)).run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.error, *app.subheader, *app.info, *app.success)
    return "\n".join(str(part.value) for part in parts)


def click(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def commit(app: AppTest, *diagnoses: str) -> None:
    if diagnoses:
        app.button_group(key="guess_considered").set_value(list(diagnoses)).run()
    click(app, "teach_commit")


def reveals(app: AppTest, something: bool) -> str:
    """The button of a test that reveals something of the case being played, or nothing."""
    now = app.session_state[PLAY]
    network = network_of(now.case.region)
    for order in teaching.orders(network, load_bundles(), now):
        if bool(teaching.ask(now, order).rounds[-1].revealed) == something:
            return f"teach_ask:{order.id}"
    raise AssertionError("the case has no such test")


def lesson(app: AppTest, name: str) -> None:
    app.button_group(key="teach_view").set_value("Lessons").run()
    app.button_group(key="lesson").set_value(name).run()
    assert not app.exception


def test_a_case_is_played_to_the_end(app: AppTest) -> None:
    click(app, "teach_start")
    assert "You and the model" not in text(app)
    assert app.button(key="teach_commit").disabled
    commit(app, "avn", "infection")
    assert "You and the model" in text(app)
    click(app, reveals(app, True))
    assert "You and the model" not in text(app)
    commit(app)
    assert "Effect of this step" in text(app)
    click(app, "teach_finish")
    said = text(app)
    assert "It was:" in said
    assert "Confirmed by:" in said
    assert "Your score" in said
    assert "The fewest possible:" in said
    assert "To remember:" in " ".join(e.label for e in app.expander)
    (result,) = app.session_state[RESULTS]
    assert len(result.learner) == len(result.model) == 2
    click(app, "teach_again")
    assert "Your session: 1 finished" in {e.label for e in app.expander}


def test_what_a_case_does_not_hold_is_not_reported(app: AppTest) -> None:
    click(app, "teach_start")
    commit(app, "bmes")
    case = app.session_state[PLAY].case
    options = app.selectbox(key="teach_single").options
    assert options
    for key in [str(b.key) for b in app.button if str(b.key).startswith("teach_ask:")]:
        click(app, key)
        if app.session_state[PLAY].rounds[-1].revealed:
            commit(app)
        else:
            assert "Not reported" in text(app)
            assert "your estimate stands" in text(app)
    assert app.session_state[PLAY].known == dict(case.findings)


def test_for_a_projector_nothing_is_given_away_until_revealed(app: AppTest) -> None:
    app.toggle(key="teach_projector").set_value(True).run()
    click(app, "teach_start")
    commit(app, "bmes")
    click(app, reveals(app, True))
    commit(app)
    assert "You and the model" not in text(app)
    click(app, "teach_finish")
    assert "It was:" not in text(app)
    click(app, "teach_reveal")
    assert "It was:" in text(app)


def test_a_case_is_kept_while_another_page_is_open(app: AppTest) -> None:
    click(app, "teach_start")
    commit(app, "bmes")
    app.switch_page(str(TOP / "bme_bayes" / "ui" / "pages" / "explorer.py")).run()
    app.switch_page(str(PAGE)).run()
    assert "You and the model" in text(app)


def test_a_teachers_file_is_loaded_and_a_faulty_one_explained(app: AppTest) -> None:
    good = b'{"region": "hip", "findings": {"age": 34, "crp": "normal"}, "diagnosis": "bmes"}'
    app.file_uploader(key="teach_file").set_value(("c.json", good, "application/json")).run()
    assert len(app.session_state[LOADED]) == 1
    assert len(app.selectbox(key="teach_pick").options) == 1
    bad = good.replace(b'"crp"', b'"<b>crpp"')
    app.file_uploader(key="teach_file").set_value(("c.json", bad, "application/json")).run()
    assert "Case 1" in app.error[0].value
    assert "<b>" not in text(app)
    for data, told in ((b" \n", "The file is empty."), (b"\xff\xfe", "It is not text")):
        app.file_uploader(key="teach_file").set_value(("mine.yaml", data, "text/yaml")).run()
        assert told in app.error[0].value
        assert "mine.yaml was not loaded" in app.error[0].proto.title
    click(app, "teach_unload")
    assert len(app.selectbox(key="teach_pick").options) > 100


def test_what_is_entered_in_the_explorer_becomes_a_case(app: AppTest) -> None:
    assert "Nothing is entered there now" in text(app)
    pairs = (("sex", "female"), ("groin_pain", "present"), ("crp", "normal"))
    app.session_state[EXPLORER] = Explorer(Case("hip", "general_orthopaedics", pairs))
    app.run()
    assert app.button(key="teach_use").disabled
    app.selectbox(key="teach_write_diagnosis").set_value("bmes").run()
    click(app, "teach_use")
    (case,) = app.session_state[LOADED]
    assert case.findings == dict(pairs)
    click(app, "teach_start")
    assert "C-reactive protein" not in text(app)
    assert "The report says 1 more thing" not in text(app)
    commit(app, "bmes")
    assert "The report says 1 more thing" in text(app)


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_is_drawn_in_the_words_of_a_clinic(app: AppTest, name: str) -> None:
    lesson(app, name)
    assert not app.error
    assert [w for w in JARGON if w in text(app).lower()] == []


def test_base_rates_are_counted_after_a_guess(app: AppTest) -> None:
    lesson(app, "How common is it?")
    app.slider(key="lesson_rate_guess").set_value(80).run()
    click(app, "lesson_rate_show")
    assert "You said 80 of 100" in text(app)
    assert "people have the result (" in text(app)


def test_the_syndrome_rises_when_other_causes_are_excluded(app: AppTest) -> None:
    lesson(app, "A diagnosis of exclusion")
    before = text(app)
    click(app, "lesson_exclusion_none")
    assert text(app) != before
    assert "+" in text(app).partition("before these questions")[2]


def test_the_idle_finding_is_told_after_an_answer(app: AppTest) -> None:
    lesson(app, "What does not matter")
    app.radio[0].set_value(app.radio[0].options[0]).run()
    app.radio[0].set_value(None)
    assert "says least" in text(app)


def test_a_failure_shows_a_message_and_never_its_text(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    click(app, "teach_start")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Engine, "posterior", fail)
    commit(app, "bmes")
    assert "secret detail" not in text(app)
    assert "What you entered is kept" in text(app)
    assert app.session_state[PLAY].rounds[0].estimate


def test_the_models_own_choice_is_told_but_not_for_a_projector(app: AppTest) -> None:
    click(app, "teach_start")
    asks = "What would the model ask next?"
    assert asks not in {e.label for e in app.expander}
    commit(app, "bmes")
    assert asks in {e.label for e in app.expander}
    now = app.session_state[PLAY]
    engine = model(now.case.region, DEFAULT_SETTING).engine
    first = engine.next_findings(now.known, top=1).findings[0]
    assert f"1. {first.label} (" in text(app)
    app.toggle(key="teach_projector").set_value(True).run()
    assert asks not in {e.label for e in app.expander}
