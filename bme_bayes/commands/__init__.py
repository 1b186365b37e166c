"""The subcommands of `bme-bayes`: each builds an `Answer`; `cli` alone prints."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bme_bayes.documents import read_text
from bme_bayes.errors import DefinitionError
from bme_bayes.library import data_folder
from bme_bayes.network import Network

DEFAULT_SETTING = "general_orthopaedics"


@dataclass(frozen=True)
class Answer:
    """What a subcommand says: `data` for `--json`, `text` for a reader, and the exit status."""

    data: Mapping[str, object]
    text: str
    status: int = 0


Run = Callable[[argparse.Namespace], Answer]


def stamp(network: Network) -> dict[str, object]:
    """What an answer comes from: region, setting and the version of the model."""
    return {
        "region": network.region,
        "setting": network.prior.name if network.prior else "",
        "model_version": network.version,
    }


def stamp_text(network: Network) -> str:
    """The same as the head of a text."""
    prior = network.prior
    return f"{network.region}, {prior.label if prior else ''} (model {network.version})"


def setting_name(text: str) -> str | Path:
    """A setting on the command line: a bundled one's name, or a file's path."""
    return Path(text) if text.endswith((".yaml", ".yml")) else text


def check_setting(setting: str | Path | None) -> None:
    """Raises `DefinitionError` with every fault where `setting` is a file that has some."""
    if isinstance(setting, Path):
        from bme_bayes.checks import check_prior_text

        problems = check_prior_text(read_text(setting), str(setting), data_folder())
        if problems:
            raise DefinitionError(problems)
