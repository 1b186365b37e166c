"""Recovery at full size: truths drawn from the prior of a region, cohorts drawn from the truths.

    python benchmarks/recovery.py --region hip --patients 300 --repeats 8

Prints how many 95 % intervals of the learned links hold the truth, and the mean error before and
after, where all diagnoses are told and where only the main cause is.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from learning_truths import drawn_shifts, shifted_network, true_frequencies, whole_model
from threadpoolctl import threadpool_limits

import bme_bayes as bb
from bme_bayes.learning import learn_links, simulate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--region", default="hip")
    parser.add_argument("--patients", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=8)
    parser.add_argument("--known", type=float, default=0.6)
    args = parser.parse_args()
    engine = bb.Engine(bb.load(args.region))
    model = whole_model(engine)
    for told in ("all diagnoses", "main cause only"):
        rows, seconds = [], 0.0
        for seed in range(args.repeats):
            rng = np.random.default_rng(seed)
            shifts = drawn_shifts(model, rng)
            true = true_frequencies(model, shifts)
            truth = bb.Engine(shifted_network(model, shifts))
            cohort = simulate(truth, args.patients, rng=rng, known=args.known)
            labels = cohort.truth.replace({"main_cause": {"": "none"}})
            start = time.perf_counter()
            learned = learn_links(
                engine,
                cohort.findings,
                labels if told == "all diagnoses" else labels[["main_cause"]],
            )
            seconds += time.perf_counter() - start
            for key, row in learned.to_frame().iterrows():
                value = true[key]
                held = row["after_low"] <= value <= row["after_high"]
                before = row["before_low"] <= value <= row["before_high"]
                far = abs(row["after"] - value), abs(row["before"] - value)
                rows.append((row["weight_after"] - row["weight_before"] > 0.5, held, before, *far))
        table = np.array(rows, dtype=float)
        gained = table[table[:, 0] == 1]
        print(
            f"{told}: {args.repeats} cohorts of {args.patients}, {len(table)} frequencies, "
            f"{len(gained)} gained weight; covered {table[:, 1].mean():.3f} "
            f"({gained[:, 1].mean():.3f} of those, {gained[:, 2].mean():.3f} by the prior); mean "
            f"error {gained[:, 4].mean():.4f} before, {gained[:, 3].mean():.4f} after; "
            f"{seconds / args.repeats:.1f} s a cohort",
            flush=True,
        )


if __name__ == "__main__":
    with threadpool_limits(limits=1):
        main()
