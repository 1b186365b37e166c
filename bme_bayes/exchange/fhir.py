"""FHIR resources through `fhir.resources`, which the extra `fhir` brings.

Its subpackage R4B (FHIR 4.3.0) is the nearest to R4 (4.0.1) that version 8 has. The resources
read and written here keep to elements that R4 has under the same names and types.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from bme_bayes.errors import InputError

MODULES = {
    "Bundle": "bundle",
    "Condition": "condition",
    "Observation": "observation",
    "Patient": "patient",
    "RiskAssessment": "riskassessment",
}
CLASS = re.compile(r"<class '(\w+)'>")
MISSING = "this needs pip install -e '.[fhir]' in the project's folder"


def validated(kind: str, data: Mapping[str, Any], where: str) -> Any:
    """The resource of that type that the data hold.

    Raises `InputError` with the first fault and its element, or where the extra is missing.

    >>> validated("Observation", {"resourceType": "Observation", "status": "final",
    ...                           "code": {"text": "CRP"}}, "entry 1").code.text
    'CRP'
    """
    try:
        module = import_module(f"fhir.resources.R4B.{MODULES[kind]}")
    except ImportError:
        raise InputError(MISSING) from None
    try:
        return getattr(module, kind).model_validate(dict(data))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise InputError(f"{where} is not a valid FHIR {kind}: {_fault(error)}") from None


def one_line(text: object, most: int = 60) -> str:
    r"""Any text as one short line without control characters, for messages.

    >>> one_line("CRP\n  high" + "!" * 99, 12)
    'CRP high!!!…'
    """
    words = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return words if len(words) <= most else words[: most - 1] + "…"


def _fault(error: Exception) -> str:
    """The first fault of pydantic's report, with the element where it is."""
    listed = getattr(error, "errors", None)
    if not callable(listed):
        return one_line(f"{type(error).__name__} {error}", 160)
    first = listed()[0]
    place = ".".join(str(part) for part in first.get("loc", ()))
    text = str(first.get("msg", "")).removeprefix("Value error, ")
    text = CLASS.sub(r"\1", text)
    return one_line(f"{place}: {text}" if place else text, 160)
