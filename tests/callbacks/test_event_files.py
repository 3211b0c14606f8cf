"""Event files, read back by the format's description, and what a training writes into them.

`tests/interop/test_tensorboard.py` reads them with TensorBoard itself.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from vitral import callbacks, layers, models, optimizers
from vitral.callbacks.event_file import EventFile, crc32c
from vitral.errors import ConfigError


def records(path: Path) -> Iterator[bytes]:
    """The data of every record; fails where a checksum does."""
    content = path.read_bytes()
    while content:
        (length,) = struct.unpack("<Q", content[:8])
        assert unmasked(content[8:12]) == crc32c(content[:8])
        data, checksum = content[12 : 12 + length], content[12 + length : 16 + length]
        assert unmasked(checksum) == crc32c(data)
        content = content[16 + length :]
        yield data


def unmasked(checksum: bytes) -> int:
    rotated = (struct.unpack("<I", checksum)[0] - 0xA282EAD8) & 0xFFFFFFFF
    return (rotated >> 17 | rotated << 15) & 0xFFFFFFFF


def fields(message: bytes) -> list[tuple[int, object]]:
    """Numbers and values of a message's fields."""
    found: list[tuple[int, object]] = []
    position = 0

    def varint() -> int:
        nonlocal position
        number = shift = 0
        while True:
            byte = message[position]
            position += 1
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    while position < len(message):
        tag = varint()
        size = {1: 8, 5: 4}.get(tag & 7, 0)
        if tag & 7 == 0:
            found.append((tag >> 3, varint()))
            continue
        size = size or varint()
        value = message[position : position + size]
        position += size
        if tag & 7 in (1, 5):
            found.append((tag >> 3, struct.unpack("<d" if size == 8 else "<f", value)[0]))
        else:
            found.append((tag >> 3, value))
    return found


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Step and value of every scalar by its tag."""
    (path,) = folder.glob("events.out.tfevents.*")
    found: dict[str, list[tuple[int, float]]] = {}
    for data in records(path):
        event = dict(fields(data))
        if 5 in event:
            value = dict(fields(dict(fields(event[5]))[1]))  # type: ignore[arg-type]
            if 2 in value:
                found.setdefault(value[1].decode(), []).append((event[2], value[2]))  # type: ignore
    return found


def test_the_format(tmp_path: Path) -> None:
    file = EventFile(tmp_path)
    file.scalar("loss", 0.5, step=300)
    file.histogram("w", np.array([[-1.0, 0.0], [0.0, 3.0]]), step=1, buckets=2)
    file.close()
    (path,) = tmp_path.iterdir()
    version, scalar, histogram = (dict(fields(data)) for data in records(path))
    assert version[3] == b"brain.Event:2"
    assert version[1] > 1.7e9  # seconds since 1970
    assert scalar[2] == 300
    assert dict(fields(dict(fields(scalar[5]))[1])) == {1: b"loss", 2: 0.5}
    distribution = dict(fields(dict(fields(dict(fields(histogram[5]))[1]))[5]))
    # smallest, largest, number, sum, sum of squares
    assert [distribution[number] for number in range(1, 6)] == [-1, 3, 4, 2, 10]
    assert struct.unpack("<2d", distribution[6]) == (1, 3)
    assert struct.unpack("<2d", distribution[7]) == (3, 1)


def fitted(callback: callbacks.Callback) -> models.Sequential:
    model = models.Sequential([layers.Input((2,)), layers.Dense(1, kernel_initializer="ones")])
    model.compile(optimizers.SGD(0.25), "mse")
    x, y = np.ones((6, 2), np.float32), np.zeros((6, 1), np.float32)
    model.fit(x, y, batch_size=2, epochs=2, validation_data=(x, y), callbacks=[callback], verbose=0)
    return model


def test_what_a_training_writes(tmp_path: Path) -> None:
    model = fitted(callbacks.TensorBoard(tmp_path, update_freq=2, histogram_freq=1, write_steps_per_second=True))
    train, validation = scalars(tmp_path / "train"), scalars(tmp_path / "validation")
    history = model.history.history
    assert [step for step, _ in train["epoch_loss"]] == [0, 1]
    np.testing.assert_allclose([value for _, value in train["epoch_loss"]], history["loss"], rtol=1e-6)
    assert train["epoch_learning_rate"] == [(0, 0.25), (1, 0.25)]
    assert [step for step, _ in train["batch_loss"]] == [2, 4, 6]
    assert {"epoch_steps_per_second", "batch_steps_per_second"} <= train.keys()
    np.testing.assert_allclose([value for _, value in validation["epoch_loss"]], history["val_loss"], rtol=1e-6)
    assert [step for step, _ in validation["evaluation_loss_vs_iterations"]] == [3, 6]
    (path,) = (tmp_path / "train").iterdir()
    assert sum(b"/kernel/histogram" in data for data in records(path)) == 2


def test_epochs_alone_are_the_default(tmp_path: Path) -> None:
    fitted(callbacks.TensorBoard(tmp_path))
    assert scalars(tmp_path / "train").keys() == {"epoch_loss", "epoch_learning_rate"}


def test_what_cannot_be_written_is_refused() -> None:
    for argument in ({"write_images": True}, {"profile_batch": 2}, {"embeddings_freq": 1}):
        with pytest.raises(ConfigError, match=f"TensorBoard: {next(iter(argument))} is"):
            callbacks.TensorBoard(**argument)
    with pytest.raises(ConfigError, match="update_freq is 'step'"):
        callbacks.TensorBoard(update_freq="step")
