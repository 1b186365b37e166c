"""The Compare page: scenarios side by side, with and without Streamlit."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import bme_bayes as bb
from bme_bayes.engine import Engine
from bme_bayes.reading import prior_path, read_prior
from bme_bayes.ui import comparison, lab_settings
from bme_bayes.ui.charts import LIGHT
from bme_bayes.ui.comparison import Comparison
from bme_bayes.ui.lab_settings import Own
from bme_bayes.ui.session import EXPLORER
from bme_bayes.ui.state import Case, Explorer
from bme_bayes.ui.worked import WORKED

TOP = Path(__file__).resolve().parents[1]
PAGES = TOP / "bme_bayes" / "ui" / "pages"
FEVER = WORKED[2].case
JARGON = ("posterior", "cpd", "node", "evidence", "bayes")


@pytest.fixture
def app() -> AppTest:
    app = AppTest.from_file(TOP / "app.py", default_timeout=90)
    app.session_state[EXPLORER] = Explorer(FEVER)
    app.run()
    app.switch_page(str(PAGES / "compare.py")).run()
    assert not app.exception
    return app


def click(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def cases(app: AppTest) -> list[Case]:
    return [s.case for s in app.session_state["comparison"].scenarios]


def text(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.subheader, *app.error)
    return "\n".join(str(part.value) for part in parts)


def different(app: AppTest) -> dict[str, list[str]]:
    """The last table: what differs, by scenario."""
    return {str(name): list(row) for name, row in app.table[-1].value.iterrows()}


def test_at_most_four_each_with_a_number_of_its_own() -> None:
    found = Comparison()
    for _ in range(6):
        found = comparison.add(found, FEVER)
    assert [s.id for s in found.scenarios] == [0, 1, 2, 3]
    found = comparison.add(comparison.remove(found, 1), Case())
    assert [s.id for s in found.scenarios] == [0, 2, 3, 4]
    assert comparison.change(found, 4, FEVER).scenarios[-1].case == FEVER


def test_what_differs() -> None:
    used = [{"crp": "raised", "sex": "male"}, {"sex": "male"}, {"sex": "male", "limp": "present"}]
    assert comparison.differing(used) == ["crp", "limp"]
    assert comparison.differing(used[:1]) == []


def test_rows_and_chart_hold_every_scenario_across_regions() -> None:
    hip, spine = bb.load("hip"), bb.load("spine")
    answers = {"A": bb.Engine(hip).posterior({}), "B": bb.Engine(spine).posterior({})}
    names = comparison.labels([hip, spine])
    rows = {row[0]: row[1:] for row in comparison.rows(answers, names, present=False)}
    assert rows["Disc degeneration (Modic 1)"][0] == "–"
    assert any("**" in cells[1] for cells in rows.values())
    spec = comparison.chart_spec(answers, names, True, LIGHT)
    assert "A " in spec["description"]
    assert "B " in spec["description"]


def test_scenarios_with_one_answer_do_not_hide_each_other() -> None:
    network = bb.load("hip")
    answer = bb.Engine(network).posterior({})
    answers = dict.fromkeys("ABCD", answer)
    spec = comparison.chart_spec(answers, comparison.labels([network]), False, LIGHT)
    offsets = [x["mark"]["yOffset"] for x in spec["layer"] if x["mark"]["type"] == "point"]
    assert len(set(offsets)) == len(answers)
    assert offsets == sorted(offsets)


def test_copy_change_and_compare(app: AppTest) -> None:
    click(app, "compare_copy")
    assert cases(app) == [FEVER]
    click(app, "compare_duplicate:0")
    assert "Nothing: all scenarios are the same" in text(app)
    app.button_group(key="compare_remove:1").set_value("crp").run()
    assert cases(app)[1].choice("crp") == "unknown"
    assert different(app) == {"C-reactive protein": ["markedly raised", "unknown"]}
    app.selectbox(key="compare_setting:1").set_value("sports_medicine").run()
    assert different(app)["Clinical setting"] == ["General orthopaedics", "Sports medicine"]
    app.selectbox(key="compare_finding:1").set_value("night_pain").run()
    app.button_group(key="compare_answer:1:night_pain").set_value("absent").run()
    assert cases(app)[1].choice("night_pain") == "absent"
    assert "**A:**" in text(app) or "**A and B:**" in text(app)
    assert not app.exception


def test_four_fill_the_page_and_can_be_removed(app: AppTest) -> None:
    for _ in range(4):
        click(app, "compare_copy")
    assert app.button(key="compare_copy").disabled
    click(app, "compare_drop:1")
    assert len(cases(app)) == 3
    click(app, "compare_clear")
    assert cases(app) == []


def test_scenarios_are_kept_while_another_page_is_open(app: AppTest) -> None:
    click(app, "compare_copy")
    app.switch_page(str(PAGES / "teach.py")).run()
    app.switch_page(str(PAGES / "compare.py")).run()
    assert cases(app) == [FEVER]


def test_edited_numbers_stay_behind_when_a_scenario_is_opened_in_the_explorer(
    app: AppTest,
) -> None:
    prior = read_prior(prior_path("sports_medicine"))
    mine = lab_settings.copied(prior, "**My** clinic", ())
    key = lab_settings.key_of(mine)
    app.session_state["lab_owns"] = {key: Own(mine, "sports_medicine")}
    click(app, "compare_copy")
    click(app, "compare_duplicate:0")
    app.selectbox(key="compare_setting:1").set_value(key).run()
    assert not app.exception
    assert "0 numbers differ from Sports medicine (Prior lab)" in text(app)
    assert different(app)["Clinical setting"][1] == r"\*\*My\*\* clinic \(mine\)"
    app.button(key="compare_open:1").click().run()
    assert not app.exception
    opened = app.session_state[EXPLORER]
    assert opened.case.setting == "sports_medicine"
    assert opened.case.findings == FEVER.findings
    assert "has edited numbers" in opened.notices[0]
    assert "**" not in opened.notices[0]


def test_findings_that_exclude_each_other_do_not_take_the_page_down(app: AppTest) -> None:
    click(app, "compare_empty")
    for finding, choice in (("sex", "male"), ("pregnancy", "early")):
        app.selectbox(key="compare_finding:0").set_value(finding).run()
        app.button_group(key=f"compare_answer:0:{finding}").set_value(choice).run()
    click(app, "compare_copy")
    assert re.search(r"In A, “sex: male” and “pregnancy[^”]*” exclude each other", text(app))
    assert "What each makes likely" in text(app)


def test_it_speaks_to_clinicians(app: AppTest) -> None:
    click(app, "compare_copy")
    click(app, "compare_duplicate:0")
    assert [w for w in JARGON if w in text(app).lower()] == []


def test_a_failure_shows_a_message_and_never_its_text(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    click(app, "compare_copy")
    monkeypatch.setattr(Engine, "posterior", fail)
    app.button_group(key="compare_remove:0").set_value("crp").run()
    assert "secret detail" not in text(app)
    assert "What you entered is kept" in text(app)
    assert len(cases(app)[0].findings) == len(FEVER.findings) - 1


def test_a_control_that_was_replaced_changes_nothing(app: AppTest) -> None:
    click(app, "compare_copy")
    app.selectbox(key="compare_finding:0").set_value("crp").run()
    app.button_group(key="compare_remove:0").set_value("crp").run()
    assert cases(app)[0].choice("crp") == "unknown"
    shown = [g for g in app.button_group if str(g.key).startswith("compare_answer:0:crp")]
    assert [g.value for g in shown] == ["unknown"]
    assert shown[0].key != "compare_answer:0:crp"
