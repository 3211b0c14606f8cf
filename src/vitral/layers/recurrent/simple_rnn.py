"""The simplest recurrent layer."""

from typing import Any

from vitral import ops
from vitral.layers.layer import registry
from vitral.layers.recurrent.cell import Drops, GatedCell, States
from vitral.layers.recurrent.rnn import OfCell
from vitral.typing import Array, Cache


@registry.register()
class SimpleRNNCell(GatedCell):
    """h' = activation(x W + h U + b): one step of SimpleRNN; the output is the new state.

    Input (batch, inputs); kernel W (inputs, units), recurrent kernel U (units, units), bias (units,).

    >>> import numpy as np
    >>> cell = SimpleRNNCell(2, kernel_initializer="ones", recurrent_initializer="ones", activation="linear")
    >>> y, states = cell(np.array([[1.0, 2.0]]), [np.array([[1.0, 0.0]])])
    >>> y, np.array_equal(states[0], y)
    (array([[4., 4.]]), True)
    """

    def step(self, p: Array, states: States, drops: Drops) -> tuple[Array, States, Cache]:
        h, dropped = self.drop_state(states[0], drops)
        z, dense = ops.dense(h, self.recurrent_kernel.value, None)
        y, activated = self.activation.forward(p + z)
        return y, [y], (dropped, dense, activated)

    def step_backward(self, dy: Array, dstates: States, cache: Cache) -> tuple[Array, States]:
        dropped, dense, activated = cache
        dz = self.activation.backward(dy + dstates[0], activated)
        dh, dkernel, _ = ops.dense_backward(dz, dense)
        self.recurrent_kernel.take_grad(dkernel)
        assert dh is not None, "it was asked for"
        return dz, [self.drop_state_backward(dh, dropped)]


@registry.register()
class SimpleRNN(OfCell):
    """h_t = activation(x_t W + h_(t-1) U + b) (Elman, Cognitive Science 1990), the output of every step.

    Input (batch, steps, inputs); see RNN for the output and the arguments that it shares, SimpleRNNCell for the rest.

    >>> import numpy as np
    >>> layer = SimpleRNN(1, kernel_initializer="ones", recurrent_initializer="ones", activation="linear")
    >>> layer(np.array([[[1.0], [2.0], [3.0]]]))
    array([[6.]])
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        cell = SimpleRNNCell(
            units=units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
        )
        super().__init__(
            cell,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            **options,
        )
