"""Attention: every place of a sequence looks at all places of another, or of itself."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from vitral import constraints, initializers, ops, regularizers
from vitral.core.configurable import is_number
from vitral.core.symbolic import is_symbolic
from vitral.core.variable import Variable
from vitral.errors import ConfigError, ShapeError
from vitral.initializers import Initializer
from vitral.layers.activated import serialize_regularizer
from vitral.layers.activity import activity_penalty, add_activity_gradient
from vitral.layers.arguments import positive
from vitral.layers.layer import Layer, registry
from vitral.typing import Array, Cache, Config, Shape

_PROJECTIONS = ("query", "key", "value")


@registry.register()
class MultiHeadAttention(Layer):
    """Several attentions side by side (Vaswani et al., "Attention is all you need", 2017, section 3.2).

    Called as layer(query, value) or layer(query, value, key), where the key is the value unless given: (batch, t, q),
    (batch, s, v) and (batch, s, k). Each is projected to `num_heads` heads of `key_dim` values, of `value_dim` for the
    value; what the heads find is projected to `output_shape`, by default q: (batch, t, q). `dropout` is that of the
    attention weights. `activity_regularizer` is on what each of the four projections gives. In `forward`, arrays come
    as a list in the order of the call.

    On arrays, `attention_mask`, boolean (batch, t, s) or without the batch axis, and `use_causal_mask` say which places
    may be seen, and `return_attention_scores` adds the weights (batch, heads, t, s) to the result.

    Raises ConfigError for arguments that cannot work, ShapeError for inputs that do not fit one another.

    >>> x = np.ones((2, 5, 8))
    >>> y, scores = MultiHeadAttention(num_heads=2, key_dim=4)(x, x, return_attention_scores=True)
    >>> y.shape, scores.shape
    ((2, 5, 8), (2, 2, 5, 5))
    """

    several_inputs = True

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: int | Sequence[int] | None = None,
        attention_axes: int | Sequence[int] | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **options)
        self.num_heads = positive(num_heads, "num_heads", "MultiHeadAttention")
        self.key_dim = positive(key_dim, "key_dim", "MultiHeadAttention")
        self.value_dim = self.key_dim if value_dim is None else positive(value_dim, "value_dim", "MultiHeadAttention")
        if not (is_number(dropout) and 0 <= dropout < 1):
            raise ConfigError(f"MultiHeadAttention: dropout is {dropout!r}; expected a number from 0 to below 1")
        self.dropout = dropout
        self.use_bias = use_bias
        width = output_shape[0] if isinstance(output_shape, (list, tuple)) and len(output_shape) == 1 else output_shape
        if width is not None and not isinstance(width, int):
            raise ConfigError(f"MultiHeadAttention: output_shape is {output_shape!r}; expected one whole number")
        self._width = None if width is None else positive(width, "output_shape", "MultiHeadAttention")
        if attention_axes not in (None, 1, (1,), [1]):
            raise ConfigError(
                f"MultiHeadAttention: attention_axes is {attention_axes!r}; expected None or 1, the places"
            )
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.seed = seed
        self.seed_generator = self.add_seed_generator(seed) if dropout else None
        self.projections: dict[str, list[Variable]] = {}

    # Variables.

    def build(self, input_shape: Any) -> None:
        query, value = input_shape[:2]
        key = input_shape[2] if len(input_shape) == 3 else value
        widths = {"query": query[-1], "key": key[-1], "value": value[-1]}
        for name in _PROJECTIONS:
            size = self.value_dim if name == "value" else self.key_dim
            self._add_dense(name, (widths[name],), (self.num_heads, size))
        self._add_dense("attention_output", (self.num_heads, self.value_dim), (self._width or query[-1],))

    def _add_dense(self, name: str, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> None:
        kernel = self.add_weight(
            name="kernel",
            shape=(*inputs, *outputs),
            initializer=_AsMatrix(self.kernel_initializer, (math.prod(inputs), math.prod(outputs))),
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.projections[name] = [kernel]
        if self.use_bias:
            bias = self.add_weight(
                name="bias",
                shape=outputs,
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
            self.projections[name].append(bias)
        for variable in self.projections[name]:
            variable.path = f"{self.name}/{name}/{variable.name}"

    def storage(self) -> dict[str, list[Variable]]:
        places = {f"{name.replace('attention_', '')}_dense": variables for name, variables in self.projections.items()}
        streams = [] if self.seed_generator is None else [self.seed_generator.state]
        return {"": [], **places, "_dropout_layer/seed_generator": streams}

    def check_input_shape(self, shape: Any) -> None:
        super().check_input_shape(shape)
        given = [tuple(one) for one in shape]
        fits = len(given) in (2, 3) and all(len(one) == 3 and one[-1] is not None for one in given)
        if not fits or len({one[1] for one in given[1:]}) != 1:
            raise ShapeError(
                f'layer "{self.name}" (MultiHeadAttention) received the shapes {given}; expected (batch, t, q), '
                "(batch, s, v) and perhaps (batch, s, k)"
            )

    # Passes.

    def __call__(  # type: ignore[override]
        self,
        query: Any,
        value: Any = None,
        key: Any = None,
        *,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """The result for a query and a value, and a key if it is another."""
        given = [array for array in (query, value, key) if array is not None]
        given = list(query) if len(given) == 1 and isinstance(query, (list, tuple)) else given
        masked = attention_mask is not None or use_causal_mask
        if not (masked or return_attention_scores):
            return super().__call__(*given, training=training)
        if is_symbolic(given):
            raise ConfigError(
                f'layer "{self.name}" was called with a mask or for its scores on symbolic tensors; expected arrays: '
                "a model's graph has neither"
            )
        x = self.as_batch(given)
        if not self.built:
            self.build([(None, *array.shape[1:]) for array in x])
        self.check_batch(x)
        mask = self._mask(x, attention_mask, use_causal_mask) if masked else None
        y, scores, _ = self._attend(x, bool(training), mask)
        return (y, scores) if return_attention_scores else y

    def _mask(self, x: list[Array], attention_mask: Any, causal: bool) -> Array:
        """Which places each place may see, as (batch or 1, 1, t, s)."""
        sizes = x[0].shape[1], x[1].shape[1]
        mask = np.ones(sizes, np.bool_) if attention_mask is None else np.asarray(attention_mask).astype(np.bool_)
        if mask.shape[-2:] != sizes or mask.ndim not in (2, 3):
            raise ShapeError(
                f'layer "{self.name}" received an attention_mask of shape {mask.shape}; expected (batch, *{sizes})'
            )
        mask = mask & np.tri(*sizes, dtype=np.bool_) if causal else mask
        return mask.reshape(-1, 1, *sizes)

    def forward(self, x: list[Array], training: bool = False) -> tuple[Array, Cache]:
        y, _, cache = self._attend(x, training, None)
        return y, cache

    def _attend(self, x: list[Array], training: bool, mask: Array | None) -> tuple[Array, Array, Cache]:
        query, value = x[:2]
        key = x[2] if len(x) == 3 else value
        heads, caches, watched = {}, {}, []
        for name, array in zip(_PROJECTIONS, (query, key, value), strict=True):
            projected, caches[name] = self._project(name, array, inputs=1)
            watched.append(projected)
            heads[name] = projected.reshape(*array.shape[:2], self.num_heads, -1).swapaxes(1, 2)
        keep = None
        if training and self.seed_generator is not None:
            shape = (len(query), self.num_heads, query.shape[1], value.shape[1])
            keep = ops.keep_mask(self.seed_generator.next(), shape=shape, rate=self.dropout)
        found, scores, attended = ops.attention(*heads.values(), mask=mask, keep=keep, rate=self.dropout)
        joined = np.ascontiguousarray(found.swapaxes(1, 2)).reshape(*query.shape[:2], -1)
        y, caches["attention_output"] = self._project("attention_output", joined, inputs=2)
        return y, scores, (caches, attended, len(x), watched if self.penalizes else None)

    def backward(self, dy: Array, cache: Cache) -> list[Array]:
        caches, attended, count, watched = cache
        djoined = self._project_backward("attention_output", dy, caches["attention_output"])
        dfound = djoined.reshape(*dy.shape[:2], self.num_heads, self.value_dim).swapaxes(1, 2)
        dx = {}
        for number, (name, dheads) in enumerate(
            zip(_PROJECTIONS, ops.attention_backward(dfound, attended), strict=True)
        ):
            dprojected = np.ascontiguousarray(dheads.swapaxes(1, 2))
            dprojected = dprojected.reshape(*dprojected.shape[:2], -1)
            if self.activity_regularizer is not None:
                dprojected = add_activity_gradient(self.activity_regularizer, dprojected, watched[number])
            dx[name] = self._project_backward(name, dprojected, caches[name])
        if count == 2:
            return [dx["query"], dx["value"] + dx["key"]]
        return [dx["query"], dx["value"], dx["key"]]

    def activity_penalty(self, cache: Cache) -> float:
        # The output is what the model that the layer stands in penalizes.
        watched = cache[-1]
        return 0.0 if self.activity_regularizer is None else activity_penalty(self.activity_regularizer, watched)

    def _project(self, name: str, x: Array, inputs: int) -> tuple[Array, Cache]:
        """x W + b, with the axes of W's inputs and outputs taken as one each."""
        kernel, *bias = (variable.value for variable in self.projections[name])
        matrix = kernel.reshape(math.prod(kernel.shape[:inputs]), -1)
        return ops.dense(x, matrix, bias[0].ravel() if bias else None)

    def _project_backward(self, name: str, dy: Array, cache: Cache) -> Array:
        dx, dkernel, dbias = ops.dense_backward(dy, cache)
        assert dx is not None, "it was asked for"
        for variable, gradient in zip(self.projections[name], (dkernel, dbias), strict=False):
            assert gradient is not None, "there is a gradient for every variable"
            variable.take_grad(gradient.reshape(variable.shape))
        return dx

    def compute_output_shape(self, input_shape: Any) -> Shape:
        query = input_shape[0]
        return (*query[:2], self._width or query[-1])

    def multiply_adds(self, input_shape: Any) -> int:
        (_, t, _), (_, s, _) = input_shape[:2]
        t, s = t or 1, s or 1
        places = {"query": t, "key": s, "value": s, "attention_output": t}
        projected = sum(places[name] * variables[0].size for name, variables in self.projections.items())
        return projected + self.num_heads * t * s * (self.key_dim + self.value_dim)

    def get_config(self) -> Config:
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "output_shape": self._width,
            "attention_axes": (1,),
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": serialize_regularizer(self.kernel_regularizer),
            "bias_regularizer": serialize_regularizer(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "seed": self.seed,
        }


class _AsMatrix(Initializer):
    """An initializer that sees all inputs as one axis and all outputs as another, so that its fans are right."""

    def __init__(self, initializer: Initializer, shape: tuple[int, int]) -> None:
        self._initializer = initializer
        self._shape = shape

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        return self._initializer(self._shape, dtype).reshape(tuple(shape))
