"""Options that several subcommands share, and how their values are read."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable

from bme_bayes.commands import setting_name
from bme_bayes.errors import UnknownName
from bme_bayes.questions.uncertainty import MOST_DRAWS

LONGEST = 20
"""Characters of a wrong number that a message repeats."""


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
        parser.add_argument("--draws", type=draws, default=count, metavar="N",
                            help=f"{what} ({count})")  # fmt: skip


def of_seed(*parsers: argparse.ArgumentParser) -> None:
    """--seed: the same seed gives the same random draws."""
    for parser in parsers:
        parser.add_argument("--seed", type=seed, default=1, metavar="N",
                            help="of the random draws: same N, same answer (1)")  # fmt: skip


def whole(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number of a range: who asks for more learns what is possible."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            given = repr(text) if len(text) <= LONGEST else "this"
            raise argparse.ArgumentTypeError(
                f"{given} is not a whole number from {least} to {most:,}"
            )
        return number

    return read


draws = whole(1, MOST_DRAWS)
seed = whole(0, 2**32 - 1)
shown = whole(1, 1000)
least_patients = whole(1, 1_000_000)
port = whole(1, 65_535)
workers = whole(1, max(8, 2 * (os.cpu_count() or 1)))


class Parser(argparse.ArgumentParser):
    """A parser that names the nearest command for one that there is not."""

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if isinstance(action, argparse._SubParsersAction) and value not in action.choices:
            unknown = UnknownName("command", value, action.choices)
            if unknown.nearest:
                raise argparse.ArgumentError(None, str(unknown))
        super()._check_value(action, value)


def probability(text: str) -> float:
    """A probability between 0 and 1, neither of them."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a probability between 0 and 1")
    return value


def of_limits(parser: argparse.ArgumentParser) -> None:
    """--threshold, --exclude and --below: which presence counts as much, and as excluded."""
    limits = (
        ("--threshold", 0.05, "presence that a result may carry a diagnosis over"),
        ("--below", 0.02, "presence at which a diagnosis counts as excluded"),
    )
    for name, default, words in limits:
        parser.add_argument(
            name, type=probability, default=default, metavar="P", help=f"{words} ({default})"
        )
    parser.add_argument(
        "--exclude", metavar="ID", help="also the fewest findings that bring a diagnosis under it"
    )
