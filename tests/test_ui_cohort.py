"""The Cohort page: with and without Streamlit."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import bme_bayes as bb
from bme_bayes.cohort import score_cohort
from bme_bayes.cohort.outputs import as_bytes
from bme_bayes.cohort.template import MARK, template
from bme_bayes.ui import cohort_scores, cohort_table
from bme_bayes.ui.cohort_table import Answers
from bme_bayes.ui.model import catalogue
from bme_bayes.ui.parts import cohort_results, cohort_upload
from bme_bayes.ui.session import EXPLORER
from bme_bayes.ui.state import Case, Explorer

TOP = Path(__file__).resolve().parents[1]
PAGE = TOP / "bme_bayes" / "ui" / "pages" / "cohort.py"
SETTING = "general_orthopaedics"
HEAD = "case_id,age,crp,sex,pregnancy,serpentine_band,diagnosis,also,crpp\n"
GOOD = "".join(
    f"p{i},{30 + i},normal,{'male' if i % 2 else 'female'},,{'present' if i % 3 else ''},"
    f"{('avn', 'osteoarthritis', 'avn', '')[i % 4]},,x\n"
    for i in range(16)
)
BAD = """=bad,300,,,,,,,
word,40,hihg,,,,,,
both,,,male,early,,,,
wide,40,,,,,,,,,
last,50,raised,,,,avnn,osteoarthritiss,
"""
COHORT = (HEAD + GOOD + BAD).encode()


def scored(data: bytes = COHORT, region: str = "hip") -> Answers:
    found = cohort_table.inspect(data, "cohort.csv", region, SETTING)
    return cohort_table.score(data, found, region, SETTING)


@pytest.fixture(scope="module")
def answers() -> Answers:
    return scored()


def test_what_the_columns_are() -> None:
    found = cohort_table.inspect(COHORT, "cohort.csv", "hip", SETTING)
    assert found.rows == 21
    assert found.findings == ("age", "crp", "sex", "pregnancy", "serpentine_band")
    assert found.unknown == {"crpp": ("crp",)}
    assert found.keep == ("diagnosis", "also", "crpp")
    assert (found.id, found.by_row, found.left_out) == ("case_id", False, ())


def test_answers_are_those_of_the_command(answers: Answers, tmp_path: Path) -> None:
    (tmp_path / "cohort.csv").write_bytes(COHORT)
    done = score_cohort(tmp_path / "cohort.csv", tmp_path / "out.csv", region="hip",
                        keep=["diagnosis", "also", "crpp"])  # fmt: skip
    columns = answers.plan.output_columns()
    assert as_bytes(".csv", columns, answers.rows) == done.out.read_bytes()
    packed = as_bytes(".parquet", columns, answers.rows)
    assert pd.read_parquet(io.BytesIO(packed))["avn"].tolist() == answers.frame["avn"].tolist()


def test_parquet_gives_what_csv_gives(answers: Answers) -> None:
    frame = pd.read_csv(io.StringIO(HEAD + GOOD), dtype={"also": str, "pregnancy": str})
    packed = io.BytesIO()
    frame.to_parquet(packed)
    data = packed.getvalue()
    found = cohort_table.inspect(data, "cohort.parquet", "hip", SETTING)
    scored = cohort_table.score(data, found, "hip", SETTING)
    assert not scored.problems
    assert scored.frame["avn"].tolist() == pytest.approx(answers.frame["avn"].tolist()[:16])


def test_the_page_begins_with_the_region_of_the_case() -> None:
    app = AppTest.from_file(TOP / "app.py", default_timeout=90)
    app.session_state[EXPLORER] = Explorer(Case("spine", "rheumatology_tertiary"))
    app.run()
    app.switch_page(str(PAGE)).run()
    assert app.button_group(key=cohort_upload.REGION).value == "spine"
    assert app.selectbox(key=cohort_upload.SETTING).value == "rheumatology_tertiary"


def test_every_problem_has_its_place_and_a_remedy(answers: Answers) -> None:
    table = cohort_results.problem_table(answers)
    told = {r["Row"]: (r["Column"], r["Remedy"]) for r in table.to_dict("records")}
    assert told[18] == ("age", "Write years from 0 to 120, or leave the cell blank.")
    assert told[19][0] == "crp"
    assert told[19][1].startswith("Write one of: normal, raised, markedly_raised;")
    assert set(told[20][0].split()) == {"sex", "pregnancy"}
    assert "correct or clear one of" in told[20][1]
    assert told[21] == ("whole row", "Give the row 9 cells; put a text with commas into quotes.")
    assert len(table) == 4
    assert "'=bad" in cohort_results.bad_rows_csv(table).decode()
    other = scored(b"case_id,region,neurologic_deficit\n1,elbow,\n2,hip,present\n3,spine,present\n")
    remedies = cohort_results.problem_table(other)["Remedy"].tolist()
    assert remedies[0] == "Write one of: hip, knee, ankle_foot, spine."
    assert "no such finding" in remedies[1]


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "c.csv", "is empty"),
        (b"case_id,age\n", "c.csv", "no patients"),
        (b"name,shoe\n1,2\n", "c.csv", "No column is a finding"),
        (b"age\n\xff\n", "c.csv", "not UTF-8"),
        (b"PK\x03\x04", "c.parquet", "not a Parquet file"),
        (b"age\n" + b"4\n" * 20_001, "c.csv", "more than 20,000 patients"),
    ],
)
def test_files_that_cannot_be_used(data: bytes, name: str, message: str) -> None:
    with pytest.raises(bb.BmeBayesError, match=message):
        cohort_table.inspect(data, name, "hip", SETTING)


def test_results_can_be_uploaded_again(answers: Answers) -> None:
    data = as_bytes(".csv", answers.plan.output_columns(), answers.rows)
    with pytest.raises(bb.InputError, match="No column is a finding"):
        cohort_table.inspect(data, "c.csv", "hip", SETTING)
    with_age = data.replace(b"row,", b"age,", 1)
    found = cohort_table.inspect(with_age, "c.csv", "hip", SETTING)
    assert "avn_main_cause" in found.left_out
    assert len(cohort_table.score(with_age, found, "hip", SETTING).rows) == 17


@pytest.mark.parametrize("region", ["hip", "knee", "ankle_foot", "spine"])
def test_template_is_a_table_of_the_region(region: str) -> None:
    network = bb.load(region)
    text = template(network)
    frame = pd.read_csv(io.StringIO(text), dtype=str)
    for name in frame.columns:
        if name in network.variables:
            assert tuple(frame[name][0].split(" | ")) == network.variable(name).states
    assert set(catalogue()) & set(network.variables) <= {
        *frame.columns, "marrow_edema", "age_band",
    }  # fmt: skip
    row = dict.fromkeys(frame.columns, "") | {"case_id": "1", "age": "50", "crp": "raised"}
    filled = (text + ",".join(row.values()) + "\n").encode()
    found = scored(filled, region)
    assert found.inspection.rows == 1
    assert not found.inspection.unknown
    assert not found.problems
    assert found.frame["case_id"].tolist() == ["1"]
    assert MARK not in found.frame["case_id"].tolist()


def test_scores_against_known_diagnoses(answers: Answers) -> None:
    found = cohort_scores.labelled(answers)
    assert len(found.cases) == 12
    assert [(row, column) for row, column, _ in found.faults] == [(22, "diagnosis"), (22, "also")]
    assert "did you mean 'avn'" in found.faults[0][2]
    frame = answers.frame.set_index("case_id")
    right = [frame["leader"][c] == frame["diagnosis"][c] for c in frame.index
             if frame["diagnosis"][c] in ("avn", "osteoarthritis")]  # fmt: skip
    assert cohort_scores.overall(found)["all"].score["top1"] == pytest.approx(sum(right) / 12)
    table = cohort_scores.ranks(found, {}).set_index("Known diagnosis")
    assert table["Patients"].to_dict() == {"avn": 8, "osteoarthritis": 4}
    assert table["Ranked first"].sum() == sum(right)


@pytest.fixture
def app() -> AppTest:
    app = AppTest.from_file(TOP / "app.py", default_timeout=90)
    app.run()
    app.switch_page(str(PAGE)).run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.subheader, *app.error, *app.warning, *app.info)
    return "\n".join(str(part.value) for part in parts)


def test_upload_score_and_evaluate(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "mkstemp", no_files)
    app.file_uploader(key="cohort_file").set_value(("cohort.csv", COHORT, "text/csv")).run()
    assert "21 patients, 5 columns with findings" in text(app)
    assert "did you mean `crp`" in text(app)
    app.button(key="cohort_score").click().run()
    assert not app.exception
    assert "**17 patients scored.**" in text(app)
    problems, overview, ranks = (part.value for part in app.dataframe)
    assert problems["Row"].tolist() == [18, 19, 20, 21]
    assert len(overview) == 17
    assert ranks["Patients"].tolist() == [8, 4]
    assert [m.label for m in app.metric][:2] == ["Ranked first", "In the first three"]
    app.selectbox(key="cohort_about").set_value("avn").run()
    assert not app.exception
    assert "Was it worth acting on" in text(app)
    app.switch_page(str(PAGE.with_name("compare.py"))).run()
    app.switch_page(str(PAGE)).run()
    assert "**17 patients scored.**" in text(app)
    assert "the answers of **cohort" in text(app)
    app.button(key="cohort_forget").click().run()
    assert "patients scored" not in text(app)
    assert "cohort_done" not in app.session_state
    assert "cohort_evaluated" not in app.session_state


def test_another_region_is_scored_anew(app: AppTest) -> None:
    app.file_uploader(key="cohort_file").set_value(("cohort.csv", COHORT, "text/csv")).run()
    app.button(key="cohort_score").click().run()
    assert "patients scored" in text(app)
    app.button_group(key="cohort_region").set_value("knee").run()
    assert "patients scored" not in text(app)
    assert app.button(key="cohort_score").label == "Score 21 patients"


def test_a_file_that_is_no_table_is_told(app: AppTest) -> None:
    app.file_uploader(key="cohort_file").set_value(("c.parquet", b"no", "x/y")).run()
    assert not app.exception
    assert "not a Parquet file" in text(app)
    assert "Score" not in json.dumps([b.label for b in app.button])


def no_files(*_: object, **__: object) -> None:
    raise AssertionError("a temporary file was made")
