"""The summary is Keras 3.15's, character for character."""

import pytest

from vitral import Input, Sequential, backend, layers

KERAS = """\
Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ c (Conv2D)                      │ (None, 6, 6, 4)        │            40 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ max_pooling2d (MaxPooling2D)    │ (None, 3, 3, 4)        │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ batch_normalization             │ (None, 3, 3, 4)        │            16 │
│ (BatchNormalization)            │                        │               │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ flatten (Flatten)               │ (None, 36)             │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dropout (Dropout)               │ (None, 36)             │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ (None, 10)             │           370 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 426 (1.66 KB)
 Trainable params: 418 (1.63 KB)
 Non-trainable params: 8 (32.00 B)
"""


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Sequential:
    monkeypatch.setenv("COLUMNS", "80")
    backend.clear_session()
    return Sequential(
        [
            Input((8, 8, 1)),
            layers.Conv2D(4, 3, activation="relu", name="c"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def test_the_table_is_kerass(network: Sequential, capsys: pytest.CaptureFixture[str]) -> None:
    network.summary()
    assert capsys.readouterr().out == KERAS


def test_the_optimizer_is_counted_once_it_has_state(network: Sequential) -> None:
    texts: list[str] = []
    network.compile("adam", "mse")
    network.summary(print_fn=texts.append)
    assert texts == [KERAS]
    network.train_on_batch([[[[0.0]] * 8] * 8], [[0.0] * 10])
    network.summary(print_fn=texts.append)
    assert " Total params: 1,264 (" in texts[1]
    assert " Optimizer params: 838 (" in texts[1]


def test_line_length(network: Sequential) -> None:
    texts: list[str] = []
    network.summary(line_length=60, print_fn=texts.append)
    assert {len(line) for line in texts[0].splitlines()[1:-3]} == {60}
    assert "│ (BatchNormalization)     │" in texts[0]


def test_a_model_that_is_not_built() -> None:
    texts: list[str] = []
    Sequential([layers.Dense(2, name="d")]).summary(line_length=88, print_fn=texts.append)
    (row,) = [line for line in texts[0].splitlines() if "d (Dense)" in line]
    assert [cell.strip() for cell in row.strip("│").split("│")] == ["d (Dense)", "?", "0 (unbuilt)"]
