"""Options that several subcommands share, and how their values are read."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from bme_bayes.commands import setting_name

PORTS = 65535


def common(*, setting: bool = True) -> argparse.ArgumentParser:
    """The options of every subcommand; some answer nothing that depends on a setting."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    if not setting:
        return parser
    parser.add_argument(
        "--setting",
        metavar="NAME",
        type=setting_name,
        help="clinical setting whose base rates hold (see `bme-bayes list`), or a .yaml file",
    )
    return parser


def of_case(*parsers: argparse.ArgumentParser) -> None:
    """CASE, and which one of several."""
    for parser in parsers:
        parser.add_argument(
            "case", metavar="CASE", help="a JSON or YAML file, or - for standard input"
        )
        parser.add_argument("--case", dest="case_id", default="", metavar="ID",
                            help="the case to take from a file of several")  # fmt: skip


def of_draws(parsers: Iterable[argparse.ArgumentParser], count: int, what: str) -> None:
    """--draws, with its default and what is drawn."""
    for parser in parsers:
        parser.add_argument("--draws", type=positive, default=count, metavar="N",
                            help=f"{what} ({count})")  # fmt: skip


def of_seed(*parsers: argparse.ArgumentParser) -> None:
    """--seed: the same seed gives the same random draws."""
    for parser in parsers:
        parser.add_argument("--seed", type=seed, default=1, metavar="N",
                            help="of the random draws: same N, same answer (1)")  # fmt: skip


def seed(text: str) -> int:
    """A whole number, 0 or more."""
    return _whole(text, 0)


def positive(text: str) -> int:
    """A whole number, 1 or more."""
    return _whole(text, 1)


def port(text: str) -> int:
    """A port of this computer."""
    number = _whole(text, 1)
    if number > PORTS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 1 to {PORTS}")
    return number


def _whole(text: str, least: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, {least} or more")
    return number
