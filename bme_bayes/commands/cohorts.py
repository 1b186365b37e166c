"""`score` and `export`: whole cohorts, and the network for other programs."""

from __future__ import annotations

import argparse
import time

from bme_bayes.commands import DEFAULT_SETTING, Answer
from bme_bayes.commands.tables import paragraph
from bme_bayes.reading import load
from bme_bayes.writing import check_writable


def score(args: argparse.Namespace) -> Answer:
    """Posteriors of a table of patients; the bar goes to standard error."""
    from bme_bayes.cohort import score_cohort

    start = time.perf_counter()
    done = score_cohort(
        args.cohort,
        args.out,
        region=args.region or "",
        setting=args.setting or DEFAULT_SETTING,
        keep=args.keep or (),
        strict=args.strict,
        progress=True,
        workers=args.workers,
        dask=args.dask or "",
    )
    data = {
        "rows": done.rows,
        "scored": done.scored,
        "bad": done.bad,
        "out": str(done.out),
        "bad_rows": str(done.bad_rows),
        "setting": args.setting or DEFAULT_SETTING,
        "model_versions": dict(done.versions),
        "seconds": round(time.perf_counter() - start, 2),
    }
    text = f"Scored {done.scored} of {done.rows} rows into {done.out}."
    if done.bad:
        rows = "1 bad row is" if done.bad == 1 else f"{done.bad} bad rows are"
        text += f" {rows} named in {done.bad_rows}."
    return Answer(data, paragraph(text))


def export(args: argparse.Namespace) -> Answer:
    """The network of one region as a file of another program's format."""
    from bme_bayes.exchange import export_network

    check_writable(args.out)
    network = load(args.region, args.setting or DEFAULT_SETTING)
    nodes = export_network(network, args.out, args.format)
    data = {
        "region": network.region,
        "setting": args.setting or DEFAULT_SETTING,
        "model_version": network.version,
        "format": args.format,
        "out": str(args.out),
        "nodes": nodes,
    }
    text = (
        f"Wrote {nodes} nodes as {args.format} into {args.out}. A query is about patients only "
        "with the evidence referred = present."
    )
    return Answer(data, paragraph(text))
