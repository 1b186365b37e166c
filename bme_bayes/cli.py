"""The command line `bme-bayes`: reads arguments, prints answers, turns errors into exit 2."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence

from threadpoolctl import threadpool_limits

from bme_bayes import __version__
from bme_bayes.commands import (
    Answer,
    Run,
    certainty,
    check_setting,
    cohorts,
    comparing,
    exchanging,
    explaining,
    learning,
    next_steps,
    patient,
    reporting,
    scoring,
    setting_name,
    tracing,
    versions,
)
from bme_bayes.commands import data as data_commands
from bme_bayes.commands.options import (
    Parser,
    common,
    least_patients,
    of_case,
    of_draws,
    of_limits,
    of_seed,
    port,
    shown,
    workers,
)
from bme_bayes.errors import BmeBayesError, UnknownName

Command = Callable[[str, Run, str], argparse.ArgumentParser]
BAD_INPUT = 2
WITHOUT_SETTING = ("numbers", "app")
HINT = "try `bme-bayes --help`, or `bme-bayes list` for the names that can be used"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; give 0, 1 where a check failed, or 2 for bad input."""
    args = build_parser().parse_args(argv)
    threadpool_limits(limits=1)  # on a busy computer threads wait for each other many times over
    try:
        for setting in (getattr(args, "setting", None), *(getattr(args, "settings", None) or ())):
            check_setting(setting)
        answer: Answer = args.run(args)
    except BmeBayesError as error:
        hint = f"\n{HINT}" if isinstance(error, UnknownName) else ""
        print(f"bme-bayes: error: {error}{hint}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return 130
    try:
        if args.json:
            print(json.dumps(answer.data, ensure_ascii=False, allow_nan=False, default=str))
        elif answer.text:
            print(answer.text)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return answer.status


def build_parser() -> argparse.ArgumentParser:
    """The parser of all subcommands."""
    parser = Parser(
        prog="bme-bayes",
        description="Probabilistic differential diagnosis of bone marrow edema on MRI. "
        "For teaching and research.",
    )
    parser.add_argument("--version", action="version", version=f"bme-bayes {__version__}")
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, parser_class=argparse.ArgumentParser
    )
    shared, without = common(), common(setting=False)

    def command(name: str, run: Run, summary: str) -> argparse.ArgumentParser:
        parents = [without if name in WITHOUT_SETTING else shared]
        made = commands.add_parser(name, parents=parents, help=summary, description=summary)
        made.set_defaults(run=run)
        return made

    _patient_commands(command)
    _known_case_commands(command)
    _cohort_commands(command)
    _exchange_commands(command)
    _data_commands(command)
    return parser


def _patient_commands(command: Command) -> None:
    posterior = command("posterior", patient.posterior, "how probable each diagnosis is for a case")
    following = command(
        "next", next_steps.next_findings, "which findings would change the picture most"
    )
    explain = command("explain", explaining.explain, "what speaks for and against a diagnosis")
    sure = command("sure", certainty.sure, "how sure the answer is, and what it hangs on")
    compare = command("compare", comparing.compared, "the case beside others: what if")
    report = command("report", reporting.report, "a case's answer as a file to keep or to print")
    of_case(posterior, following, explain, sure, compare, report)
    of_seed(posterior, following, explain, sure, report)
    of_draws((posterior, sure, report), 200, "draws for the credible intervals")
    following.add_argument("--target", default="all", metavar="all|dangerous|ID|ID:ID",
                           help="what to learn about: all diagnoses, the dangerous ones, one, "
                           "or one against another")  # fmt: skip
    following.add_argument("--top", type=shown, metavar="N", help="show the first N")
    of_limits(following)
    explain.add_argument("diagnosis", metavar="DIAGNOSIS", help="its id (see `bme-bayes list`)")
    sure.add_argument("diagnosis", nargs="?", metavar="DIAGNOSIS", help="its id (the leading one)")
    sure.add_argument("--top", type=shown, metavar="N", help="numbers to show (10)")
    report.add_argument("--out", required=True, metavar="FILE",
                        help="a .html file, which prints well, or a .json file")  # fmt: skip
    _what_if(compare)


def _what_if(compare: argparse.ArgumentParser) -> None:
    compare.add_argument("--settings", action="append", metavar="NAME", type=setting_name,
                         help="another setting, or a .yaml file; may be repeated")  # fmt: skip
    for option, metavar, text in (
        ("--against", "CASE", "another case of the same region"),
        ("--change", "FINDING=STATE", "with this finding changed, or `=unknown`"),
        ("--rate", "DIAGNOSIS=SHARE", "with another base rate, 0.3 for 30 %%; the others give way"),
        ("--do", "RISK", "set a risk factor instead of seeing it"),
    ):
        compare.add_argument(
            option, action="append", metavar=metavar, help=f"{text}; may be repeated"
        )


def _known_case_commands(command: Command) -> None:
    evaluate = command(
        "evaluate", scoring.evaluate, "score the model on cases with a known diagnosis"
    )
    evaluate.add_argument("cases", metavar="CASES.jsonl", help="a case with its diagnosis a line")
    evaluate.add_argument(
        "--answers", metavar="OUT.jsonl", help="write the probabilities of each case"
    )
    evaluate.add_argument("--compare", action="append", metavar="ANSWERS.jsonl",
                          help="score these answers too; may be repeated")  # fmt: skip
    evaluate.add_argument("--ablation", action="store_true",
                          help="score again with each mechanism taken away")  # fmt: skip
    evaluate.add_argument("--notes", metavar="FILE", help="text to put below the tables")
    evaluate.add_argument("--markdown", metavar="FILE", help="write the tables as a Markdown page")
    of_draws((evaluate,), 1000, "bootstrap samples for the intervals")
    of_seed(evaluate)
    diff = command("diff", versions.diff, "which leaders and red flags another version changes")
    for side in ("old", "new"):
        diff.add_argument(side, metavar=side.upper(), help="a folder with networks/ and priors/")
    diff.add_argument("cases", metavar="CASES.jsonl", help="a case a line")


