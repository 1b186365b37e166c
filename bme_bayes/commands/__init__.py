"""The subcommands of `bme-bayes`: each builds an `Answer`; `cli` alone prints."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass

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


def common() -> argparse.ArgumentParser:
    """The options that every subcommand takes."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(
        "--setting",
        metavar="NAME",
        help="clinical setting whose base rates hold (see `bme-bayes list`)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    return parser
