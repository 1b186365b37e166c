"""`score`: the same answers as one by one, bad rows named, files whole or not at all."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import bme_bayes as bb
from bme_bayes.cli import main
from bme_bayes.cohort import limits, score_cohort
from bme_bayes.cohort.outputs import harmless

GOOD = """case_id,region,age,sex,corticosteroids,crp,neurologic_deficit,note
a,hip,45,male,present,normal,,=HYPERLINK("x")
b,knee,,,unknown,"{""normal"": 0.2, ""raised"": 0.8}",,"two, parts"
@c,spine,71,female,,,present,-3
"""
BAD = """case_id,region,age,pregnancy,sex,crp
good,hip,45,,,normal
state,hip,45,,,hihg
years,hip,-4,,,
word,hip,old,,,
wide,hip,45,,,normal,extra
place,elbow,45,,,
+both,hip,,early,male,
last,knee,30,,,raised
"""


def write(folder: Path, text: str, name: str = "cohort.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_scores_are_those_of_one_patient_at_a_time(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = score_cohort(write(tmp_path, GOOD), out, keep=["note"], setting="sports_medicine")
    assert (done.rows, done.scored, done.bad) == (3, 3, 0)
    table = pd.read_csv(out)
    assert table["row"].tolist() == [2, 3, 4]
    findings: list[tuple[str, dict[str, object]]] = [
        ("hip", {"age": 45, "sex": "male", "corticosteroids": "present", "crp": "normal"}),
        ("knee", {"crp": {"normal": 0.2, "raised": 0.8}}),
        ("spine", {"age": 71, "sex": "female", "neurologic_deficit": "present"}),
    ]
    for (_, row), (region, case) in zip(table.iterrows(), findings, strict=True):
        network = bb.load(region, "sports_medicine")
        found = bb.Engine(network).posterior(case)
        assert row["leader"] == found.leader
        assert row["log_evidence"] == pytest.approx(found.log_evidence, abs=1e-12)
        assert done.versions[region] == network.version
        for name, d in found.diagnoses.items():
            assert row[name] == pytest.approx(d.present, abs=1e-12)
            assert row[f"{name}_main_cause"] == pytest.approx(d.main_cause, abs=1e-12)
    assert table["sifk"].isna().tolist() == [True, False, True]


def test_uncertain_and_unknown_findings_as_the_engine_has_them(tmp_path: Path) -> None:
    """Also where a setting takes risk factors that are not mentioned for less likely."""
    rows: list[dict[str, object]] = [
        {"crp": {"normal": 0.2, "raised": 0.8}, "night_pain": {"present": 3, "absent": 1}},
        {"corticosteroids": "unknown", "crp": "raised"},
        {"corticosteroids": {"present": 0.5, "absent": 0.5}, "sex": {"male": 2, "female": 1}},
        {"limp": "unknown", "systemic_signs": "absent", "leukocytosis": "absent"},
        {"marrow_edema": "unknown"},
        {"marrow_edema": {"absent": 1, "present": 4}, "crp": "normal"},
        {"marrow_edema": "absent"},
        {},
        {n: {"present": 0.7, "absent": 0.3} for n in ("night_pain", "rest_pain", "load_pain",
         "limp", "systemic_signs", "weight_loss", "corticosteroids")},
    ]  # fmt: skip
    columns = sorted({name for row in rows for name in row})
    frame = pd.DataFrame(
        [[json.dumps(v) if isinstance(v := row.get(c, ""), dict) else v for c in columns]
         for row in rows], columns=columns,
    )  # fmt: skip
    frame.insert(0, "id", range(len(rows)))
    for setting in ("general_orthopaedics", "case_reports"):
        cohort = write(tmp_path, frame.to_csv(index=False))
        done = score_cohort(cohort, tmp_path / "out.csv", region="hip", setting=setting)
        assert done.bad == 0
        table, engine = pd.read_csv(done.out), bb.Engine(bb.load("hip", setting))
        for i, row in enumerate(rows):
            found = engine.posterior(row)
            assert table["log_evidence"][i] == pytest.approx(found.log_evidence, abs=1e-9)
            for name, d in found.diagnoses.items():
                assert table[name][i] == pytest.approx(d.present, abs=1e-9)
                assert table[f"{name}_main_cause"][i] == pytest.approx(d.main_cause, abs=1e-9)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters(tmp_path: Path, delimiter: str) -> None:
    text = 'id,age,crp\n1,45,"{""normal"": 1}"\n2,50,raised\n'
    expected = score_cohort(write(tmp_path, text), tmp_path / "comma.csv", region="hip").out
    other = write(tmp_path, text.replace(",", delimiter))
    done = score_cohort(other, tmp_path / "other.csv", region="hip")
    assert done.scored == 2
    assert done.out.read_bytes() == expected.read_bytes()


def test_age_and_band_that_disagree(tmp_path: Path) -> None:
    cohort = write(tmp_path, "id,age,age_band\n1,45,30_50\n2,45,over_65\n3,,over_65\n")
    done = score_cohort(cohort, tmp_path / "out.csv", region="hip")
    bad = pd.read_csv(done.bad_rows)
    assert bad[["row", "id", "column"]].to_numpy().tolist() == [[3, 2, "age age_band"]]
    assert pd.read_csv(done.out)["id"].tolist() == [1, 3]


def test_formulas_are_neutralised(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    score_cohort(write(tmp_path, GOOD), out, keep=["note"])
    with out.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [r["note"] for r in rows] == ['\'=HYPERLINK("x")', "two, parts", "-3"]
    assert rows[2]["case_id"] == "'@c"
    side = tmp_path / "bad.csv"
    done = score_cohort(write(tmp_path, BAD), side)
    assert pd.read_csv(done.bad_rows)["id"].tolist()[-1] == "'+both"
    for cell, expected in (("=1+1", "'=1+1"), ("-1.5", "-1.5"), ("-x", "'-x"), (-1.0, -1.0)):
        assert harmless(cell) == expected


def test_bad_rows_are_named_and_the_others_scored(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = score_cohort(write(tmp_path, BAD), out)
    assert (done.rows, done.scored, done.bad) == (8, 2, 6)
    assert pd.read_csv(out)["case_id"].tolist() == ["good", "last"]
    bad = pd.read_csv(done.bad_rows, keep_default_na=False)
    assert bad["row"].tolist() == [3, 4, 5, 6, 7, 8]
    assert bad["column"].tolist() == ["crp", "age", "age", "", "region", "sex pregnancy"] or (
        bad["column"].tolist()[:5] == ["crp", "age", "age", "", "region"]
        and set(bad["column"].tolist()[5].split()) == {"sex", "pregnancy"}
    )
    assert "unknown state 'hihg'" in bad["problem"][0]
    assert "7 cells in a table of 6 columns" in bad["problem"][3]


def test_strict_stops_and_leaves_nothing(tmp_path: Path) -> None:
    cohort, out = write(tmp_path, BAD), tmp_path / "out.csv"
    out.write_text("earlier results")
    with pytest.raises(bb.InputError, match="row 3, column crp: unknown state 'hihg'"):
        score_cohort(cohort, out, strict=True)
    assert out.read_text() == "earlier results"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cohort.csv", "out.csv"]


def test_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bme_bayes.cohort.runners.score_chunk", fail)
    with pytest.raises(KeyboardInterrupt):
        score_cohort(write(tmp_path, GOOD), tmp_path / "out.csv", keep=["note"])
    assert [p.name for p in tmp_path.iterdir()] == ["cohort.csv"]


def test_parquet_in_and_out(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"patient_id": [7, 8, 9], "age": [45.0, None, 300.0], "crp": ["normal", None, "raised"]}
    )
    frame["crp"] = frame["crp"].astype("category")
    frame.to_parquet(tmp_path / "cohort.parquet")
    out = tmp_path / "out.parquet"
    done = score_cohort(tmp_path / "cohort.parquet", out, region="hip")
    assert (done.scored, done.bad) == (2, 1)
    assert pd.read_csv(done.bad_rows)["column"].tolist() == ["age"]
    table = pd.read_parquet(out)
    found = bb.Engine(bb.load("hip")).posterior({"age": 45, "crp": "normal"})
    assert table["avn"][0] == pytest.approx(found.diagnoses["avn"].present, abs=1e-12)
    same = tmp_path / "again.csv"
    frame.to_csv(tmp_path / "cohort.csv", index=False)
    score_cohort(tmp_path / "cohort.csv", same, region="hip")
    assert pd.read_csv(same)["avn"].tolist() == table["avn"].tolist()


def test_many_chunks_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bme_bayes.cohort.tables.CHUNK", 7)
    lines = [f"{i},{20 + i % 60},{'present' if i % 3 else 'oops'}" for i in range(100)]
    cohort = write(tmp_path, "id,age,limp_or_antalgic_gait\n".replace(
        "limp_or_antalgic_gait", "corticosteroids") + "\n".join(lines))  # fmt: skip
    done = score_cohort(cohort, tmp_path / "out.csv", region="hip")
    good, bad = pd.read_csv(done.out)["id"].tolist(), pd.read_csv(done.bad_rows)["id"].tolist()
    assert sorted(good + bad) == list(range(100))
    assert bad == list(range(0, 100, 3))


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "is empty"),
        ("age,crp\n1,normal\n", {}, "--region"),
        ("age,crp\n", {"region": "hips"}, "did you mean 'hip'"),
        ("age,crpp\n", {"region": "hip"}, "did you mean 'crp'"),
        ("age,age\n", {"region": "hip"}, "'age' is there twice"),
        ("age,\n", {"region": "hip"}, "has no name"),
        ("age\n", {"region": "hip", "keep": ["agee"]}, "did you mean 'age'"),
        ("age,row\n", {"region": "hip", "keep": ["row"]}, "have already"),
        ("age\n", {"region": "hip", "setting": "nowhere"}, "unknown setting"),
        ('age\n"1', {"region": "hip"}, "not a CSV file"),
    ],
)
def test_tables_that_cannot_be_read(
    tmp_path: Path, text: str, options: dict[str, object], message: str
) -> None:
    cohort = write(tmp_path, text)
    with pytest.raises(bb.BmeBayesError, match=message):
        score_cohort(cohort, tmp_path / "out.csv", **options)  # type: ignore[arg-type]
    assert [p.name for p in tmp_path.iterdir()] == ["cohort.csv"]


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    cohort = write(tmp_path, GOOD)
    for source, out, message in [
        (tmp_path / "none.csv", tmp_path / "o.csv", "No such file"),
        (tmp_path / "none.parquet", tmp_path / "o.csv", "No such file"),
        (cohort, tmp_path / "o.txt", "a .csv or a .parquet"),
        (tmp_path / "c.xlsx", tmp_path / "o.csv", "a .csv or a .parquet"),
        (cohort, cohort, "the cohort itself"),
        (cohort, tmp_path / "nowhere" / "o.csv", "cannot write"),
        (write(tmp_path, "x", "x.parquet"), tmp_path / "o.csv", "not a Parquet file"),
    ]:
        with pytest.raises(bb.InputError, match=message):
            score_cohort(source, out, keep=["note"])
    (tmp_path / "latin.csv").write_bytes(b"age,region\n4\xff,hip\n")
    with pytest.raises(bb.InputError, match="UTF-8"):
        score_cohort(tmp_path / "latin.csv", tmp_path / "o.csv")


def parquet(folder: Path, **columns: object) -> Path:
    path = folder / "bomb.parquet"
    pq.write_table(pa.table(columns), path, compression="zstd")
    return path


def test_parquet_that_is_small_on_disk_and_huge_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused by its footer, before a row is read."""
    monkeypatch.setattr("pyarrow.parquet.ParquetFile.iter_batches", unread)
    long = ["x" * 40_000_000 + end for end in "ab"]
    none = pa.nulls(50_000_000, pa.int8())
    nested = pa.array([[1], [2]])
    wide = {f"c{i}": pa.array([1]) for i in range(limits.MOST_COLUMNS + 1)}
    for columns, message in (
        ({"crp": long}, "row group 1, unpacks"),
        ({"crp": none}, "claims 50,000,000 rows"),
        ({"crp": nested}, "holds list<"),
        (wide, "1,001 columns"),
    ):
        path = parquet(tmp_path, **columns)
        assert path.stat().st_size < 500_000
        with pytest.raises(bb.InputError, match=message):
            score_cohort(path, tmp_path / "out.csv", region="hip")
    monkeypatch.setattr(limits, "MOST_BLOCK", 1000)
    with pytest.raises(bb.InputError, match="smaller row groups"):
        score_cohort(parquet(tmp_path, age=list(range(999))), tmp_path / "out.csv", region="hip")
    assert [p.name for p in tmp_path.iterdir()] == ["bomb.parquet"]


