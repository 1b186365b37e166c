"""The Prior lab: tables to edit, the panel of cases, own settings, counts and files."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import bme_bayes as bb
from bme_bayes.engine import Engine
from bme_bayes.learning import Counts, update_presence
from bme_bayes.priors import PriorSet
from bme_bayes.reading import under
from bme_bayes.ui import (
    lab_cells,
    lab_charts,
    lab_counts,
    lab_files,
    lab_panel,
    lab_rows,
    lab_settings,
    lab_words,
)
from bme_bayes.ui.charts import LIGHT
from bme_bayes.ui.lab_cells import HIGH, LOW, VALUE, WEIGHT
from bme_bayes.ui.lab_counts import EVERY, CountFault
from bme_bayes.ui.lab_files import PriorFileError
from bme_bayes.ui.lab_rows import NoRoom, Table
from bme_bayes.ui.lab_settings import Own
from bme_bayes.writing import dump_prior

TOP = Path(__file__).resolve().parents[1]
PAGES = TOP / "bme_bayes" / "ui" / "pages"
MARKUP = "<b>Mine</b> [x](http://evil.example) **bold**"
HIP = bb.load("hip")
assert HIP.prior is not None
PRIOR: PriorSet = HIP.prior
AVN = ("avn", "early_arco_1_2")
NOW = PRIOR.base["hip"][AVN]


def rates(prior: PriorSet = PRIOR) -> Table:
    return lab_rows.rates_table(HIP, prior, PRIOR)


def row_of(table: Table, *key: str) -> int:
    return [(n.child, n.state) for n in table.numbers].index((key[0], key[1]))


def typed(table: Table, row: int, **cells: float | None) -> pd.DataFrame:
    frame = table.frame()
    for column, x in cells.items():
        frame.loc[row, column] = x
    return frame


# --- tables -------------------------------------------------------------------------------


def test_a_table_that_nobody_edits_gives_the_same_numbers() -> None:
    for table in (
        rates(),
        lab_rows.mix_table(HIP, PRIOR, PRIOR),
        *(lab_rows.links_table(HIP, v) for v in ("crp", "corticosteroids", "avn", "age_band")),
    ):
        numbers, faults = table.take(table.frame())
        assert numbers == list(table.numbers)
        assert faults == []
        assert len(table.frame()) > 1


def test_an_edited_number_says_so_and_rests_on_no_source_any_more() -> None:
    table = rates()
    row = row_of(table, *AVN)
    numbers, faults = table.take(typed(table, row, Value=0.2))
    assert faults == []
    assert numbers[row].value == 0.2
    assert (numbers[row].basis, numbers[row].sources) == ("local", ())
    assert f"entered by hand; bundled {NOW.value:g}" in numbers[row].note
    edited = rates(lab_settings.with_base(PRIOR, "hip", numbers))
    back, _ = edited.take(typed(edited, row, Value=PRIOR.base["hip"][AVN].value))
    assert back == list(table.numbers), "typed back, it is the bundled number again"


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({VALUE: 1.2}, VALUE, "1.2 is not a share. Enter one between 0 and 1"),
        ({VALUE: 0.0}, VALUE, "0 is not a share"),
        ({VALUE: None}, VALUE, f"there is no number. Enter one; it was {NOW.value:g}"),
        ({VALUE: 0.5}, HIGH, "is below the value 0.5. Enter 0.5 or more"),
        ({LOW: 0.3}, LOW, f"0.3 is above the value {NOW.value:g}"),
        ({HIGH: 1.5}, HIGH, "1.5 is not a share"),
        ({WEIGHT: 0.0}, WEIGHT, "0 patients is not possible"),
        ({WEIGHT: float("inf")}, WEIGHT, "there is no number"),
    ],
)
def test_a_fault_names_row_column_and_remedy(
    cells: dict[str, float | None], column: str, words: str
) -> None:
    table = rates()
    row = row_of(table, *AVN)
    numbers, faults = table.take(typed(table, row, **cells))
    assert [f.column for f in faults] == [column]
    assert faults[0].words().startswith("Osteonecrosis (AVN), early (ARCO 1-2), ")
    assert words in faults[0].words()
    assert numbers == list(table.numbers), "nothing is taken over"


def test_base_rates_have_to_leave_room_for_one_diagnosis_a_patient() -> None:
    table = rates()
    low, high = (
        [replace(n, value=n.value / 3) for n in table.numbers],
        [replace(n, value=n.value * 1.5) for n in table.numbers],
    )
    assert lab_rows.rate_faults(PRIOR, table, table.numbers) == []
    assert "Raise some" in lab_rows.rate_faults(PRIOR, table, low)[0].words()
    assert "they sum to 1.845" in lab_rows.rate_faults(PRIOR, table, high)[0].words()


def test_states_of_one_diagnosis_exclude_each_other() -> None:
    table = rates()
    half = {"early_arco_1_2": 0.6, "late_arco_3_4": 0.6}
    numbers = [replace(n, value=half.get(n.state, n.value / 10)) for n in table.numbers]
    fault = lab_rows.rate_faults(PRIOR, table, numbers)[0]
    assert "Osteonecrosis (AVN), early (ARCO 1-2), Value: all its states sum to 1.2" in (
        fault.words()
    )


def test_the_others_give_way_to_what_was_entered() -> None:
    table = rates()
    row = row_of(table, *AVN)
    numbers = lab_rows.give_way(table, typed(table, row, Value=0.3))
    assert sum(n.value for n in numbers) == pytest.approx(sum(n.value for n in table.numbers))
    assert numbers[row].value == 0.3
    rest = [n.value / o.value for n, o in zip(numbers, table.numbers, strict=True) if n.value < 0.3]
    assert max(rest) == pytest.approx(min(rest))
    assert all(n.low <= n.value <= n.high for n in numbers)
    second = rates(lab_settings.with_base(PRIOR, "hip", numbers))
    other = row_of(second, "infection", "present")
    again = lab_rows.give_way(second, typed(second, other, Value=0.1))
    assert (again[row].value, again[other].value) == (0.3, 0.1), "what was entered stays"
    with pytest.raises(NoRoom):
        lab_rows.give_way(table, typed(table, row, Value=0.99, To=1.0, From=0.5, Weight=-1))


def test_links_are_shares_that_sum_up_or_positive_ratios() -> None:
    crp = lab_rows.links_table(HIP, "crp")
    assert {n.quantity for n in crp.numbers} == {"frequency", "coupling"}
    row = next(i for i, n in enumerate(crp.numbers) if n.state == "raised")
    _, faults = crp.take(typed(crp, row, Value=0.999, To=1.0))
    assert "the shares sum to" in faults[0].words()
    assert "Make them 1 at most" in faults[0].words()
    risk = lab_rows.links_table(HIP, "corticosteroids", "avn")
    row = next(i for i, n in enumerate(risk.numbers) if n.quantity == "odds_ratio")
    _, faults = risk.take(typed(risk, row, Value=-2))
    assert "-2 is no odds ratio. Enter one above 0" in faults[0].words()
    assert {n.cause.partition(".")[0] for n in risk.numbers} == {"avn"}


def test_kinds_and_ages_have_to_sum_to_one() -> None:
    kinds = lab_rows.links_table(HIP, "avn")
    row = next(i for i, n in enumerate(kinds.numbers) if n.value < 0.9)
    _, faults = kinds.take(typed(kinds, row, Value=0.95, To=1.0))
    assert "Make them exactly 1" in faults[0].words()
    mix = lab_rows.mix_table(HIP, PRIOR, PRIOR)
    row = next(i for i, n in enumerate(mix.numbers) if n.child == "age_band")
    _, faults = mix.take(typed(mix, row, Value=0.95, To=1.0))
    assert faults[0].row == "Age band"


def test_an_edited_link_is_kept_beside_the_base_rates() -> None:
    table = lab_rows.links_table(HIP, "crp")
    numbers, faults = table.take(typed(table, 3, Value=0.3, To=0.7))
    prior = lab_settings.with_links(PRIOR, HIP, numbers)
    assert faults == []
    assert [n.value for n in prior.links["hip"].values()] == [0.3]
    assert prior.base == PRIOR.base
    network = under(HIP, prior)
    assert lab_settings.moved(PRIOR, prior, "hip") == 1
    back = lab_rows.links_table(network, "crp")
    bundled = table.numbers[3]
    restored, _ = back.take(typed(back, 3, Value=bundled.value, To=bundled.high))
    assert lab_settings.with_links(prior, network, restored).links == {}


def test_intervals_are_fitted_to_value_and_weight() -> None:
    number = PRIOR.base["hip"][AVN]
    value, low, high, _ = lab_cells.fitted(number, 0.5, 100)
    assert (value, round(low, 2), round(high, 2)) == (0.5, 0.40, 0.60)
    value, low, high, _ = lab_cells.fitted(number, 0.5, number.n)
    odds = [x / (1 - x) for x in (number.low, number.value, number.high)]
    assert low / (1 - low) == pytest.approx(odds[0] / odds[1])
    assert high / (1 - high) == pytest.approx(odds[2] / odds[1])
    ratio = next(n for n in HIP.numbers.values() if n.quantity == "odds_ratio")
    value, low, high, _ = lab_cells.fitted(ratio, 2 * ratio.value, 10)
    assert high / low == pytest.approx(ratio.high / ratio.low)
    assert lab_cells.fitted_or_none(number, float("nan"), 10) is None


# --- own settings -------------------------------------------------------------------------


def test_names_are_safe_for_files_and_not_taken() -> None:
    assert lab_settings.file_name("Ünïted Clinic, Nr. 1", ()) == "united_clinic_nr_1"
    assert lab_settings.file_name("../../etc/passwd", ()) == "etc_passwd"
    assert lab_settings.file_name("我", {"setting"}) == "setting_2"
    copy = lab_settings.copied(PRIOR, MARKUP, {"mine"})
    assert copy.name == "b_mine_b_x_http_evil_example_bold"
    assert copy.provenance.endswith("copied from general_orthopaedics")


def test_changes_can_be_undone() -> None:
    own = Own(PRIOR, PRIOR.name)
    changed = lab_settings.changed(own, replace(PRIOR, none=0.05))
    assert lab_settings.changed(changed, changed.prior) is changed
    assert lab_settings.undone(changed).prior == PRIOR
    assert lab_settings.undone(own) is own


# --- panel --------------------------------------------------------------------------------


def test_the_panel_tells_who_leads_before_and_after() -> None:
    table = rates()
    numbers = lab_rows.give_way(table, typed(table, row_of(table, *AVN), Value=0.6, To=0.9))
    after = under(HIP, lab_settings.with_base(PRIOR, "hip", numbers))
    case = lab_panel.PanelCase("a", "Case 1 · hip · man", {"groin_pain": "present"}, "typical")
    other = replace(case, id="b", title="Case 2", findings={}, diagnosis="avn")
    impossible = replace(case, findings={"sex": "male", "pregnancy": "early"})
    found = lab_panel.effects([case, other, impossible], Engine(HIP), Engine(after))
    assert [e.case.id for e in found] == ["a", "b"]
    assert all(e.turned and e.after.leader == "avn" for e in found)
    assert lab_panel.hits(found) == (1, 0, 1)
    names = {v.id: v.label for v in HIP.diagnoses}
    assert lab_panel.table(found, names)[0][-1] == "≠"
    spec = lab_charts.panel_chart(found, names, LIGHT)
    assert spec is not None
    assert "≠ Case 1 · Osteoarthritis" in spec["description"]
    same = lab_panel.effects([case], Engine(HIP), Engine(HIP))
    assert lab_panel.hits(same) == (0, 0, 0)
    assert lab_charts.panel_chart(same, names, LIGHT) is None


def test_intervals_are_drawn_and_told() -> None:
    after = {**PRIOR.base["hip"], AVN: replace(PRIOR.base["hip"][AVN], value=0.3)}
    rows = lab_charts.rate_rows(HIP, PRIOR.base["hip"], after)
    assert len(rows) == len(after)
    spec = lab_charts.interval_chart(rows, ["before", "after"], "Base rates", LIGHT)
    before = f"{NOW.value:.0%} (1% to {NOW.high:.0%})".replace("%", "\u00a0%")
    assert f"(AVN): early (ARCO 1-2): before {before}, after 30" in spec["description"]
    assert len(spec["data"]["values"]) == 2 * len(rows)
    names = [m for m in (layer["mark"] for layer in spec["layer"]) if m.get("align") == "left"]
    assert names
    assert all("length(datum.figures)" in m["limit"]["expr"] for m in names)  # on a phone


def test_whom_a_share_is_of_is_told() -> None:
    mix, share = PRIOR.mix["age_band", "over_65"], HIP.numbers
    assert lab_words.brief(HIP, mix) == "Share in the setting of age band: over 65"
    reference = share["share", "age_band", "over_65", "reference"]
    assert lab_words.brief(HIP, reference) == "Reference share of age band: over 65"


# --- counts -------------------------------------------------------------------------------


def counted(**counts: int) -> pd.DataFrame:
    return lab_counts.frame(lab_counts.count_rows(HIP), counts)


def test_counts_update_the_base_rates() -> None:
    rows = lab_counts.count_rows(HIP)
    found = lab_counts.read(counted(avn=31, infection=4), rows, "hip", 212)
    assert found == Counts("hip", 212, {"avn": 31, "infection": 4})
    learned = lab_counts.learn(Engine(HIP), found, EVERY)
    assert learned.prior.base == update_presence(HIP, found).prior.base
    assert lab_counts.read(counted(), rows, "hip", 212) is None


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"infection": 300}, "Bone or joint infection: 300 is more than all 212 patients"),
        ({"avn": 3, "avn=early_arco_1_2": 2}, "counted both as a whole and by state"),
        ({"avn=early_arco_1_2": 2}, "late (ARCO 3-4): there is no count"),
        ({"infection": -1}, "-1 is not a number of patients"),
    ],
)
def test_a_count_that_cannot_be_used_names_row_and_remedy(
    counts: dict[str, int], words: str
) -> None:
    with pytest.raises(CountFault) as caught:
        lab_counts.read(counted(**counts), lab_counts.count_rows(HIP), "hip", 212)
    assert words in str(caught.value)


# --- files --------------------------------------------------------------------------------

TEXT = dump_prior(PRIOR)
BOMB = "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nbase: *c\n"


def test_a_saved_set_loads_back_to_the_same_numbers() -> None:
    table = rates()
    numbers = lab_rows.give_way(table, typed(table, row_of(table, *AVN), Value=0.3))
    links = lab_rows.links_table(HIP, "crp")
    linked, _ = links.take(typed(links, 3, Value=0.3, To=0.7))
    own = lab_settings.copied(PRIOR, "My clinic", ())
    own = lab_settings.with_links(lab_settings.with_base(own, "hip", numbers), HIP, linked)
    back = lab_files.read(dump_prior(own).encode(), "my_clinic.yaml", ())
    assert back == own
    assert under(HIP, back).version == under(HIP, own).version != HIP.version
    second = lab_files.read(dump_prior(own).encode(), "my_clinic.yaml", {"my_clinic"})
    assert second.name == "my_clinic_2"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"base: [", "mine.yaml is not valid YAML"),
        (b"\x89PNG\r\n", "mine.yaml is not text (UTF-8)"),
        (b"hello", "not a prior file"),
        (BOMB.encode(), "anchors and aliases are not read"),
        (b"[" * 100_000, "nested too deeply"),
        (b"x" * 2_000_001, "larger than 2 MB"),
        (b"!!python/object/apply:os.system ['true']", "tag"),
        (TEXT.replace("variable: avn", "variable: avm").encode(), "unknown diagnosis 'avm'"),
        (
            TEXT.replace(f"value: {NOW.value:g}", "value: 9.719").encode(),
            "avn early_arco_1_2 is not a share",
        ),
        (TEXT.replace(f"value: {NOW.value:g}", "value: lots").encode(), "not a base rate"),
        (TEXT.replace("  spine:", "  spinal:").encode(), "spinal"),
        (TEXT.replace(f"value: {NOW.value:g}", "value: 0.3").encode(), ""),
    ],
)
def test_a_bad_file_is_refused_with_the_place(data: bytes, words: str) -> None:
    if not words:
        assert lab_files.read(data, "mine.yaml", ()).base["hip"][AVN].value == 0.3
        return
    with pytest.raises(PriorFileError) as caught:
        lab_files.read(data, "mine.yaml", ())
    assert words in str(caught.value)
    assert len(caught.value.faults) <= lab_files.SHOWN + 1


# --- the page -----------------------------------------------------------------------------


@pytest.fixture
def app() -> AppTest:
    app = AppTest.from_file(TOP / "app.py", default_timeout=90).run()
    app.switch_page(str(PAGES / "prior_lab.py")).run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.subheader, *app.error, *app.info, *app.success)
    return "\n".join(str(part.value) for part in parts)


def copy(app: AppTest, name: str = "") -> str:
    if name:
        app.text_input(key="lab_name").set_value(name)
    app.button(key="lab_copy").click().run()
    assert not app.exception
    return str(app.session_state["lab_setting"])


def show(app: AppTest, view: str) -> None:
    app.button_group(key="lab_view").set_value(view).run()
    assert not app.exception
    assert not app.error


def turn(app: AppTest) -> None:
    """Enter the nearest turning point of the worked example into the setting."""
    show(app, "One case")
    app.button_group(key="lab_case_view").set_value("What would turn it").run()
    app.button(key="lab_use_it").click().run()
    assert not app.exception


def test_a_bundled_setting_has_to_be_copied_first(app: AppTest) -> None:
    assert "Copy to edit" in text(app)
    setting = copy(app)
    assert setting == "own:general_orthopaedics_edited"
    assert "0 numbers differ from General orthopaedics" in text(app)
    labels = app.selectbox(key="lab_setting").options
    assert labels[0] == "General orthopaedics, edited (mine)"
    assert any(label.endswith("(for evaluation only)") for label in labels)


def test_every_view_is_drawn_for_a_copy(app: AppTest) -> None:
    copy(app)
    for view in ("One case", "Two settings", "Local counts", "Save and load", "Edit and see"):
        show(app, view)


def test_what_is_entered_changes_the_panel_and_can_be_undone(app: AppTest) -> None:
    copy(app)
    turn(app)
    show(app, "Edit and see")
    assert "numbers differ from General orthopaedics" in text(app)
    assert app.metric[0].label == "Another leader"
    assert app.metric[0].value != "0 of 34"
    app.button(key="lab_undo").click().run()
    assert "0 numbers differ" in text(app)
    assert "Nothing differs yet: 34 cases" in text(app)


def test_it_is_kept_while_another_page_is_open_and_chosen_on_compare(app: AppTest) -> None:
    setting = copy(app, "My clinic")
    turn(app)
    app.switch_page(str(PAGES / "compare.py")).run()
    app.button(key="compare_empty").click().run()
    app.button(key="compare_duplicate:0").click().run()
    assert app.selectbox(key="compare_setting:1").options[-1] == "My clinic (mine)"
    app.selectbox(key="compare_setting:1").set_value(setting).run()
    assert not app.exception
    answers = app.table[0].value
    assert list(answers.columns) == ["A", "B"]
    assert any("**" in cell for cell in answers["B"]), "the edited numbers give other chances"
    app.switch_page(str(PAGES / "prior_lab.py")).run()
    assert app.selectbox(key="lab_setting").value == setting
    app.button(key="lab_delete").click().run()
    app.switch_page(str(PAGES / "compare.py")).run()
    assert not app.exception
    cases = [s.case.setting for s in app.session_state["comparison"].scenarios]
    assert cases == ["general_orthopaedics", "general_orthopaedics"]


def test_numbers_that_nobody_can_have_are_told_and_can_be_undone(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = copy(app)
    tried = []

    def fail(network: object) -> None:
        tried.append(network)
        raise bb.InputError("cannot be met together")

    base = {**PRIOR.base["hip"], AVN: replace(PRIOR.base["hip"][AVN], value=0.11)}
    own = app.session_state["lab_owns"][setting]
    edited = lab_settings.changed(own, replace(own.prior, base={**own.prior.base, "hip": base}))
    app.session_state["lab_owns"], app.session_state["lab_mount"] = {setting: edited}, 99
    monkeypatch.setattr("bme_bayes.ui.lab_session.Engine", fail)
    app.run()
    app.run()
    assert "No population of patients has these numbers together" in text(app)
    assert len(tried) == 1
    app.button(key="lab_undo").click().run()
    assert "Nothing differs yet" in text(app)


def test_another_session_sees_nothing_of_it(app: AppTest) -> None:
    copy(app, "My clinic")
    other = AppTest.from_file(TOP / "app.py", default_timeout=90).run()
    other.switch_page(str(PAGES / "prior_lab.py")).run()
    assert not any("mine" in label for label in other.selectbox(key="lab_setting").options)


def test_markup_in_a_name_is_text(app: AppTest) -> None:
    copy(app, MARKUP)
    for view in ("Two settings", "Local counts", "Save and load"):
        show(app, view)
        assert "<b>" not in text(app)
        assert "[x](" not in text(app)


def fail(*_: object, **__: object) -> None:
    raise RuntimeError("secret detail")


def test_a_file_is_loaded_and_a_faulty_one_explained(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(app, "Save and load")
    good = TEXT.replace(f"value: {NOW.value:g}", "value: 0.3").encode()
    app.file_uploader(key="lab_file").set_value(("mine.yaml", good, "application/yaml")).run()
    assert not app.exception
    assert app.session_state["lab_setting"] == "own:general_orthopaedics_2"
    assert "1 number differs from General orthopaedics" in text(app)
    bad = good.replace(b"variable: avn", b"variable: <b>avn")
    app.file_uploader(key="lab_file").set_value(("x.yaml", bad, "application/yaml")).run()
    assert "unknown diagnosis" in text(app)
    assert "<b>" not in text(app)
    assert len(app.session_state["lab_owns"]) == 1
    monkeypatch.setattr(lab_files, "check_prior_text", fail)
    app.file_uploader(key="lab_file").set_value(("y.yaml", good, "application/yaml")).run()
    assert not app.exception
    assert "cannot be used as a prior file" in text(app)
    assert "secret detail" not in text(app)


def test_a_table_of_counts_is_loaded_and_kept_as_a_setting(app: AppTest) -> None:
    show(app, "Local counts")
    good = b"region,diagnosis,state,count,patients\nhip,avn,,31,212\n"
    app.file_uploader(key="lab_counts_file").set_value(("c.csv", good, "text/csv")).run()
    assert "hip updated from 212 patients" in text(app)
    app.button(key="lab_counts_keep").click().run()
    assert app.session_state["lab_setting"] == "own:general_orthopaedics_212_patients"
    assert not app.exception
    bad = good.replace(b"avn", b"avm")
    app.file_uploader(key="lab_counts_file").set_value(("c.csv", bad, "text/csv")).run()
    assert "unknown diagnosis 'avm' in hip; did you mean 'avn'?" in text(app).replace("\\", "")


def test_a_failure_shows_a_message_and_never_its_text(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(app)
    monkeypatch.setattr(Engine, "credible_intervals", fail)
    app.button_group(key="lab_view").set_value("One case").run()
    assert "secret detail" not in text(app)
    assert "What you entered is kept" in text(app)
