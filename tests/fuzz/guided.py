"""Coverage-guided fuzzing of one reader (atheris): `python -m fuzz.guided READER --runs N`.

libFuzzer ends the process, so a reader is one process; faults are appended to a file.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import warnings
from pathlib import Path

LONGEST = 4096
WORDS = (
    "region", "findings", "hip", "knee", "case_id", "diagnosis", "also", "age", "age_band", "18_29",
    "sex", "male", "crp", "raised", "present", "absent", "unknown", "null", "true", "NaN", "1e999",
    "-1", "0.5", "base", "mix", "value", "low", "high", "none", "kind_power", "links", "variable",
    "state", "when", "any", "all", "probability", "red_flag", "regions", "groups", "burden", "avn",
    "resourceType", "Observation", "Condition", "Patient", "Bundle", "entry", "valueQuantity",
    "valueString", "interpretation", "referenceRange", "component", "&a", "*a", "!!str", "---",
    "{", "}", "[", "]", ": ", "- ", "\\x0a", "\\x00", "=1+1", "setting", "model",
    "probable", "not_imaged",
)  # fmt: skip


def main() -> None:
    """Fuzz until the runs are done; libFuzzer prints and ends the process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("reader")
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=Path, required=True)
    args = parser.parse_args()
    import atheris

    warnings.simplefilter("ignore")
    with atheris.instrument_imports(include=["bme_bayes"]):
        import bme_bayes  # noqa: F401
        from fuzz import readers, seeds
    readers.prepare()
    reader = seeds.READERS[args.reader]
    scratch = Path(tempfile.mkdtemp(prefix="corpus_", dir=readers.folder()))
    for number, data in enumerate(reader.seeds()):
        (scratch / f"seed{number}").write_bytes(data)
        readers.guarded(reader, data)
    words = scratch.with_suffix(".dict")
    words.write_text("".join(f'"{word}"\n' for word in WORDS))

    def one(data: bytes) -> None:
        try:
            readers.guarded(reader, data)
        except AssertionError as fault:
            with args.faults.open("a") as handle:
                handle.write(json.dumps([args.reader, str(fault), data.hex()]) + "\n")

    options = [
        f"-runs={args.runs}", f"-seed={args.seed}", f"-max_len={LONGEST}", "-timeout=60",
        "-rss_limit_mb=3000", f"-dict={words}", "-close_fd_mask=0", "-verbosity=0",
        "-print_final_stats=1", f"-artifact_prefix={scratch}/", "-len_control=0",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(scratch)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
