"""Probabilistic differential diagnosis of bone marrow edema.

>>> import bme_bayes as bb
>>> engine = bb.Engine(bb.load("hip", setting="sports_medicine"))
>>> engine.posterior({"corticosteroids": "present"}).leader in bb.load("hip").variables
True
"""

from bme_bayes.engine import Engine
from bme_bayes.errors import (
    BmeBayesError,
    Contradiction,
    DefinitionError,
    InputError,
    InvalidFinding,
    UnknownName,
)
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.priors import PriorSet
from bme_bayes.reading import load, settings

__version__ = "0.1.0"

__all__ = [
    "BmeBayesError",
    "Contradiction",
    "DefinitionError",
    "Engine",
    "InputError",
    "InvalidFinding",
    "Network",
    "Posterior",
    "PriorSet",
    "UnknownName",
    "load",
    "settings",
]
