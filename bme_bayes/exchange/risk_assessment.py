"""An answer as a FHIR R4 RiskAssessment: a prediction per diagnosis, with basis and method.

Names are texts without codes: the model's diagnoses are wider or narrower than any one code, and
a code that is nearly right is wrong. `mitigation` is left out: the model advises nobody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bme_bayes.engine import Engine
from bme_bayes.errors import UnknownName
from bme_bayes.exchange.assessed import Assessed, assess
from bme_bayes.exchange.fhir import validated
from bme_bayes.posterior import Posterior
from bme_bayes.questions.words import of_100

MEASURES = ("present", "main_cause")
NOTE = (
    "Decision support and teaching, not a medical device and not validated prospectively. "
    "Marrow edema is taken as seen unless it was entered otherwise. All other findings that were "
    "not entered are unknown, not absent. Red flags are rules of their own "
    "and hold whatever these probabilities say."
)


def risk_assessment(
    engine: Engine,
    findings: Mapping[str, object],
    *,
    measure: str = "present",
    subject: str = "",
    seed: int = 1,
) -> dict[str, Any]:
    """A RiskAssessment as plain data, validated against FHIR R4B.

    Parameters: `measure` is what the predictions are of, `present` or `main_cause`; `subject` a
    reference such as Patient/1 (without it the patient is not identified). Probabilities are
    percentages, as FHIR has them. Raises what the engine raises, `UnknownName` for another
    measure, `InputError` where the extra `fhir` is missing.

    >>> import bme_bayes as bb
    >>> made = risk_assessment(bb.Engine(bb.load("hip")), {"serpentine_band": "present"})
    >>> made["prediction"][0]["outcome"]["text"], made["basis"][1]["display"][:30]
    ('Osteonecrosis (AVN), by ARCO stage', 'Serpentine or concave low-sign')
    """
    if measure not in MEASURES:
        raise UnknownName("measure", measure, MEASURES)
    found = assess(engine, findings, seed)
    contained = [_software(found.posterior), *_basis(found)]
    resource = {
        "resourceType": "RiskAssessment",
        "contained": contained,
        "status": "preliminary",
        "method": {"text": _method(found)},
        "code": {"text": f"Differential diagnosis of bone marrow edema on MRI, {found.region}"},
        "subject": {"reference": subject} if subject else {"display": "not identified"},
        "performer": {"reference": "#software"},
        "basis": [{"reference": f"#{c['id']}", "display": _display(c)} for c in contained[1:]],
        "prediction": [_prediction(found, name, measure) for name in found.posterior.diagnoses],
        "note": [{"text": NOTE}],
    }
    model = validated("RiskAssessment", resource, "the RiskAssessment")
    out: dict[str, Any] = json.loads(model.model_dump_json())
    return out


def _software(posterior: Posterior) -> dict[str, Any]:
    from bme_bayes import __version__  # noqa: PLC0415 - the package imports its engine first

    return {
        "resourceType": "Device",
        "id": "software",
        "deviceName": [{"name": "bme_bayes", "type": "user-friendly-name"}],
        "version": [
            {"type": {"text": "software"}, "value": __version__},
            {"type": {"text": "model"}, "value": posterior.model_version},
        ],
    }


def _basis(found: Assessed) -> list[dict[str, Any]]:
    """Each finding as an Observation within the resource."""
    return [
        {
            "resourceType": "Observation",
            "id": name.replace("_", "-"),
            "status": "preliminary",
            "code": {"text": found.network.variable(name).label},
            "valueCodeableConcept": {"text": words},
        }
        for name, words in found.basis.items()
    ]


def _display(observation: Mapping[str, Any]) -> str:
    return f"{observation['code']['text']}: {observation['valueCodeableConcept']['text']}"


def _prediction(found: Assessed, name: str, measure: str) -> dict[str, Any]:
    diagnosis = found.posterior.diagnoses[name]
    low, high = found.interval(name, measure)
    label = found.posterior.labels[name]
    words = {
        "present": f"present in {of_100(diagnosis.present)} patients like this",
        "main_cause": f"main cause of the edema in {of_100(diagnosis.main_cause)}",
    }
    other = next(m for m in MEASURES if m != measure)
    return {
        "outcome": {"text": label if measure == "present" else f"Main cause: {label}"},
        "probabilityDecimal": round(100 * getattr(diagnosis, measure), 6),
        "rationale": f"{words[measure]} (95 % credible interval {100 * low:.1f} to "
        f"{100 * high:.1f} %); {words[other]}",
    }


def _method(found: Assessed) -> str:
    prior = found.network.prior
    setting = f"{prior.label} ({prior.name})" if prior else "none"
    return (
        "Bayesian network with exact inference; base rates of the setting "
        f"{setting}; model {found.posterior.model_version}"
    )
