"""The base of cells: what happens in one step of a sequence."""

from typing import Any

import numpy as np

from vitral import activations, constraints, initializers, ops, regularizers
from vitral.core.configurable import is_number
from vitral.core.targets import as_float
from vitral.core.variable import Variable
from vitral.errors import ConfigError, ShapeError
from vitral.layers.activated import serialize_regularizer
from vitral.layers.arguments import positive
from vitral.layers.layer import Layer
from vitral.typing import Array, Cache, Config, Shape

States = list[Array]
Drops = Any
"""Which values of a pass are dropped: drawn once for all steps (Gal & Ghahramani, NeurIPS 2016)."""


class Cell(Layer):
    """Base of cells: `project` does for all steps at once what needs no state, `step` the rest, one step at a time.

    A cell of your own writes `state_sizes`, `step` and `step_backward`; `project`, which passes everything on, and
    `draw_drops` where it likes.
    """

    @property
    def state_sizes(self) -> list[int]:
        """Number of values of each state; the first state is as long as the output unless `output_size` says more."""
        raise NotImplementedError(f"{type(self).__name__} has no state_sizes")

    @property
    def output_size(self) -> int:
        """Number of values of the output."""
        return self.state_sizes[0]

    def draw_drops(self, batch: int, inputs: int, training: bool) -> Drops:
        """What this pass drops; None for nothing."""
        return None

    def project(self, x: Array, drops: Drops) -> tuple[Array, Cache]:
        """The share of the inputs of all steps, x (steps, batch, inputs), in what `step` works out."""
        return x, None

    def project_backward(self, dp: Array, cache: Cache) -> Array | None:
        """The gradient of x; may be None if `needs_input_gradient` is False."""
        return dp

    def step(self, p: Array, states: States, drops: Drops) -> tuple[Array, States, Cache]:
        """Output (batch, units) and new states, from one step of `project` (batch, ...) and the states before."""
        raise NotImplementedError(f"{type(self).__name__} has no step")

    def step_backward(self, dy: Array, dstates: States, cache: Cache) -> tuple[Array, States]:
        """Gradients of p and of the states before, from those of the output and of the new states."""
        raise NotImplementedError(f"{type(self).__name__} has no step_backward")

    def sequence(self, p: Array, states: States, drops: Drops) -> tuple[Array, States, Cache]:
        """Outputs (steps, batch, units) and last states, from `project` of all steps; step by step, if need be."""
        outputs: list[Array] = []
        caches: list[Cache] = []
        for share in p:
            y, states, cache = self.step(share, states, drops)
            outputs.append(y)
            caches.append(cache)
        return np.stack(outputs), states, caches

    def sequence_backward(self, dy: Array, dstates: States, cache: Cache) -> tuple[Array, States]:
        """Gradients of p and of the first states, from those of the outputs and of the last states."""
        dps: list[Array] = []
        for dy_here, stepped in zip(reversed(dy), reversed(cache), strict=True):
            dp, dstates = self.step_backward(dy_here, dstates, stepped)
            dps.append(dp)
        return np.stack(dps[::-1]), dstates

    def initial_states(self, batch: int, dtype: Any) -> States:
        """The states before the first step: zeros."""
        return [np.zeros((batch, size), dtype) for size in self.state_sizes]

    # As a layer, a cell takes the first step of a sequence.

    def forward(self, x: Array, training: bool = False) -> tuple[Array, Cache]:
        drops = self.draw_drops(len(x), x.shape[-1], training)
        p, projected = self.project(x[np.newaxis], drops)
        y, _, cache = self.step(p[0], self.initial_states(len(x), x.dtype), drops)
        return y, (projected, cache)

    def backward(self, dy: Array, cache: Cache) -> Array | None:
        projected, stepped = cache
        zeros = self.initial_states(len(dy), dy.dtype)
        dx = self.project_backward(self.step_backward(dy, zeros, stepped)[0][np.newaxis], projected)
        return None if dx is None else dx[0]

    def __call__(  # type: ignore[override]
        self, inputs: Any, *more: Any, states: Any = None, training: bool | None = None
    ) -> Any:
        """One step on an input (batch, inputs): (output, new states) if states are given, else the output."""
        given = more[0] if more else states
        if given is None:
            return super().__call__(inputs, training=training)
        x = as_float(inputs)
        if not self.built:
            self.build((None, *x.shape[1:]))
        self.check_batch(x)
        drops = self.draw_drops(len(x), x.shape[-1], bool(training))
        y, new, _ = self.step(self.project(x[np.newaxis], drops)[0][0], list(given), drops)
        return y, new

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], self.output_size)


