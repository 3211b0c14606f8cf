"""The same network in PyTorch and in Vitral, with the weights of one in the other."""

from typing import Any

import numpy as np
import pytest

import vitral
from vitral import Sequential, layers, saving

torch = pytest.importorskip("torch")

IMAGES = np.random.default_rng(1).normal(size=(4, 9, 7, 4)).astype("float32")


def ours() -> Sequential:
    vitral.set_seed(1)
    model = Sequential(
        [
            layers.Input((9, 7, 4)),
            layers.Conv2D(6, (3, 2), groups=2, activation="relu"),
            layers.BatchNormalization(epsilon=1e-5),
            layers.MaxPooling2D(),
            layers.Conv2D(5, 2, use_bias=False),
            layers.Flatten(),
            layers.BatchNormalization(epsilon=1e-5),
            layers.Dropout(0.5),
            layers.Dense(8, activation="tanh"),
            layers.Dense(3),
        ]
    )
    for variable in model.weights:
        variable.assign(np.random.default_rng(2).uniform(0.5, 1.5, variable.shape))
    return model


def theirs() -> Any:
    nn = torch.nn
    torch.manual_seed(1)
    module = nn.Sequential(
        nn.Conv2d(4, 6, (3, 2), groups=2),
        nn.ReLU(),
        nn.BatchNorm2d(6),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 5, 2, bias=False),
        nn.Flatten(),
        nn.BatchNorm1d(20),
        nn.Dropout(),
        nn.Linear(20, 8),
        nn.Tanh(),
        nn.Linear(8, 3),
    )
    for tensor in module.state_dict().values():
        if tensor.is_floating_point():
            tensor.uniform_(0.5, 1.5)
    return module.eval()


def predicted(module: Any) -> np.ndarray:
    with torch.no_grad():
        result: np.ndarray = module(torch.from_numpy(IMAGES.transpose(0, 3, 1, 2).copy())).numpy()
    return result


def test_from_torch() -> None:
    module, model = theirs(), ours()
    saving.from_torch(module.state_dict(), model)
    np.testing.assert_allclose(model.predict(IMAGES, verbose=0), predicted(module), rtol=1e-5, atol=1e-5)


def test_to_torch() -> None:
    module, model = theirs(), ours()
    learned = [layer.name for layer in model.layers if layer.weights]
    names = dict(zip(learned, ("0", "2", "4", "6", "8", "10"), strict=True))
    state = saving.to_torch(model, names)
    module.load_state_dict({key: torch.from_numpy(value) for key, value in state.items()})
    np.testing.assert_allclose(predicted(module), model.predict(IMAGES, verbose=0), rtol=1e-5, atol=1e-5)


def test_further_layers() -> None:
    nn = torch.nn
    torch.manual_seed(2)
    module = nn.Sequential(
        nn.Conv2d(4, 8, 3, groups=4),
        nn.PReLU(8),
        nn.GroupNorm(2, 8, eps=1e-3),
        nn.ConvTranspose2d(8, 3, 2, stride=2),
        nn.PReLU(),
        nn.Flatten(),
        nn.Linear(3 * 14 * 10, 5),
        nn.LayerNorm(5, eps=1e-3),
    ).eval()
    for tensor in module.state_dict().values():
        tensor.uniform_(0.1, 1.0)
    model = Sequential(
        [
            layers.Input((9, 7, 4)),
            layers.DepthwiseConv2D(3, depth_multiplier=2),
            layers.PReLU(shared_axes=[1, 2]),
            layers.GroupNormalization(2),
            layers.Conv2DTranspose(3, 2, 2),
            layers.PReLU(shared_axes=[1, 2, 3]),
            layers.Flatten(),
            layers.Dense(5),
            layers.LayerNormalization(),
        ]
    )
    saving.from_torch(module.state_dict(), model)
    np.testing.assert_allclose(model.predict(IMAGES, verbose=0), predicted(module), rtol=1e-4, atol=1e-4)
    names = {layer.name: str(number) for number, layer in enumerate(model.layers) if layer.weights}
    state = saving.to_torch(model, names)
    assert list(state) == list(module.state_dict())
    for key, tensor in module.state_dict().items():
        np.testing.assert_array_equal(state[key], tensor.numpy())


def test_a_state_dict_in_a_safetensors_file(tmp_path: Any) -> None:
    from safetensors.numpy import load_file
    from safetensors.torch import save_file

    module, model = theirs(), ours()
    save_file(module.state_dict(), tmp_path / "m.safetensors")
    order = {key: load_file(tmp_path / "m.safetensors")[key] for key in module.state_dict()}
    saving.from_torch(order, model)
    np.testing.assert_allclose(model.predict(IMAGES, verbose=0), predicted(module), rtol=1e-5, atol=1e-5)
