"""`list`, `check`, `numbers` and `app`: what there is, whether it holds, and how it is made."""

from __future__ import annotations

import argparse
import importlib.util
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from bme_bayes.cases import read_cases
from bme_bayes.checks import check_data
from bme_bayes.commands import DEFAULT_SETTING, Answer
from bme_bayes.commands.tables import paragraph, table
from bme_bayes.errors import InputError
from bme_bayes.evaluation.coverage import bases, coverage_text, influential
from bme_bayes.library import FOLDERS, app_path, data_folder
from bme_bayes.network import REGIONS, Network
from bme_bayes.priors import PriorSet
from bme_bayes.reading import load, prior_path, read_prior, settings
from bme_bayes.starts import write_starts


def listing(args: argparse.Namespace) -> Answer:
    """Regions, settings and diagnoses; with a region also its findings."""
    setting = args.setting or DEFAULT_SETTING
    prior_path(setting)  # raises for an unknown one
    if args.region:
        return _region(load(args.region, setting))
    networks = {region: load(region, setting) for region in REGIONS.values()}
    priors = [read_prior(prior_path(name)) for name in settings()]
    data: dict[str, object] = {
        "regions": list(networks),
        "settings": [_setting(p) for p in priors],
        "diagnoses": _diagnoses(networks),
    }
    names = {d.id: d.label for n in networks.values() for d in n.diagnoses}
    where = {d: [r for r, n in networks.items() if d in n.variables] for d in names}
    parts = [
        table([(r,) for r in networks], ("Regions",)),
        table([(p.name, p.label) for p in priors], ("Settings", "")),
        table([(d, " ".join(where[d]), names[d]) for d in names], ("Diagnoses", "Regions", "")),
        "The findings of a region: bme-bayes list --region hip",
    ]
    return Answer(data, "\n\n".join(parts))


def _setting(prior: PriorSet) -> dict[str, object]:
    return {
        "id": prior.name,
        "label": prior.label,
        "description": prior.description,
        "evaluation_only": prior.evaluation_only,
    }


def _diagnoses(networks: Mapping[str, Network]) -> list[dict[str, object]]:
    out: dict[str, dict[str, object]] = {}
    for region, network in networks.items():
        for d in network.diagnoses:
            row = out.setdefault(
                d.id,
                {
                    "id": d.id,
                    "label": d.label,
                    "states": list(d.states),
                    "kinds": {},
                    "regions": [],
                },
            )
            regions, kinds = row["regions"], row["kinds"]
            assert isinstance(regions, list)
            assert isinstance(kinds, dict)
            regions.append(region)
            kinds.update({k.id: k.label for k in network.kinds_of(d.id)})
    return list(out.values())


def _region(network: Network) -> Answer:
    observable = network.of_role("context", "risk", "finding", "sign")
    findings = [
        {
            "id": v.id,
            "label": v.label,
            "role": v.role,
            "group": v.group,
            "states": list(v.states),
            "help": v.help,
        }
        for v in observable
    ]
    prior = network.prior
    base = prior.region(network.region) if prior else {}
    rates = [
        {"diagnosis": d, "state": s, "value": n.value, "low": n.low, "high": n.high}
        for (d, s), n in base.items()
    ]
    data = {
        "region": network.region,
        "setting": prior.name if prior else "",
        "model_version": network.version,
        "base_rates": rates,
        "expected_diagnoses": prior.expected_diagnoses(network.region) if prior else None,
        "diagnoses": _diagnoses({network.region: network}),
        "findings": findings,
    }
    shown = [(v.id, v.group, v.label, " | ".join(v.states)) for v in observable]
    kinds = [(k.diagnosis, k.id, k.label) for k in network.kinds]
    shares = [
        (d, s, f"{n.value:.3f}", f"{n.low:.3f} to {n.high:.3f}") for (d, s), n in base.items()
    ]
    parts = [
        f"{network.region}, {prior.label if prior else ''} (model {network.version})",
        table(shares, ("Base rates", "", "Share", "Interval"), (2,)),
        table(kinds, ("Kinds", "", "")),
        table(shown, ("Findings", "Group", "", "States")),
    ]
    return Answer(data, "\n\n".join(parts))


def check(args: argparse.Namespace) -> Answer:
    """Every fault in the data files, at once; status 1 where there is one."""
    folder = data_folder() if args.folder is None else Path(args.folder)
    missing = [name for name in FOLDERS if not (folder / name).is_dir()]
    if missing:
        raise InputError(f"{folder} has no {' and no '.join(f'{m}/' for m in missing)}")
    if args.setting:
        prior_path(args.setting)  # raises for an unknown one
    problems = check_data(folder)
    data = {
        "folder": str(folder),
        "problems": [{"file": p.file, "row": p.row, "message": p.message} for p in problems],
    }
    if args.coverage and not problems:
        return _coverage(args.setting or DEFAULT_SETTING)
    lines = [str(p) for p in problems]
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    lines.append(count if problems else f"No problems in {folder}")
    return Answer(data, "\n".join(lines), 1 if problems else 0)


def _coverage(setting: str) -> Answer:
    cases = read_cases(data_folder() / "networks" / "cases" / "published_cases.jsonl")

    def progress(done: int, total: int) -> None:
        sys.stderr.write(f"\r{done} of {total} cases" + ("\n" if done == total else ""))

    counts = bases(setting)
    found = influential(cases, setting, progress=progress)
    data = {
        "setting": setting,
        "bases": {region: dict(count) for region, count in counts.items()},
        "influential": [
            {**asdict(f.number), "region": f.region, "swing": f.swing, "cases": f.cases}
            for f in found
        ],
    }
    return Answer(data, coverage_text(counts, found).rstrip())


def numbers(args: argparse.Namespace) -> Answer:
    """Rebuild links.csv, the prior files and the starts from the evidence."""
    from bme_bayes.numbers.write import refit, write_numbers  # imports scipy.optimize

    folder = data_folder()
    if not (folder / "networks" / "elicitation").is_dir():
        raise InputError(f"{folder} holds no evidence to build the numbers from")
    moved = refit(folder / "networks") if args.refit else None
    write_numbers(folder / "networks", folder / "priors")
    solved = write_starts(folder)
    data = {"folder": str(folder), "settings": settings(folder / "priors"), "solved": solved}
    text = f"Wrote links.csv, the prior files and {solved} new starts in {folder}"
    if moved is not None:
        data["moved"] = moved
        text += f"; whole-case judgements move {moved} numbers"
    return Answer(data, paragraph(text))


def app(args: argparse.Namespace) -> Answer:
    """Serve the app until it is stopped."""
    if importlib.util.find_spec("streamlit") is None:
        raise InputError("the app needs Streamlit: pip install streamlit")
    command = [sys.executable, "-m", "streamlit", "run", str(app_path())]
    if args.port:
        command += ["--server.port", str(args.port)]
    output = sys.stderr if args.json else None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server ends too
    done = subprocess.run(command, cwd=app_path().parent, stdout=output, check=False)
    return Answer({"command": command, "status": done.returncode}, "", done.returncode)