class GatedCell(Cell):
    """What Keras' three cells share: a kernel for the input, one for the state, a bias, and dropout of both.

    `gates` products of `units` values each are worked out at once, side by side. The input's dropout and the state's
    are the same for all gates and steps.
    """

    input_rank = 2
    gates = 1

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
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.units = positive(units, "units", type(self).__name__)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        for name, rate in (("dropout", dropout), ("recurrent_dropout", recurrent_dropout)):
            if not (is_number(rate) and 0 <= rate < 1):
                raise ConfigError(f"{type(self).__name__}: {name} is {rate!r}; expected a number from 0 to below 1")
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.seed = seed
        self.seed_generator = self.add_seed_generator(seed)
        self.bias: Variable | None = None

    @property
    def state_sizes(self) -> list[int]:
        return [self.units]

    @property
    def state_size(self) -> Any:
        """Number of values of the state, or a list of them, as Keras calls it."""
        sizes = self.state_sizes
        return sizes[0] if len(sizes) == 1 else sizes

    def build(self, input_shape: Shape) -> None:
        inputs = input_shape[-1]
        if inputs is None:
            raise ShapeError(
                f'layer "{self.name}" received steps of shape {input_shape}; expected a known number of inputs'
            )
        self.kernel = self.add_weight(
            name="kernel",
            shape=(inputs, self.gates * self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, self.gates * self.units),
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=self.bias_shape,
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    @property
    def bias_shape(self) -> tuple[int, ...]:
        """Shape of the bias."""
        return (self.gates * self.units,)

    def input_bias(self) -> Array | None:
        """The bias that is added to the inputs' share."""
        return None if self.bias is None else self.bias.value

    def add_input_bias_gradient(self, dbias: Array) -> None:
        """Add the gradient of `input_bias`."""
        assert self.bias is not None, "there is a gradient only where there is a bias"
        self.bias.add_grad(dbias)

    def is_as_usual(self, drops: Drops) -> bool:
        """Whether tanh, sigmoid where there are gates, and no dropout of the state let an operation take all steps."""
        gate = getattr(self, "recurrent_activation", None)
        return self.activation.name == "tanh" and gate is not None and gate.name == "sigmoid" and drops[1] is None

    def draw_drops(self, batch: int, inputs: int, training: bool) -> Drops:
        rates = (self.dropout, self.recurrent_dropout) if training else (0, 0)
        return tuple(
            None if rate == 0 else ops.keep_mask(self.seed_generator.next(), shape=(batch, size), rate=rate)
            for rate, size in zip(rates, (inputs, self.units), strict=True)
        )

    def project(self, x: Array, drops: Drops) -> tuple[Array, Cache]:
        keep = drops[0]
        dropped = None
        if keep is not None:
            x, dropped = ops.dropout(x, keep=keep, rate=self.dropout)
        p, cache = ops.dense(x, self.kernel.value, self.input_bias())
        return p, (dropped, cache)

    def project_backward(self, dp: Array, cache: Cache) -> Array | None:
        dropped, dense = cache
        dx, dkernel, dbias = ops.dense_backward(dp, dense, input_gradient=self.needs_input_gradient)
        self.kernel.take_grad(dkernel)
        if dbias is not None:
            self.add_input_bias_gradient(dbias)
        return dx if dx is None or dropped is None else ops.dropout_backward(dx, dropped)

    def drop_state(self, h: Array, drops: Drops) -> tuple[Array, Cache]:
        """The state as far as it is not dropped."""
        return (h, None) if drops[1] is None else ops.dropout(h, keep=drops[1], rate=self.recurrent_dropout)

    def drop_state_backward(self, dh: Array, cache: Cache) -> Array:
        """The gradient of the state."""
        return dh if cache is None else ops.dropout_backward(dh, cache)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": initializers.serialize(self.recurrent_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": serialize_regularizer(self.kernel_regularizer),
            "recurrent_regularizer": serialize_regularizer(self.recurrent_regularizer),
            "bias_regularizer": serialize_regularizer(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "recurrent_constraint": constraints.serialize(self.recurrent_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
        }
