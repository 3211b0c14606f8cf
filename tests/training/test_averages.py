"""A training with averages of the weights ends with them, as Keras' does."""

import numpy as np

from vitral import layers, models, optimizers


def test_fit_ends_with_the_averages() -> None:
    model = models.Sequential([layers.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(optimizers.SGD(0.5, use_ema=True, ema_momentum=0.5), "mse")
    # The loss (w - 2)^2 with its derivative 2 (w - 2): w goes 0, 2 at a rate of 0.5, and stays; a goes 2, 2.
    x, y = np.ones((4, 1), np.float32), np.full((4, 1), 2.0, np.float32)
    model.fit(x, y, epochs=2, batch_size=4, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], 2.0)
    # From here to 6: w is 6 at once, a = (2 + 6) / 2, which fit leaves in the model.
    model.fit(x, 3 * y, epochs=1, batch_size=4, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], 4.0)
