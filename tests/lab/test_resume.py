"""A killed or interrupted run ends with the same bits as one that nothing disturbed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vitral.errors import RunError
from vitral.lab.checkpoint import FILE as CHECKPOINT
from vitral.lab.folder import RunFolder
from vitral.lab.state import load_state
from vitral.lab.study import resume
from vitral.models import load_model

# Runs the recipe in another process and stops it at the given batch of the given epoch: by SIGKILL or by SIGINT.
_SCRIPT = """
import os, signal, sys
from pathlib import Path
from vitral.lab import recorder
from vitral.lab.interrupt import RunInterruptedError
from vitral.lab.loading import load_recipe
from vitral.lab.run import run_recipe

recipe, root, number, epoch, batch = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
original = recorder.Recorder.on_train_batch_end

def on_train_batch_end(self, step, logs=None):
    if self.position.epoch == epoch and step == batch:
        os.kill(os.getpid(), number)
    original(self, step, logs)

recorder.Recorder.on_train_batch_end = on_train_batch_end
try:
    run_recipe(load_recipe(recipe), Path(root), command=["test"], verbose=0)
except RunInterruptedError as error:
    print(error)
    sys.exit(130)
"""


def _stopped(recipe: Path, root: Path, number: int, epoch: int, batch: int) -> tuple[RunFolder, int, str]:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(recipe), str(root), str(number), str(epoch), str(batch)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    (path,) = root.iterdir()
    return RunFolder(path), done.returncode, done.stdout


def _assert_same_bits(run: RunFolder, reference: RunFolder) -> None:
    ours = load_model(run.file("model.keras"), compile=False).get_weights()
    theirs = load_model(reference.file("model.keras"), compile=False).get_weights()
    assert [weight.tobytes() for weight in ours] == [weight.tobytes() for weight in theirs]
    assert run.arrays("predictions.npz")["probabilities"].tobytes() == (
        reference.arrays("predictions.npz")["probabilities"].tobytes()
    )
    assert [_without_time(line) for line in run.metrics()] == [_without_time(line) for line in reference.metrics()]
    assert run.measurements() == reference.measurements()
    assert run.summary().results == reference.summary().results


def _without_time(line: object) -> tuple[object, ...]:
    return tuple(getattr(line, name) for name in ("epoch", "loss", "accuracy", "val_loss", "learning_rate"))


def test_killed_run_loses_at_most_one_epoch_and_ends_with_the_same_bits(
    recipe_file: Path, finished: RunFolder, tmp_path: Path
) -> None:
    run, code, _ = _stopped(recipe_file, tmp_path, signal.SIGKILL, epoch=2, batch=10)
    assert code == -signal.SIGKILL
    assert [line.epoch for line in run.metrics()] == [1, 2]
    assert run.summary().status == "running"
    resume(run.path, verbose=0)
    assert [line.epoch for line in run.metrics()] == [1, 2, 3, 4]
    assert run.summary().status == "finished"
    _assert_same_bits(run, finished)


def test_interrupted_run_continues_in_the_middle_of_the_epoch(
    recipe_file: Path, finished: RunFolder, tmp_path: Path
) -> None:
    run, code, said = _stopped(recipe_file, tmp_path, signal.SIGINT, epoch=1, batch=7)
    assert code == 130
    assert f"vitral resume {run.path}" in said
    assert run.summary().status == "interrupted"
    position = load_state(run.file(CHECKPOINT))["position"]
    assert (position["epoch"], position["step"]) == (1, 8)
    resume(run.path, verbose=0)
    _assert_same_bits(run, finished)


def test_a_line_written_after_the_last_checkpoint_is_not_doubled(
    recipe_file: Path, finished: RunFolder, tmp_path: Path
) -> None:
    run, _, _ = _stopped(recipe_file, tmp_path, signal.SIGKILL, epoch=2, batch=0)
    lines = run.file("metrics.jsonl").read_bytes()
    run.file("metrics.jsonl").write_bytes(lines + lines.splitlines()[1].replace(b'"epoch":2', b'"epoch":3') + b'\n{"ep')
    resume(run.path, verbose=0)
    assert [line.epoch for line in run.metrics()] == [1, 2, 3, 4]
    _assert_same_bits(run, finished)


def test_killed_before_the_first_checkpoint_starts_over(recipe_file: Path, finished: RunFolder, tmp_path: Path) -> None:
    run, _, _ = _stopped(recipe_file, tmp_path, signal.SIGKILL, epoch=0, batch=3)
    assert not run.file(CHECKPOINT).exists()
    resume(run.path, verbose=0)
    _assert_same_bits(run, finished)


def test_a_finished_run_is_left_alone(finished: RunFolder) -> None:
    before = finished.file("summary.json").stat().st_mtime_ns
    resume(finished.path, verbose=0)
    assert finished.file("summary.json").stat().st_mtime_ns == before
    assert not finished.file(CHECKPOINT).exists()


def test_other_data_are_refused(recipe_file: Path, tmp_path: Path) -> None:
    run, _, _ = _stopped(recipe_file, tmp_path, signal.SIGKILL, epoch=1, batch=0)
    environment = run.environment()
    environment.data_digests["x_train"] = "0" * 64
    run.write("environment.json", environment)
    with pytest.raises(RunError, match="x_train is not what the run was started with"):
        resume(run.path, verbose=0)