def _cohort_commands(command: Command) -> None:
    score = command("score", cohorts.score, "the posteriors of a whole table of patients")
    score.add_argument("cohort", metavar="COHORT.(csv|parquet)",
                       help="a row a patient, a column a finding")  # fmt: skip
    score.add_argument("--out", required=True, metavar="FILE",
                       help="results as .csv or .parquet: a column per diagnosis (present) and "
                       "one with _main_cause")  # fmt: skip
    score.add_argument("--region", metavar="NAME", help="of rows without a column region")
    score.add_argument("--keep", action="append", metavar="COLUMN",
                       help="pass a column through; may be repeated")  # fmt: skip
    score.add_argument("--strict", action="store_true", help="stop at the first bad row")
    score.add_argument("--workers", type=workers, default=1, metavar="N",
                       help="processes of this computer (1); the results are the same")  # fmt: skip
    score.add_argument("--dask", metavar="local|tcp://HOST:PORT",
                       help="a Dask cluster: one of this computer, or a scheduler's")  # fmt: skip
    learn = command("learn", learning.learn, "a setting of one's own from a table of patients")
    learn.add_argument("--out", required=True, metavar="FILE.yaml", help="the setting, as a file")
    learn.add_argument("--name", metavar="NAME", help="of the setting (the file's)")
    learn.add_argument("--base-rates", action="store_true",
                       help="update base rates too: the patients arrived one after the other and "
                       "were not sought by diagnosis")  # fmt: skip
    structure = command(
        "structure", learning.structure, "findings that come together oftener than explained"
    )
    structure.add_argument("--least", type=least_patients, default=20, metavar="N",
                           help="patients in whom both of a pair are known (20)")  # fmt: skip
    for made in (learn, structure):
        made.add_argument("cohort", metavar="COHORT.(csv|parquet)",
                          help="a row a patient, a column a finding; main_cause and a column a "
                          "diagnosis where known")  # fmt: skip
        made.add_argument("--region", required=True, metavar="NAME", help="hip, knee, ...")
    export = command("export", cohorts.export, "the network of a region for other programs")
    export.add_argument("region", metavar="REGION", help="hip, knee, ankle_foot or spine")
    export.add_argument("--format", required=True, choices=("bif", "xmlbif", "xdsl", "net"),
                        help="bif and xmlbif: most programs; xdsl: GeNIe; net: Hugin")  # fmt: skip
    export.add_argument("--out", required=True, metavar="FILE", help="the file to write")


def _exchange_commands(command: Command) -> None:
    fhir = command("fhir", exchanging.fhir, "the answer to a case as a FHIR RiskAssessment")
    fhir.add_argument("--measure", choices=("present", "main_cause"), default="present",
                      help="what the probabilities are of (present)")  # fmt: skip
    fhir.add_argument("--subject", metavar="REFERENCE", help="e.g. Patient/1 (not identified)")
    made = command("card", exchanging.card, "the answer to a case as a CDS Hooks card")
    of_case(fhir, made)
    of_seed(fhir, made)
    read = command(
        "fhir-import", exchanging.fhir_import, "a case from FHIR Observations and Conditions"
    )
    read.add_argument("bundle", metavar="BUNDLE.json",
                      help="a Bundle, resources in a list, or - for standard input")  # fmt: skip
    read.add_argument("--region", required=True, metavar="NAME", help="hip, knee, ...")
    read.add_argument("--mapping", metavar="FILE", help="a mapping file instead of the bundled one")
    read.add_argument("--on", metavar="DAY", help="day for the age (today), e.g. 2026-01-31")


def _data_commands(command: Command) -> None:
    check = command("check", data_commands.check, "find every fault in the data files")
    check.add_argument("folder", nargs="?", metavar="FOLDER",
                       help="a folder with networks/ and priors/ (the bundled one)")  # fmt: skip
    check.add_argument("--coverage", action="store_true",
                       help="what the numbers rest on, and the elicited ones that matter most; "
                       "takes some minutes")  # fmt: skip
    listing = command("list", data_commands.listing, "regions, settings, diagnoses and findings")
    listing.add_argument("--region", metavar="NAME", help="list the findings of one region")
    trace = command(
        "trace", tracing.traced_numbers, "what a number rests on: claims, populations, sources"
    )
    trace.add_argument("name", metavar="ID[=STATE]", help="e.g. crp=raised, or a diagnosis")
    trace.add_argument("cause", nargs="?", metavar="CAUSE",
                       help="a diagnosis, one of its kinds as diagnosis.kind, or none")  # fmt: skip
    trace.add_argument("--region", metavar="NAME", help="one region (all that have the number)")
    numbers = command(
        "numbers", data_commands.numbers, "rebuild links.csv, priors and starts from the evidence"
    )
    numbers.add_argument("--refit", action="store_true",
                         help="first fit the whole-case judgements anew (a minute)")  # fmt: skip
    app = command("app", data_commands.app, "open the app in a browser")
    app.add_argument("--port", type=port, metavar="N", help="the server's port (8501)")


if __name__ == "__main__":
    sys.exit(main())
