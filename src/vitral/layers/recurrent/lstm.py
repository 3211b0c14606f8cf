"""Long short-term memory."""

from typing import Any

import numpy as np

from vitral import activations, ops
from vitral.layers.layer import registry
from vitral.layers.recurrent.cell import Drops, GatedCell, States
from vitral.layers.recurrent.rnn import OfCell, no_cudnn
from vitral.typing import Array, Cache, Config, Shape


@registry.register()
class LSTMCell(GatedCell):
    """One step of LSTM, with a state h, which is the output, and a carry c.

    i, f, o = s(x W + h U + b) with s the recurrent activation, g the same with `activation`;
    c' = f c + i g, h' = o activation(c').

    Kernels (inputs, 4 units) and (units, 4 units) and the bias (4 units,) hold i, f, g, o side by side. With
    `unit_forget_bias` the bias of f begins with ones (Jozefowicz et al., ICML 2015).
    """

    gates = 4

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(
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
            **options,
        )
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias

    @property
    def state_sizes(self) -> list[int]:
        return [self.units, self.units]

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        if self.bias is not None and self.unit_forget_bias:
            self.bias.value[self.units : 2 * self.units] = 1

    def step(self, p: Array, states: States, drops: Drops) -> tuple[Array, States, Cache]:
        h, carry = states
        u = self.units
        dropped, drop_cache = self.drop_state(h, drops)
        q, dense = ops.dense(dropped, self.recurrent_kernel.value, None)
        z = p + q
        gates, gates_cache = self.recurrent_activation.forward(z[:, : 2 * u])
        g, g_cache = self.activation.forward(z[:, 2 * u : 3 * u])
        o, o_cache = self.recurrent_activation.forward(z[:, 3 * u :])
        i, f = gates[:, :u], gates[:, u:]
        new = f * carry + i * g
        a, a_cache = self.activation.forward(new)
        y = o * a
        return y, [y, new], (carry, i, f, g, o, a, (gates_cache, g_cache, o_cache, a_cache), dense, drop_cache)

    def step_backward(self, dy: Array, dstates: States, cache: Cache) -> tuple[Array, States]:
        carry, i, f, g, o, a, (gates_cache, g_cache, o_cache, a_cache), dense, drop_cache = cache
        dh_new = dy + dstates[0]
        dnew = dstates[1] + self.activation.backward(dh_new * o, a_cache)
        dz = np.concatenate(
            [
                self.recurrent_activation.backward(np.concatenate([dnew * g, dnew * carry], axis=1), gates_cache),
                self.activation.backward(dnew * i, g_cache),
                self.recurrent_activation.backward(dh_new * a, o_cache),
            ],
            axis=1,
        )
        dh, dkernel, _ = ops.dense_backward(dz, dense)
        self.recurrent_kernel.take_grad(dkernel)
        assert dh is not None, "it was asked for"
        return dz, [self.drop_state_backward(dh, drop_cache), dnew * f]

    def sequence(self, p: Array, states: States, drops: Drops) -> tuple[Array, States, Cache]:
        if type(self).step is not LSTMCell.step or not self.is_as_usual(drops):
            return super().sequence(p, states, drops)
        outputs, carry, cache = ops.lstm(p, self.recurrent_kernel.value, *states)
        return outputs, [outputs[-1], carry], (cache,)

    def sequence_backward(self, dy: Array, dstates: States, cache: Cache) -> tuple[Array, States]:
        if not isinstance(cache, tuple):
            return super().sequence_backward(dy, dstates, cache)
        dp, dkernel, dh, dcarry = ops.lstm_backward(dy, cache[0], dlast_h=dstates[0], dlast_c=dstates[1])
        self.recurrent_kernel.take_grad(dkernel)
        return dp, [dh, dcarry]

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "unit_forget_bias": self.unit_forget_bias,
        }


@registry.register()
class LSTM(OfCell):
    """Long short-term memory (Hochreiter & Schmidhuber, Neural Computation 1997).

    Input (batch, steps, inputs); see RNN for the output and the arguments that it shares, LSTMCell for the rest. The
    states are h and c.

    >>> import numpy as np
    >>> y, h, c = LSTM(4, return_sequences=True, return_state=True)(np.zeros((2, 7, 3)))
    >>> y.shape, h.shape, c.shape
    ((2, 7, 4), (2, 4), (2, 4))
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        use_cudnn: Any = "auto",
        **options: Any,
    ) -> None:
        no_cudnn(use_cudnn, "LSTM")
        cell = LSTMCell(
            units=units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
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
