"""What is written is written whole or not at all; the message says why, the old file stays."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_network import small_network

import bme_bayes as bb
from bme_bayes.cohort import score_cohort
from bme_bayes.evaluation.answers import CaseAnswer, write_answers
from bme_bayes.exchange import export_network
from bme_bayes.reading import read_prior
from bme_bayes.report import write as report_writing
from bme_bayes.writing import atomic, save_prior, save_text

TOP = Path(__file__).resolve().parents[1]
PRIOR = TOP / "priors" / "obstetric.yaml"
OLD = "what was there before"
COHORT = "crp\n" + "raised\n" * 100


def scored(ending: str) -> Callable[[Path], object]:
    def write(path: Path) -> object:
        cohort = TOP / "build" / f"cohort_{os.getpid()}.csv"
        cohort.parent.mkdir(exist_ok=True)
        cohort.write_text(COHORT)
        try:
            return score_cohort(cohort, path, region="hip")
        finally:
            cohort.unlink()

    assert ending in (".csv", ".parquet")
    return write


ANSWERS = [CaseAnswer(f"case {i}", {"avn": 0.5}, {"avn": 0.6}) for i in range(2000)]
WRITERS: dict[str, Callable[[Path], object]] = {
    "prior.yaml": lambda path: save_prior(read_prior(PRIOR), path),
    "network.bif": lambda path: export_network(small_network(), path, "bif"),
    "network.xdsl": lambda path: export_network(small_network(), path, "xdsl"),
    "answers.jsonl": lambda path: write_answers(path, ANSWERS),
    "scores.csv": scored(".csv"),
    "scores.parquet": scored(".parquet"),
    "text.md": lambda path: save_text(path, "x" * 100_000),
}


def mount(*options: str) -> bool:
    """Whether a file system could be mounted."""
    if sys.platform != "linux":
        return False
    done = subprocess.run(["mount", *options], capture_output=True, check=False)
    return done.returncode == 0


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 16 kB; where that is not allowed, no file may grow beyond 2 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = mount("-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    if mounted:
        (disk / "filler").write_bytes(b"x" * 8192)
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2048, limits[1]))
    try:
        yield disk
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        if mounted:
            subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.parametrize("name", WRITERS)
def test_disk_full(name: str, full_disk: Path) -> None:
    target = full_disk / name
    target.write_text(OLD)
    before = sorted(p.name for p in full_disk.iterdir())
    with pytest.raises(bb.InputError, match=r"cannot write .*(No space left|too large)") as caught:
        WRITERS[name](target)
    assert name in str(caught.value)
    assert "nothing was changed" in str(caught.value)
    assert target.read_text() == OLD
    assert sorted(p.name for p in full_disk.iterdir()) == before


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A folder that cannot be written to, by root neither: below it a read-only file system.

    Without the right to mount, an ordinary user is stopped by the folder's permissions.
    """
    folder = tmp_path / "locked"
    folder.mkdir()
    for name in WRITERS:
        (folder / name).write_text(OLD)
    mounted = False
    if os.geteuid() == 0:
        here = str(folder)
        mounted = mount("--bind", here, here) and mount("-o", "remount,bind,ro", here)
        if not mounted:
            pytest.fail("run as root without the right to mount: nothing can be locked for root")
    else:
        folder.chmod(0o555)
    try:
        yield folder
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.chmod(0o755)


@pytest.mark.parametrize("name", WRITERS)
def test_read_only_folder(name: str, locked: Path) -> None:
    before = sorted(p.name for p in locked.iterdir())
    with pytest.raises(bb.InputError, match=r"cannot write .*(Read-only|Permission denied)"):
        WRITERS[name](locked / name)
    assert (locked / name).read_text() == OLD
    assert sorted(p.name for p in locked.iterdir()) == before


@pytest.mark.parametrize("name", WRITERS)
def test_places_that_cannot_be(name: str, tmp_path: Path) -> None:
    """Below a file, in a folder that is not there, and where a folder is."""
    file = tmp_path / "file"
    file.write_text(OLD)
    (tmp_path / name).mkdir()
    for target in (file / name, tmp_path / "nowhere" / name, tmp_path / name):
        with pytest.raises(bb.InputError, match="cannot write"):
            WRITERS[name](target)
    assert file.read_text() == OLD
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["file", name])


def test_a_writer_killed_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "prior.yaml"
    target.write_text(OLD)
    code = (
        "import os, sys; from pathlib import Path; from bme_bayes.writing import atomic\n"
        f"with atomic(Path({str(target)!r})) as t:\n"
        "    t.write_text('half'); os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -9
    assert target.read_text() == OLD


def test_readers_see_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text(OLD)
    with atomic(target) as temporary:
        temporary.write_text("new")
        assert target.read_text() == OLD
    assert target.read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_every_file_of_the_package_is_written_so() -> None:
    """No module writes a file in place, but for scratch folders and pictures of the pages."""
    scratch = {"ablation.py", "screenshots.py", "shares.py", "write.py"}
    for path in (TOP / "bme_bayes").rglob("*.py"):
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        writes = [
            line
            for line in lines
            if (".write_text(" in line or ".write_bytes(" in line)
            and not line.startswith(("temporary.", ">>>"))
        ]
        assert not writes or path.name in scratch, (path, writes)
    assert "atomic" in vars(report_writing)


def test_files_that_may_not_be_read(tmp_path: Path) -> None:
    from bme_bayes.documents import read_text

    for path in (tmp_path, tmp_path / "none", Path("/proc/self/mem")):
        with pytest.raises(bb.InputError, match="cannot read"):
            read_text(path)
