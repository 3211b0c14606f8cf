"""Recurrent layers, attention and separable convolutions in PyTorch and in Vitral, with the weights of the other."""

from typing import Any

import numpy as np
import pytest

from vitral import Input, Model, Sequential, layers, saving

torch = pytest.importorskip("torch")
nn = torch.nn

STEPS = np.random.default_rng(1).normal(size=(4, 6, 5)).astype("float32")


def randomized(module: Any) -> Any:
    torch.manual_seed(3)
    for tensor in module.state_dict().values():
        tensor.uniform_(-0.7, 0.7)
    return module.eval()


def predicted(module: Any, *inputs: Any) -> Any:
    with torch.no_grad():
        return module(*[torch.from_numpy(np.array(x)) for x in inputs])


def bidirectional(cls: Any, **options: Any) -> layers.Layer:
    return layers.Bidirectional(cls(3, return_sequences=True, **options))


RECURRENT: list[tuple[Any, Any]] = [
    (nn.RNN(5, 3, batch_first=True), lambda: layers.SimpleRNN(3, return_sequences=True)),
    (
        nn.RNN(5, 3, nonlinearity="relu", bias=False, batch_first=True),
        lambda: layers.SimpleRNN(3, "relu", use_bias=False, return_sequences=True),
    ),
    (nn.LSTM(5, 3, batch_first=True), lambda: layers.LSTM(3, return_sequences=True)),
    (nn.GRU(5, 3, batch_first=True), lambda: layers.GRU(3, return_sequences=True)),
    (nn.GRU(5, 3, bias=False, batch_first=True), lambda: layers.GRU(3, use_bias=False, return_sequences=True)),
    (nn.LSTM(5, 3, batch_first=True, bidirectional=True), lambda: bidirectional(layers.LSTM)),
    (nn.GRU(5, 3, batch_first=True, bidirectional=True), lambda: bidirectional(layers.GRU)),
    (
        nn.LSTM(5, 3, num_layers=2, batch_first=True),
        lambda: layers.RNN([layers.LSTMCell(3), layers.LSTMCell(3)], return_sequences=True),
    ),
]


@pytest.mark.parametrize(("module", "make"), RECURRENT, ids=[str(module) for module, _ in RECURRENT])
def test_recurrent_layers(module: Any, make: Any) -> None:
    randomized(module)
    model = Sequential([Input((6, 5)), make()])
    saving.from_torch({f"rnn.{key}": tensor for key, tensor in module.state_dict().items()}, model)
    expected = predicted(module, STEPS)[0].numpy()
    np.testing.assert_allclose(model(STEPS), expected, rtol=1e-5, atol=1e-5)
    # And the other way, into a module that begins with other weights.
    state = saving.to_torch(model, {model.layers[-1].name: ""})
    for tensor in module.state_dict().values():
        tensor.fill_(9)
    module.load_state_dict({key: torch.from_numpy(value) for key, value in state.items()})
    np.testing.assert_allclose(predicted(module, STEPS)[0].numpy(), model(STEPS), rtol=1e-5, atol=1e-5)


def attends(bias: bool, kdim: int | None, vdim: int | None) -> tuple[Any, Model, list[Any]]:
    random = np.random.default_rng(2)
    inputs = [random.normal(size=(4, steps, width or 6)) for steps, width in ((3, 6), (5, vdim), (5, kdim))]
    module = nn.MultiheadAttention(6, 2, bias=bias, kdim=kdim, vdim=vdim, batch_first=True)
    tensors = [Input(x.shape[1:]) for x in inputs]
    model = Model(tensors, layers.MultiHeadAttention(2, 3, use_bias=bias, name="attention")(*tensors))
    return randomized(module), model, [x.astype("float32") for x in inputs]


@pytest.mark.parametrize(("bias", "kdim", "vdim"), [(True, None, None), (False, None, None), (True, 7, 4)])
def test_attention(bias: bool, kdim: int | None, vdim: int | None) -> None:
    module, model, (query, value, key) = attends(bias, kdim, vdim)
    saving.from_torch({f"a.{name}": tensor for name, tensor in module.state_dict().items()}, model)
    expected = predicted(module, query, key, value)[0].numpy()
    np.testing.assert_allclose(model([query, value, key]), expected, rtol=1e-5, atol=1e-5)
    state = saving.to_torch(model, {"attention": ""})
    assert set(state) == set(module.state_dict())
    for name, tensor in module.state_dict().items():
        np.testing.assert_array_equal(state[name], tensor.numpy())


def test_separable_convolution() -> None:
    images = np.random.default_rng(1).normal(size=(2, 9, 7, 4)).astype("float32")
    module = nn.Sequential(
        nn.Conv2d(4, 8, 3, groups=4, bias=False), nn.Conv2d(8, 5, 1), nn.ReLU(), nn.Flatten(), nn.LayerNorm(175)
    )
    randomized(module)
    model = Sequential([Input((9, 7, 4)), layers.SeparableConv2D(5, 3, depth_multiplier=2, activation="relu")])
    model.add(layers.Flatten())
    model.add(layers.LayerNormalization(epsilon=1e-5))
    saving.from_torch(module.state_dict(), model)
    expected = predicted(module[:3], images.transpose(0, 3, 1, 2)).numpy().transpose(0, 2, 3, 1)
    np.testing.assert_allclose(model.layers[0](images), expected, rtol=1e-5, atol=1e-5)
    # A flattened image comes channel by channel in PyTorch, and so do the weights of what normalizes it.
    flat = predicted(module, images.transpose(0, 3, 1, 2)).numpy()
    back = flat.reshape(2, 5, 7, 5).transpose(0, 2, 3, 1).reshape(2, -1)
    np.testing.assert_allclose(model(images), back, rtol=1e-4, atol=1e-4)
    names = {model.layers[0].name: ("0", "1"), model.layers[2].name: "4"}
    state = saving.to_torch(model, names)
    assert list(state) == list(module.state_dict())
    for key, tensor in module.state_dict().items():
        np.testing.assert_array_equal(state[key], tensor.numpy())


def test_root_mean_squares() -> None:
    module = randomized(nn.RMSNorm(5, eps=1e-6))
    model = Sequential([Input((6, 5)), layers.RMSNormalization(name="norm")])
    saving.from_torch(module.state_dict(), model)
    np.testing.assert_allclose(model(STEPS), predicted(module, STEPS).numpy(), rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(saving.to_torch(model)["norm.weight"], module.weight.detach().numpy())
