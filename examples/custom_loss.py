"""A loss of one's own: log-cosh, a square near zero and a straight line far away.

A loss is the loss of every sample and its derivative; weights, reduction and reporting come from the base class.
"""

import numpy as np

import vitral as keras
from vitral import layers, losses
from vitral.typing import Array


class LogCosh(losses.Loss):
    """mean over the outputs of log(cosh(y_pred - y_true)); its derivative is tanh(y_pred - y_true)."""

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """One number a sample. log(cosh(e)) = |e| + log(1 + exp(-2|e|)) - log(2) never overflows."""
        error = np.abs(y_pred - y_true)
        return np.mean(error + np.log1p(np.exp(-2 * error)) - np.log(2), axis=-1)

    def gradient(self, y_true: Array, y_pred: Array) -> Array:
        """The derivative of every sample's loss, in the shape of y_pred."""
        return np.tanh(y_pred - y_true) / y_pred.shape[-1]


def main() -> None:
    """Fit a line through points of which a few are far off; the square alone would follow those."""
    x = np.linspace(-1, 1, 200, dtype=np.float32)[:, None]
    y = 2 * x
    y[::20] += 10
    model = keras.Sequential([layers.Input(shape=(1,)), layers.Dense(1, use_bias=False)])
    for loss in ("mse", LogCosh()):
        model.set_weights([np.zeros((1, 1), np.float32)])
        model.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss)
        history = model.fit(x, y, epochs=40, verbose=0)
        print(f"{loss if isinstance(loss, str) else 'log-cosh'}: loss {history.history['loss'][-1]:.3f}")


if __name__ == "__main__":
    main()
