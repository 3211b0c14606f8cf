"""Gated recurrent units."""

from typing import Any

import numpy as np

from vitral import activations, ops
from vitral.layers.layer import registry
from vitral.layers.recurrent.cell import Drops, GatedCell, States
from vitral.layers.recurrent.rnn import OfCell, no_cudnn
from vitral.typing import Array, Cache, Config


@registry.register()
class GRUCell(GatedCell):
    """One step of GRU: the new state is the old one as far as the gate z says, a candidate for the rest.

    z = s(x Wz + h Uz + bz), r = s(x Wr + h Ur + br), c = activation(x Wc + bc + r (h Uc + b'c)), h' = z h + (1 - z) c
    with s the recurrent activation. `reset_after=False` is the original: c = activation(x Wc + (r h) Uc + bc).

    Kernels (inputs, 3 units) and (units, 3 units) hold z, r, c side by side; the bias is (2, 3 units), for the input
    and for the state, or (3 units,) without `reset_after`.
    """

    gates = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
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
        reset_after: bool = True,
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
        self.reset_after = reset_after

    @property
    def bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def input_bias(self) -> Array | None:
        return self.bias.value[0] if self.bias is not None and self.reset_after else super().input_bias()

    def add_input_bias_gradient(self, dbias: Array) -> None:
        self._add_bias_gradient(0, dbias) if self.reset_after else super().add_input_bias_gradient(dbias)

    def _add_bias_gradient(self, row: int, dbias: Array) -> None:
        assert self.bias is not None, "there is a gradient only where there is a bias"
        gradient = np.zeros_like(self.bias.value)
        gradient[row] = dbias
        self.bias.add_grad(gradient)

    def step(self, p: Array, states: States, drops: Drops) -> tuple[Array, States, Cache]:
        h = states[0]
        u = 2 * self.units
        inner: Cache
        dropped, drop_cache = self.drop_state(h, drops)
        kernel = self.recurrent_kernel.value
        if self.reset_after:
            bias = None if self.bias is None else self.bias.value[1]
            q, dense = ops.dense(dropped, kernel, bias)
            gates, gate_cache = self.recurrent_activation.forward(p[:, :u] + q[:, :u])
            z, r = gates[:, : self.units], gates[:, self.units :]
            c, candidate_cache = self.activation.forward(p[:, u:] + r * q[:, u:])
            inner = dense, (q[:, u:],)
        else:
            q, dense = ops.dense(dropped, np.ascontiguousarray(kernel[:, :u]), None)
            gates, gate_cache = self.recurrent_activation.forward(p[:, :u] + q)
            z, r = gates[:, : self.units], gates[:, self.units :]
            q, reset = ops.dense(r * dropped, np.ascontiguousarray(kernel[:, u:]), None)
            c, candidate_cache = self.activation.forward(p[:, u:] + q)
            inner = dense, (reset, dropped)
        y = z * h + (1 - z) * c
        return y, [y], (h, z, r, c, gate_cache, candidate_cache, drop_cache, inner)

    def step_backward(self, dy: Array, dstates: States, cache: Cache) -> tuple[Array, States]:
        h, z, r, c, gate_cache, candidate_cache, drop_cache, inner = cache
        dh_new = dy + dstates[0]
        ddropped: Any
        dc = self.activation.backward(dh_new * (1 - z), candidate_cache)
        if self.reset_after:
            dense, (q,) = inner
            dgates = self.recurrent_activation.backward(np.concatenate([dh_new * (h - c), dc * q], axis=1), gate_cache)
            ddropped, dkernel, dbias = ops.dense_backward(np.concatenate([dgates, dc * r], axis=1), dense)
            if dbias is not None:
                self._add_bias_gradient(1, dbias)
        else:
            dense, (reset, dropped) = inner
            dreset, dkernel_c, _ = ops.dense_backward(dc, reset)
            dgates = self.recurrent_activation.backward(
                np.concatenate([dh_new * (h - c), dreset * dropped], axis=1), gate_cache
            )
            ddropped, dkernel_gates, _ = ops.dense_backward(dgates, dense)
            ddropped = ddropped + dreset * r
            dkernel = np.concatenate([dkernel_gates, dkernel_c], axis=1)
        self.recurrent_kernel.take_grad(dkernel)
        dh = dh_new * z + self.drop_state_backward(ddropped, drop_cache)
        return np.concatenate([dgates, dc], axis=1), [dh]

    def sequence(self, p: Array, states: States, drops: Drops) -> tuple[Array, States, Cache]:
        if type(self).step is not GRUCell.step or not self.reset_after or not self.is_as_usual(drops):
            return super().sequence(p, states, drops)
        bias = None if self.bias is None else self.bias.value[1]
        outputs, cache = ops.gru(p, self.recurrent_kernel.value, bias, states[0])
        return outputs, [outputs[-1]], (cache,)

    def sequence_backward(self, dy: Array, dstates: States, cache: Cache) -> tuple[Array, States]:
        if not isinstance(cache, tuple):
            return super().sequence_backward(dy, dstates, cache)
        dp, dkernel, dbias, dh = ops.gru_backward(dy, cache[0], dlast_h=dstates[0])
        self.recurrent_kernel.take_grad(dkernel)
        if dbias is not None:
            self._add_bias_gradient(1, dbias)
        return dp, [dh]

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "reset_after": self.reset_after,
        }


@registry.register()
class GRU(OfCell):
    """Gated recurrent units (Cho et al., EMNLP 2014), by default with the reset gate behind the product, as cuDNN does.

    Input (batch, steps, inputs); see RNN for the output and the arguments that it shares, GRUCell for the rest.

    >>> import numpy as np
    >>> GRU(4, return_sequences=True)(np.zeros((2, 7, 3))).shape
    (2, 7, 4)
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
        reset_after: bool = True,
        use_cudnn: Any = "auto",
        **options: Any,
    ) -> None:
        no_cudnn(use_cudnn, "GRU")
        cell = GRUCell(
            units=units,
            activation=activation,
            recurrent_activation=recurrent_activation,
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
            reset_after=reset_after,
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
