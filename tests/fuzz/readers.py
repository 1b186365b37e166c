"""Every reader under test: from bytes to an answer or a refusal; anything else is a `Fault`."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml
from small_network import small_network

import bme_bayes as bb
from bme_bayes.cases import read_cases
from bme_bayes.checks import check_data
from bme_bayes.cohort import plan, score_cohort, work
from bme_bayes.errors import DefinitionError
from bme_bayes.evaluation.answers import read_answers
from bme_bayes.exchange import read_model
from bme_bayes.exchange.fhir_import import read_fhir
from bme_bayes.findings import age_band
from bme_bayes.library import networks_folder
from bme_bayes.network import REGIONS, Network
from bme_bayes.questions.battery import parse_bundles
from bme_bayes.questions.red_flags import red_flags
from bme_bayes.reading import parse_prior, read_network, under
from bme_bayes.rules import parse_rules
from bme_bayes.ui import cohort_table, lab_files, links, state
from bme_bayes.ui.teach_cases import CaseFileError, from_file
from bme_bayes.ui.words import UNKNOWN
from fuzz.oracles import Fault, check_answer, check_message, check_posterior, in_time, same
from fuzz.small_data import TABLES, data_folder

TOP = Path(__file__).resolve().parents[2]
MARKUP = "<>[]`*"
TEXTS_ALONE = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Reader:
    """A reader under test.

    run : takes an input; whether it was answered (else it was refused)
    seeds : valid inputs to begin from
    """

    name: str
    run: Callable[[bytes], bool]
    seeds: Callable[[], list[bytes]]


@cache
def network(region: str, setting: str = "general_orthopaedics") -> Network:
    return bb.load(region, setting)


@cache
def engine(region: str, setting: str = "general_orthopaedics") -> bb.Engine:
    return bb.Engine(network(region, setting))


@lru_cache(maxsize=1)
def folder() -> Path:
    """A scratch folder of this process."""
    return Path(tempfile.mkdtemp(prefix="fuzz_"))


def file(name: str, data: bytes) -> Path:
    path = folder() / name
    path.write_bytes(data)
    return path


def cases(name: str) -> Callable[[bytes], bool]:
    def run(data: bytes) -> bool:
        path = file(name, data)
        try:
            found = read_cases(path)
        except bb.BmeBayesError as error:
            check_message(error, name)
            return False
        _faithful(found, data, name)
        answered = [check_answer(engine(c.region), c.findings) for c in found[:3]]
        for case, told in zip(found, answered, strict=False):
            if told:
                red_flags(network(case.region), case.findings)
        return any(answered)

    return run


def _faithful(found: list[Any], data: bytes, name: str) -> None:
    """Region and findings are those of the file, as another reader of it sees them."""
    text = data.decode("utf-8-sig")
    if name.endswith(".yaml"):
        read = yaml.load(text, Loader=TEXTS_ALONE)
        rows, equal = read if isinstance(read, list) else [read], same
    elif name.endswith(".jsonl") and len(found) > 1:
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        rows, equal = (rows[0] if isinstance(rows[0], list) else rows), _identical
    else:
        read = json.loads(text)
        rows, equal = read if isinstance(read, list) else [read], _identical
    for case, row in zip(found, rows, strict=True):
        if case.region != row["region"] or not equal(case.findings, row["findings"]):
            raise Fault(f"altered: {row['findings']!r:.100} became {case.findings!r:.100}")


def _identical(read: object, written: object) -> bool:
    return json.dumps(read) == json.dumps(written)


def cohort(name: str) -> Callable[[bytes], bool]:
    def run(data: bytes) -> bool:
        path, out = file(name, data), folder() / "out.csv"
        try:
            done = score_cohort(path, out, region="hip")
        except bb.BmeBayesError as error:
            check_message(error, name)
            return False
        with out.open(newline="", encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        with done.bad_rows.open(newline="", encoding="utf-8") as handle:
            bad = list(csv.DictReader(handle))
        if (len(rows), len(bad)) != (done.scored, done.bad):
            raise Fault(f"{done} but {len(rows)} and {len(bad)} rows were written")
        for row in rows:
            _check_row(row)
        if any(not r["row"] or len(r["problem"]) < 12 for r in bad):
            raise Fault(f"a bad row without number or reason: {bad}")
        return bool(rows)

    return run


def _check_row(row: dict[str, str]) -> None:
    main = [float(v) for k, v in row.items() if k.endswith("_main_cause") and v]
    if not 0 <= sum(main) <= 1 + 1e-8 or any(not 0 <= p <= 1 + 1e-9 for p in main):
        raise Fault(f"main causes of row {row['row']}: {main}")
    float(row["log_evidence"])
    for name, value in row.items():
        if value[:1] in "=+@\t\r" and value and not name.startswith("log"):
            raise Fault(f"a spreadsheet would run {name}: {value!r}")


def prior(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    try:
        found = parse_prior(text, "prior.yaml")
        made = bb.Engine(under(small_network(), found))
        told = made.posterior({"fever": "present"})
    except bb.BmeBayesError as error:
        check_message(error)
        return False
    check_posterior(told)
    return True


def link(data: bytes) -> bool:
    query = dict(parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True))
    names = _catalogue()
    found = links.from_query(query, names, tuple(REGIONS.values()), ("general_orthopaedics",))
    kept = dict(found.case.findings)
    for key, value in query.items():
        if key in links.RESERVED or value in ("", UNKNOWN) or kept.get(key) == value:
            continue
        if key == "age" and value.isdecimal() and kept.get("age_band") == age_band(int(value)):
            continue
        if not found.notices:
            raise Fault(f"{key}={value} was left out without a word")
    if any(c in notice for notice in found.notices for c in MARKUP):
        raise Fault(f"markup in a notice: {found.notices}")
    made = engine(found.case.region)
    used = state.split(found.case, made.network).used
    links.version_notice(query, made.network.version)
    return check_answer(made, state.findings(used))


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, Any]:
    every = [read_network(r, networks_folder()) for r in REGIONS.values()]
    return {v.id: v for n in every for v in n.variables.values() if state.is_observable(v)}


def model(form: str) -> Callable[[bytes], bool]:
    def run(data: bytes) -> bool:
        name = f"model.{form}"
        try:
            found = read_model(file(name, data), form)
        except bb.BmeBayesError as error:
            check_message(error, name)
            return False
        for cpd in found.get_cpds():
            if not ((cpd.values >= 0) & (cpd.values <= 1 + 1e-6)).all():
                raise Fault(f"{cpd.variable} holds a number that is no probability")
        return True

    return run


def fhir(data: bytes) -> bool:
    try:
        found = read_fhir(file("patient.json", data), network("spine"))
    except bb.BmeBayesError as error:
        check_message(error, "patient.json")
        return False
    return check_answer(engine("spine"), found.findings)


def teach(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    try:
        found = from_file(text, "cases.json", network)
    except CaseFileError as error:
        check_message(error)
        return False
    return all(check_answer(engine(c.region), c.findings) for c in found[:3])


def uploaded_prior(data: bytes) -> bool:
    """A prior file given to the Prior lab."""
    try:
        found = lab_files.read(data, "mine.yaml", ())
    except lab_files.PriorFileError as error:
        check_message(error)
        return False
    made = under(network("hip"), found)
    try:
        told = bb.Engine(made).posterior({})
    except bb.BmeBayesError as error:
        check_message(error)
        return False
    check_posterior(told)
    return True


def uploaded_cohort(name: str) -> Callable[[bytes], bool]:
    """A table given to the page Cohort; every bad row has to come with a remedy."""

    def run(data: bytes) -> bool:
        try:
            found = cohort_table.inspect(data, name, "hip", "general_orthopaedics")
            scored = cohort_table.score(data, found, "hip", "general_orthopaedics")
        except bb.BmeBayesError as error:
            check_message(error)
            return False
        for problem in scored.problems:
            if not cohort_table.remedy(problem, network("hip").variables, 5):
                raise Fault(f"no remedy: {problem}")
        return bool(scored.rows)

    return run


def rules(data: bytes) -> bool:
    """Red flags, and tests with their burden: both are lists in YAML."""
    text = data.decode("utf-8", "replace")
    known = {"groups": {"mri"}, "findings": {"crp"}, "except": {"crp"}}
    told = False
    for parse in (
        lambda: parse_rules(text, "rules.yaml"),
        lambda: parse_bundles(text, known),
    ):
        try:
            found, problems = parse()
        except bb.BmeBayesError as error:
            check_message(error)
            continue
        for problem in problems:
            check_message(DefinitionError([problem]))
        told = told or bool(found and not problems)
    return told


def answers(data: bytes) -> bool:
    try:
        found = read_answers(file("answers.jsonl", data))
    except bb.BmeBayesError as error:
        check_message(error, "answers.jsonl")
        return False
    values = [p for a in found for p in (*a.probabilities.values(), *a.present.values())]
    if any(not 0 <= p <= 1 for p in values):
        raise Fault(f"no probabilities: {values[:5]}")
    return bool(found)


def tables(data: bytes) -> bool:
    """The first byte chooses the table of a small model that the rest takes the place of."""
    name = TABLES[data[0] % len(TABLES)] if data else TABLES[0]
    path = data_folder() / "networks" / name
    before = path.read_bytes()
    path.write_bytes(data[1:])
    try:
        for problem in check_data(data_folder()):
            check_message(DefinitionError([problem]))
        made = bb.Engine(bb.load("hip", "small", data_folder()))
        told = made.posterior({})
    except bb.BmeBayesError as error:
        check_message(error)
        return False
    finally:
        path.write_bytes(before)
    check_posterior(told)
    return True


def guarded(reader: Reader, data: bytes) -> bool:
    """Run a reader in time; whatever it raises that is no `Fault` becomes one."""
    with in_time():
        try:
            return reader.run(data)
        except Fault:
            raise
        except Exception as error:
            raise Fault(f"{type(error).__name__}: {error!s:.200}") from error


def prepare() -> None:
    """Keep what takes long and is the same for every input: networks, and BIF's grammar."""
    from pgmpy.readwrite import BIFReader

    for module in (plan, work):
        vars(module)["load"] = network
    for name in ("get_variable_grammar", "get_probability_grammar"):
        made: list[Any] = []
        setattr(BIFReader, name, _kept(getattr(BIFReader, name), made))


def _kept(make: Callable[[Any], Any], made: list[Any]) -> Callable[[Any], Any]:
    def kept(reader: Any) -> Any:
        if not made:
            made.append(make(reader))
        return made[0]

    return kept
