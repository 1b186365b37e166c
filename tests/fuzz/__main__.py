"""The nightly command: `make fuzz`, or `python -m fuzz --seed N` beside the tests.

Every reader gets inputs from both fuzzers in a process of its own. Prints reader, inputs and
failures; ends with status 1 if there is a failure. Failing inputs are kept in `build/fuzz/`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

GUIDED, STRUCTURED = 6500, 1500
SLOW = {"BIF": 0.1, "uploaded prior": 0.03, "NET": 0.3, "network tables": 0.3}
"""Readers that get fewer inputs; pgmpy's parsers are slow."""
KEPT = Path("build") / "fuzz"
SECONDS = 3600


@dataclass
class Count:
    """Inputs of one reader by both fuzzers, and what failed."""

    structured: int = 0
    guided: int = 0
    failures: int = 0


def main() -> int:
    """Run both fuzzers on every reader; status 1 if anything failed."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of inputs")
    parser.add_argument("readers", nargs="*", help="only these")
    args = parser.parse_args()
    from fuzz.seeds import READERS

    guided = sys.platform == "linux" and importlib.util.find_spec("atheris") is not None
    started, total = time.monotonic(), Count()
    say(f"seed {args.seed}")
    say(f"{'reader':18} {'structured':>10} {'guided':>10} {'failures':>9} {'seconds':>8}")
    for name in args.readers or READERS:
        begun = time.monotonic()
        count = one(name, args.seed, args.share * SLOW.get(name, 1.0), guided)
        seconds = time.monotonic() - begun
        say(f"{name:18} {count.structured:10} {count.guided:10} {count.failures:9} {seconds:8.0f}")
        total.structured += count.structured
        total.guided += count.guided
        total.failures += count.failures
    if not guided:
        say("The coverage-guided fuzzer (atheris) was skipped: it needs Linux and `make dev`.")
    seconds = time.monotonic() - started
    inputs = total.structured + total.guided
    say(f"{inputs} inputs, {total.failures} failures, {seconds:.0f} s")
    if total.failures:
        say(f"The failing inputs are in {KEPT}/.")
    return 1 if total.failures else 0


def one(name: str, seed: int, share: float, guided: bool) -> Count:
    """Both fuzzers on one reader."""
    KEPT.mkdir(parents=True, exist_ok=True)
    faults = (KEPT / f"{name.replace(' ', '_')}.jsonl").resolve()
    faults.unlink(missing_ok=True)
    count = Count()
    common = ["--seed", str(seed), "--faults", str(faults)]
    runs = str(max(int(STRUCTURED * share), 10))
    out, ok = child(["fuzz.structured", name, "--runs", runs, *common])
    found = re.search(r"(\d+) inputs", out)
    count.structured = int(found[1]) if found else 0
    broken = 0 if ok and found else keep(faults, name, "structured", out)
    if guided:
        runs = str(max(int(GUIDED * share), 10))
        out, ok = child(["fuzz.guided", name, "--runs", runs, *common])
        found = re.search(r"number_of_executed_units: (\d+)", out)
        count.guided = int(found[1]) if found else 0
        broken += 0 if ok and found else keep(faults, name, "guided", out)
    told = faults.read_text().splitlines() if faults.exists() else []
    count.failures = len({json.loads(line)[1][:80] for line in told})
    return count


def keep(faults: Path, name: str, fuzzer: str, out: str) -> int:
    """A fuzzer that did not finish is a failure too."""
    with faults.open("a") as handle:
        handle.write(json.dumps([name, f"the {fuzzer} fuzzer ended: {out[-600:]}", ""]) + "\n")
    return 1


def child(arguments: list[str]) -> tuple[str, bool]:
    """Run a module of this package; its output, and whether it ended well."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as scratch:
        place = {"TMPDIR": scratch, "PYTHONPATH": str(Path(__file__).parents[1])}
        command = [sys.executable, "-W", "ignore", "-m", *arguments]
        try:
            done = subprocess.run(
                command,
                env={**os.environ, **place},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"not finished after {SECONDS} s", False
    return done.stdout.decode("utf-8", "replace"), done.returncode == 0


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