def unread(*_: object, **__: object) -> None:
    raise AssertionError("a row was read")


def test_long_cells_and_lines_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = pa.array(["x" * (limits.MOST_CHARACTERS + 1)] * 900).dictionary_encode()
    with pytest.raises(bb.InputError, match=r"rows 1 to 900: a cell of 'crp' has over 10,000"):
        score_cohort(parquet(tmp_path, crp=texts), tmp_path / "out.csv", region="hip")
    many = pa.array(["x" * 9000] * 900).dictionary_encode()
    columns = {f"crp{i}": many for i in range(4)}
    keep = list(columns)
    with pytest.raises(bb.InputError, match="32,400,000 characters"):
        score_cohort(parquet(tmp_path, **columns), tmp_path / "o.csv", region="hip", keep=keep)
    long = write(tmp_path, "age\n" + "1" * (limits.MOST_CHARACTERS + 1))
    with pytest.raises(bb.InputError, match="a cell has over 10,000 characters, after row 1"):
        score_cohort(long, tmp_path / "out.csv", region="hip")
    monkeypatch.setattr("bme_bayes.cohort.tables.MOST_LINE", 50)
    with pytest.raises(bb.InputError, match="a line has 50 characters or more"):
        score_cohort(write(tmp_path, "age," * 20), tmp_path / "out.csv", region="hip")


def test_damaged_parquet(tmp_path: Path) -> None:
    path = parquet(tmp_path, age=[i % 90 for i in range(3000)])
    data = bytearray(path.read_bytes())
    data[30:120] = bytes(90)
    path.write_bytes(data)
    with pytest.raises(bb.InputError, match="is damaged after row 0"):
        score_cohort(path, tmp_path / "out.csv", region="hip")


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cohort, out = str(write(tmp_path, BAD)), str(tmp_path / "out.csv")
    assert main(["score", cohort, "--out", out, "--json"]) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert (found["rows"], found["scored"], found["bad"]) == (8, 2, 6)
    assert "scoring: 100%" in printed.err
    assert Path(found["bad_rows"]).exists()
    assert main(["score", cohort, "--out", out]) == 0
    assert "6 bad rows" in " ".join(capsys.readouterr().out.split())
    assert main(["score", cohort, "--out", out, "--strict"]) == 2
    assert "row 3, column crp" in capsys.readouterr().err
