"""Prior sets as files: read from what was uploaded, with every fault named."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bme_bayes.checks import check_prior_text
from bme_bayes.errors import BmeBayesError, DefinitionError, InputError
from bme_bayes.library import data_folder
from bme_bayes.network import REGIONS
from bme_bayes.priors import PriorSet
from bme_bayes.reading import parse_prior, under
from bme_bayes.ui.lab_settings import LONGEST, file_name
from bme_bayes.ui.teach_session import plain_network

MOST_BYTES = 2_000_000
SHOWN = 8


class PriorFileError(Exception):
    """A file cannot be used as a prior set; `faults` says why, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


def read(data: bytes, name: str, taken: Collection[str]) -> PriorSet:
    """The prior set of an uploaded file, under a name that is free; raises `PriorFileError`."""
    if len(data) > MOST_BYTES:
        raise PriorFileError([f"{name} is larger than {MOST_BYTES // 1_000_000} MB."])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PriorFileError([f"{name} is not text (UTF-8). A prior file is YAML."]) from None
    try:
        prior = parse_prior(text, name)
        problems = check_prior_text(text, name, data_folder())
        if problems:
            raise DefinitionError(problems)
        for region in REGIONS.values():
            under(plain_network(region), prior)
    except DefinitionError as error:
        faults = [str(p) for p in error.problems[:SHOWN]]
        more = len(error.problems) - SHOWN
        raise PriorFileError(faults + ([f"… and {more} more"] if more > 0 else [])) from None
    except InputError as error:
        raise PriorFileError([str(error)]) from None
    except BmeBayesError as error:
        raise PriorFileError([f"{name}: {error}"]) from None
    label = " ".join(prior.label.split())[:LONGEST] or "Loaded setting"
    free = prior.name not in taken and file_name(prior.name, ()) == prior.name
    return replace(prior, name=prior.name if free else file_name(prior.name, taken), label=label)
