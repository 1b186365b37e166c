"""Valid inputs of every reader, as plain values and as bytes."""

from __future__ import annotations

import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from small_network import small_prior

from bme_bayes.exchange import write_model
from bme_bayes.writing import dump_prior
from fuzz import readers, small_data
from fuzz.readers import Reader

CASES: list[dict[str, Any]] = [
    {"region": "hip", "findings": {"age": 45, "sex": "male", "corticosteroids": "present"}},
    {
        "region": "hip",
        "case_id": "b",
        "diagnosis": "avn",
        "also": ["osteoarthritis"],
        "findings": {"age_band": "18_29", "crp": {"raised": 0.8, "normal": 0.2}, "sex": None},
    },
    {"region": "hip", "findings": {"onset": "gradual", "pregnancy": "none", "crp": "unknown"}},
]
COHORT = [
    ["case_id", "region", "age", "sex", "crp", "corticosteroids", "marrow_edema"],
    ["a", "hip", "45", "male", '{"raised": 0.8, "normal": 0.2}', "present", ""],
    ["=b", "hip", "", "", "normal", "unknown", "present"],
    ["c", "hip", "17", "female", "markedly_raised", "absent", "absent"],
]
LINK = "region=hip&setting=general_orthopaedics&age_band=30_50&crp=raised&groin_pain=probable"
ANSWERS = [{"id": "a", "probabilities": {"avn": 0.6, "bmes": 0.4}, "present": {"avn": 0.7}}]
FHIR = [
    {"resourceType": "Patient", "gender": "male", "birthDate": "1980-02-01"},
    {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "CRP"},
        "valueQuantity": {"value": 140, "unit": "mg/L"},
    },
    {
        "resourceType": "Condition",
        "subject": {"reference": "Patient/1"},
        "code": {"text": "Osteoporosis"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
    },
]
RULES = [
    {
        "id": "one",
        "text": "Fever",
        "urgency": "urgent",
        "regions": ["hip"],
        "source": "book",
        "when": {"any": [{"crp": ["raised"]}, {"probability": {"avn": 0.5}}, {"red_flag": "any"}]},
    }
]
BUNDLES = [
    {
        "id": "mri",
        "label": "MRI",
        "words": "an hour",
        "source": "book",
        "reason": "cost",
        "burden": 3,
        "groups": ["mri"],
        "findings": ["crp"],
    }
]


def prior_document() -> Any:
    """The small network's prior file as plain values."""
    return yaml.safe_load(dump_prior(small_prior()))


def parquet(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_parquet(out, index=False)
    return out.getvalue()


def text(value: object) -> bytes:
    return json.dumps(value).encode()


def lines(rows: list[Any]) -> bytes:
    return "\n".join(json.dumps(r) for r in rows).encode()


def as_yaml(value: object) -> bytes:
    return yaml.safe_dump(value, sort_keys=False).encode()


@lru_cache(maxsize=4)
def model(form: str) -> bytes:
    """Two variables, one with a parent, in one of the formats of networks."""
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    made = DiscreteBayesianNetwork([("a", "b")])
    made.add_cpds(
        TabularCPD("a", 2, [[0.3], [0.7]], state_names={"a": ["no", "yes"]}),
        TabularCPD(
            "b",
            2,
            [[0.9, 0.2], [0.1, 0.8]],
            evidence=["a"],
            evidence_card=[2],
            state_names={"a": ["no", "yes"], "b": ["low", "high"]},
        ),
    )
    path = Path(readers.folder()) / f"seed.{form}"
    write_model(made, path, form)
    return path.read_bytes()


def table_inputs() -> list[bytes]:
    tables = small_data.small_tables()
    return [
        bytes([i]) + small_data.table_text(tables[name]).encode()
        for i, name in enumerate(small_data.TABLES)
    ]


COHORT_FRAME = pd.DataFrame(COHORT[1:], columns=COHORT[0])
READERS: dict[str, Reader] = {
    r.name: r
    for r in (
        Reader("case JSON", readers.cases("case.json"), lambda: [text(c) for c in CASES]),
        Reader("case YAML", readers.cases("case.yaml"), lambda: [as_yaml(c) for c in CASES]),
        Reader("cases JSON Lines", readers.cases("cases.jsonl"), lambda: [lines(CASES)]),
        Reader(
            "cohort CSV",
            readers.cohort("cohort.csv"),
            lambda: [small_data.table_text(COHORT).encode()],
        ),
        Reader("cohort Parquet", readers.cohort("cohort.parquet"), lambda: [parquet(COHORT_FRAME)]),
        Reader(
            "uploaded cohort",
            readers.uploaded_cohort("cohort.csv"),
            lambda: [small_data.table_text(COHORT).encode()],
        ),
        Reader(
            "uploaded prior",
            readers.uploaded_prior,
            lambda: [(readers.TOP / "priors" / "obstetric.yaml").read_bytes()],
        ),
        Reader("network tables", readers.tables, table_inputs),
        Reader("prior file", readers.prior, lambda: [dump_prior(small_prior()).encode()]),
        Reader("rules and tests", readers.rules, lambda: [as_yaml(RULES), as_yaml(BUNDLES)]),
        Reader("link", readers.link, lambda: [LINK.encode(), b"age=40&sex=male&model=abc"]),
        Reader("teaching cases", readers.teach, lambda: [lines([CASES[1]]), text(CASES[1])]),
        Reader("answers", readers.answers, lambda: [lines(ANSWERS)]),
        Reader("FHIR", readers.fhir, lambda: [text(r) for r in (FHIR, *FHIR)]),
        *(
            Reader(form.upper(), readers.model(form), lambda form=form: [model(form)])  # type: ignore[misc]
            for form in ("bif", "xmlbif", "xdsl", "net")
        ),
    )
}
