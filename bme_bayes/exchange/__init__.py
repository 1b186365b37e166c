"""The network and its answers for other programs, and findings from them.

BIF, XMLBIF, XDSL (GeNIe) and NET (Hugin) hold the tables and names alone: sources, intervals and
settings stay here. Helper nodes have two underscores in their names. A query is about patients
only with the evidence `referred = present` (see `bme_bayes.pgm`).

FHIR: an answer as a `RiskAssessment`, findings from `Observation` and `Condition`. CDS Hooks: an
answer as a card.
"""

from bme_bayes.exchange.cards import card
from bme_bayes.exchange.fhir_import import Imported, import_fhir, read_fhir
from bme_bayes.exchange.formats import FORMATS, export_network, read_model, write_model
from bme_bayes.exchange.mapping import FhirMapping, read_mapping
from bme_bayes.exchange.risk_assessment import risk_assessment

__all__ = [
    "FORMATS",
    "FhirMapping",
    "Imported",
    "card",
    "export_network",
    "import_fhir",
    "read_fhir",
    "read_mapping",
    "read_model",
    "risk_assessment",
    "write_model",
]
