"""The summary is Keras 3.15's, character for character."""

import pytest

from vitral import Input, Model, Sequential, backend, layers
from vitral.errors import ConfigError

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


def test_the_learning_rate_counts_as_one_of_the_weights() -> None:
    """The line that Keras 3.15.1 on TensorFlow writes."""
    texts: list[str] = []
    model = Sequential([layers.Input((6,)), layers.Dense(10), layers.Dense(2)])
    model.compile("adam", "mse")
    model.train_on_batch([[0.0] * 6], [[0.0] * 2])
    model.summary(print_fn=texts.append)
    assert " Optimizer params: 186 (748.00 B)" in texts[0]


def test_line_length(network: Sequential) -> None:
    texts: list[str] = []
    network.summary(line_length=60, print_fn=texts.append)
    assert {len(line) for line in texts[0].splitlines()[1:-3]} == {60}
    assert "│ (BatchNormalization)     │" in texts[0]


def test_a_model_that_is_not_built() -> None:
    texts: list[str] = []
    model = Sequential([layers.Dense(2, name="d"), layers.Dropout(0.5, name="d_out")])
    model.summary(line_length=88, print_fn=texts.append)
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in texts[0].splitlines() if "│ d" in line]
    # A Dropout has nothing to build: Keras counts its weights right away.
    assert rows == [["d (Dense)", "?", "0 (unbuilt)"], ["d_out (Dropout)", "?", "0"]]


def nested() -> Model:
    x = Input((4,), name="x")
    inner = Sequential(
        [
            layers.Input((4,)),
            layers.Dense(3, name="hidden"),
            layers.Dense(2, name="a_name_that_is_too_long_for_its_column"),
        ],
        name="inner",
    )
    deep = Model(x, inner(layers.Activation("relu", name="act")(x)), name="deep")
    return Sequential(
        [layers.Input((4,)), layers.Dense(4, name="first", trainable=False), deep, layers.Dense(1, name="last")],
        name="nested",
    )


def graph() -> Model:
    x = Input((4,), name="x")
    inner = Sequential([layers.Input((4,)), layers.Dense(4, name="hidden")], name="inner")
    return Model(x, layers.Add(name="sum")([x, inner(x)]), name="graph")


NESTED = """\
Model: "nested"
┏━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━┓
┃ Layer (type)           ┃ Output Shape       ┃ Param # ┃ Tra… ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━┩
│ first (Dense)          │ (None, 4)          │      20 │  N   │
├────────────────────────┼────────────────────┼─────────┼──────┤
│ deep (Functional)      │ (None, 2)          │      23 │  Y   │
├────────────────────────┼────────────────────┼─────────┼──────┤
│    └ x (InputLayer)    │ (None, 4)          │       0 │  -   │
├────────────────────────┼────────────────────┼─────────┼──────┤
│    └ act (Activation)  │ (None, 4)          │       0 │  -   │
├────────────────────────┼────────────────────┼─────────┼──────┤
│    └ inner             │ (None, 2)          │      23 │  Y   │
│ (Sequential)           │                    │         │      │
├────────────────────────┼────────────────────┼─────────┼──────┤
│       └ hidden (Dense) │ (None, 3)          │      15 │  Y   │
├────────────────────────┼────────────────────┼─────────┼──────┤
│       └                │ (None, 2)          │       8 │  Y   │
│ a_name_that_is_too_lo… │                    │         │      │
│ (Dense)                │                    │         │      │
├────────────────────────┼────────────────────┼─────────┼──────┤
│ last (Dense)           │ (None, 1)          │       3 │  Y   │
└────────────────────────┴────────────────────┴─────────┴──────┘
 Total params: 46 (184.00 B)
 Trainable params: 26 (104.00 B)
 Non-trainable params: 20 (80.00 B)
"""

GRAPH = """\
Model: "graph"
┏━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━━━━━━━┓
┃ Layer (type)           ┃ Output Shape    ┃ Param # ┃ Connected to    ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━━━━━━━━━━┩
│ inner (Sequential)     │ (None, 4)       │      20 │ x[0][0]         │
├────────────────────────┼─────────────────┼─────────┼─────────────────┤
│    └ hidden (Dense)    │ (None, 4)       │      20 │ -               │
├────────────────────────┼─────────────────┼─────────┼─────────────────┤
│ sum (Add)              │ (None, 4)       │       0 │ x[0][0],        │
│                        │                 │         │ inner[0][0]     │
└────────────────────────┴─────────────────┴─────────┴─────────────────┘
 Total params: 20 (80.00 B)
 Trainable params: 20 (80.00 B)
 Non-trainable params: 0 (0.00 B)
"""


def test_models_inside_and_who_may_change_are_shown_as_keras_does() -> None:
    texts: list[str] = []
    nested().summary(64, expand_nested=True, show_trainable=True, print_fn=texts.append)
    assert texts == [NESTED]


def test_a_part_of_a_graph_in_columns_of_ones_own_is_kerass() -> None:
    texts: list[str] = []
    model = graph()
    positions = [0.35, 0.6, 0.75, 1.0]
    model.summary(72, positions, texts.append, expand_nested=True, layer_range=("inn.*", "sum"))
    model.summary(72, positions, texts.append, expand_nested=True, layer_range=["sum", "inner"])
    assert texts == [GRAPH, GRAPH]


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"positions are \[0.5, 1.0\]; expected 4 of them"):
        graph().summary(positions=[0.5, 1.0])
    with pytest.raises(ConfigError, match="too narrow"):
        graph().summary(10)
    with pytest.raises(ConfigError, match="layer_range is 'sum'; expected two names"):
        graph().summary(layer_range="sum")
    with pytest.raises(ConfigError, match=r"layer_range is \['a', 'sum'\]; the layers are x, inner, sum"):
        graph().summary(layer_range=["a", "sum"])
