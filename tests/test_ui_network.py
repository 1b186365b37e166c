"""The page of the network and its sources: what it shows, with and without Streamlit."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import bme_bayes as bb
from bme_bayes.ui import cards, network_links, network_map, number_link, number_table
from bme_bayes.ui.charts import DARK
from bme_bayes.ui.guard import literal
from bme_bayes.ui.session import EXPLORER
from bme_bayes.ui.state import Case, Explorer

TOP = Path(__file__).resolve().parents[1]
PAGES = TOP / "bme_bayes" / "ui" / "pages"
VIEWS = (
    "Graph", "One finding", "All numbers", "Sources", "Cards", "Questions", "Terms", "Overview",
)  # fmt: skip
HIP = bb.load("hip")


@pytest.fixture
def app() -> AppTest:
    app = AppTest.from_file(TOP / "app.py", default_timeout=90).run()
    app.switch_page(str(PAGES / "network.py")).run()
    assert not app.exception
    return app


def view(app: AppTest, name: str) -> str:
    app.button_group(key="net_view").set_value(name).run()
    assert not app.exception
    assert not app.error
    return text(app)


def text(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.subheader, *app.error)
    return "\n".join(str(part.value) for part in parts)


@pytest.mark.parametrize("region", ["hip", "knee", "ankle_foot", "spine"])
def test_every_number_is_in_the_table_with_words(region: str) -> None:
    network = bb.load(region)
    rows = number_table.table(network)
    assert len(rows) == len(list(number_table.all_numbers(network)))
    assert set(rows["kind"]) <= set(number_table.QUANTITIES.values())
    assert set(rows["basis"]) <= set(number_table.BASES.values())
    assert (rows["among"].str.len() > 0).all()


def test_numbers_are_found_by_words_synonyms_and_sources() -> None:
    rows = number_table.table(HIP)
    found = number_table.matching(rows, "CRP infection")
    assert 0 < len(found) < len(rows)
    assert "C-reactive protein" in set(found["what"])
    assert len(number_table.matching(rows, "cortisone")) > 0
    assert number_table.matching(rows, "ikemura 2010")["link"].str.startswith("https://").all()
    assert number_table.matching(rows, "no such thing").empty
    assert len(number_table.matching(rows, "")) == len(rows)


def test_a_findings_table_has_a_row_for_each_kind_and_none() -> None:
    head, rows = number_table.by_cause(HIP, "serpentine_band")
    assert head == ["Among", "present", "Rests on"]
    assert all(re.search(r", weight of \d", row[2]) for row in rows)
    assert {len(row) for row in rows} == {3}
    assert any(row[0] == "None of the diagnoses" for row in rows)
    assert len(rows) == len(HIP.kinds) + 1


def test_a_diagnosis_has_a_table_of_base_rates_and_kinds() -> None:
    head, rows = number_table.of_diagnosis(HIP, "avn")
    assert HIP.prior
    rates = [n for n in HIP.prior.region("hip").values() if n.child == "avn"]
    kinds = [k for k in HIP.kinds if k.diagnosis == "avn"]
    assert {len(row) for row in rows} == {len(head)}
    assert len(rows) == len(rates) + len(kinds)
    assert rows[0][0] == "All patients of the setting"


def test_every_number_can_be_linked_to_and_found_alone() -> None:
    rows = number_table.table(HIP)
    numbers = list(number_table.all_numbers(HIP))
    for index in (0, 700, 2000, len(numbers) - 1):
        found = number_table.matching(rows, number_table.key_of(numbers[index]))
        assert list(found.index) == [index]


def test_the_graph_joins_risks_diagnoses_processes_and_findings() -> None:
    found = network_links.edges(HIP)
    pairs = {(e.source, e.target): e for e in found}
    assert pairs["corticosteroids", "avn"].way == "raises"
    assert pairs["avn", "serpentine_band"].way == "raises"
    assert pairs["age_band", "bmes"].way == "either"
    assert ("systemic_inflammation", "crp") in pairs
    inward, outward = network_links.neighbours(found, "avn")
    assert {HIP.variable(e.source).role for e in inward} == {"context", "risk"}
    assert {HIP.variable(e.target).role for e in outward} == {"finding", "process", "sign"}


def test_the_graph_is_drawn_whole_and_around_one_variable() -> None:
    whole = network_map.map_spec(HIP, None, {"crp": "Normal"}, DARK)
    one = network_map.map_spec(HIP, "avn", {}, DARK)
    names = [p["name"] for p in whole["layer"][1]["data"]["values"]]
    assert len(names) == len(HIP.variables)
    assert "C-reactive protein: Normal" in names
    looks = {p["look"] for p in one["layer"][1]["data"]["values"]}
    assert looks == {"chosen", "other"}
    assert "1 are entered" in whole["description"]
    assert len(one["layer"][0]["data"]["values"]) < len(whole["layer"][0]["data"]["values"])


def test_keys_in_cards_become_numbers_of_known_sources() -> None:
    for card in cards.load_cards():
        assert card.sections
        assert all(key in HIP.sources for key in card.sources)
        for _, body in card.sections:
            assert "[overview_" not in cards.numbered(body, card)
    card = next(c for c in cards.load_cards() if c.id == "traumatic_fracture")
    key = next(k for k in card.sources if cards.address(HIP.sources[k]))
    linked = cards.numbered(f"so [{key}]", card, HIP.sources)
    assert (
        linked == f"so [\\[{card.sources.index(key) + 1}\\]](<{cards.address(HIP.sources[key])}>)"
    )


def test_coverage_is_known_with_and_without_its_document() -> None:
    loaded = cards.load_cards()
    written = cards.coverage((TOP / "docs" / "coverage.md").read_text(), loaded)
    alone = cards.coverage(None, loaded)
    assert [row[0] for row in written] == [f"O{n}" for n in range(1, 23)]
    assert all(row[1] for row in written)
    assert [row[0] for row in alone] == [row[0] for row in written]


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_drawn(app: AppTest, name: str) -> None:
    assert "Model version" in view(app, name)


def test_the_links_of_one_variable_are_told_in_words(app: AppTest) -> None:
    app.selectbox(key="net_variable").set_value("avn").run()
    said = text(app)
    assert "What bears on it" in said
    assert "Systemic corticosteroid exposure: times" in said


def test_search_and_filter_the_numbers(app: AppTest) -> None:
    view(app, "All numbers")
    app.text_input(key="net_search").set_value("crp infection").run()
    every = len(app.dataframe[0].value)
    app.button_group(key="net_basis").set_value(["Published and estimated"]).run()
    assert 0 < len(app.dataframe[0].value) < every
    assert set(app.dataframe[0].value["basis"]) == {"Published and estimated"}
    app.text_input(key="net_search").set_value("no such thing").run()
    assert "No number fits" in app.info[0].value
    assert not app.exception


def test_a_link_to_a_number_shows_it_in_full(app: AppTest) -> None:
    number = HIP.numbers["frequency", "serpentine_band", "present", "avn.late_arco_3_4"]
    query = number_link.query(number_table.key_of(number), "hip", "sports_medicine")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    said = text(app)
    assert app.button_group(key="net_view").value == "All numbers"
    assert app.selectbox(key="net_setting").value == "sports_medicine"
    assert literal(number_table.shown(number)) in said
    assert "Grade: published and estimated" in said
    assert "Ikemura" in said
    assert "number" not in app.query_params
    app.text_input(key="net_search").set_value("").run()
    assert len(app.dataframe[0].value) > 1000


def test_from_one_finding_to_each_of_its_numbers(app: AppTest) -> None:
    view(app, "One finding")
    app.selectbox(key="net_one").set_value("avn").run()
    assert "marrow edema have it in this setting" in text(app)
    app.button(key="net_of_one").click().run()
    found = app.dataframe[0].value
    assert set(found["what"]) == {HIP.variable("avn").label}


def test_a_source_shows_what_was_taken_from_it(app: AppTest) -> None:
    view(app, "Sources")
    app.text_input(key="net_source_search").set_value("ikemura2010").run()
    said = text(app)
    assert "https://doi.org/10.2214/AJR.09.3271" in said
    assert "n \\= 16" in said or "n = 16" in said


def test_a_note_names_other_sources_by_author_and_year(app: AppTest) -> None:
    view(app, "Sources")
    app.text_input(key="net_source_search").set_value("ikemura2010").run()
    assert "conflicts with Subchondral insufficiency" in text(app)
    assert "sifhisto2001" not in text(app)


def test_another_region_keeps_the_view(app: AppTest) -> None:
    view(app, "One finding")
    app.button_group(key="net_region").set_value("spine").run()
    assert not app.exception
    assert not app.error
    app.switch_page(str(PAGES / "explorer.py")).run()
    app.switch_page(str(PAGES / "network.py")).run()
    assert app.button_group(key="net_region").value == "spine"
    assert app.button_group(key="net_view").value == "One finding"


def test_the_region_follows_the_explorer_when_that_changes(app: AppTest) -> None:
    app.button_group(key="net_region").set_value("knee").run()
    app.session_state[EXPLORER] = Explorer(Case("spine", "older_adults_falls_clinic"))
    app.run()
    assert app.button_group(key="net_region").value == "spine"
    assert app.selectbox(key="net_setting").value == "older_adults_falls_clinic"
    app.button_group(key="net_region").set_value("knee").run()
    assert app.button_group(key="net_region").value == "knee"
