"""The base class of layers: it keeps the books, a subclass is only the formula."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from vitral import regularizers
from vitral.config import floatx
from vitral.core.configurable import only_default
from vitral.core.made import RemembersArguments
from vitral.core.naming import unique_name
from vitral.core.registry import Registry, arguments_of, unknown_name
from vitral.core.symbolic import Node
from vitral.core.tree import as_shapes, map_structure
from vitral.core.variable import Variable
from vitral.errors import ConfigError, ShapeError
from vitral.layers import drawn
from vitral.layers.activity import holds_penalties
from vitral.layers.called import Called
from vitral.layers.inner import layers_among, numbers
from vitral.layers.input_spec import check_spec
from vitral.layers.sharing import Sharing
from vitral.typing import Array, Cache, Config, Shape

AnyLayer = TypeVar("AnyLayer", bound="Layer")


def _remember_shape(build: Callable[[AnyLayer, Shape], None]) -> Callable[[AnyLayer, Shape], None]:
    """Wrap a `build` so that the base class knows what the layer was built for."""

    @functools.wraps(build)
    def wrapper(self: AnyLayer, input_shape: Shape) -> None:
        shape = as_shapes(input_shape)
        if self.built and self._weights:
            raise ConfigError(f'layer "{self.name}" is built already, for the shape {self._input_shape}')
        self.check_input_shape(shape)
        self.check_parts()
        known = self.variables if self.draws else []
        build(self, shape)
        self.built = True
        self._input_shape = shape
        if type(self).build is wrapper:
            self._finish_build(known)

    return wrapper


class Layer(Called, Sharing, RemembersArguments):
    """A function of its input with variables of its own, and the derivative of that function.

    A subclass writes `build` (creates the variables, once the input's shape is known), `forward`, `backward` and
    `get_config`. Shapes are tuples with the batch axis first, written None: (None, 28, 28, 1).

    `forward` returns its output and a cache; `backward` gets that cache back. Nothing of a pass is kept on the layer,
    so one layer can stand in several places of a network.

    A layer called on a symbolic tensor, such as `keras.Input` gives, returns the next one, and so draws the network.
    A layer with `several_inputs` gets lists: of shapes in `build`, of arrays in `forward`; `backward` returns a list.

    Where a function is made of other layers, a subclass has these as attributes and writes `call(inputs)`, or
    `call(inputs, training)`, in place of the passes. It is executed on symbolic tensors alone: the gradients are those
    of the layers. Several inputs are several arguments, or a list or a dictionary, as the layer is called on them.
    Raises ConfigError for a `call` that is not made of layers.

    `activity_regularizer` adds a penalty on the layer's output to the loss of the model that it stands in, the mean of
    those of the samples in a batch; its gradient joins that of the output before `backward`.

    `input_shape`, the shape of one sample, or `input_dim`, its length where it has one axis, may be given to the first
    layer of a model in place of an Input. Everything is of `config.floatx()`: any other `dtype` is refused, so there is
    nothing to cast by itself (`autocast`). Raises ConfigError for an argument that no class of the layer knows.

    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight(name="factor", shape=(), initializer="ones")
    ...     def forward(self, x, training=False):
    ...         return self.factor.value * x, x
    ...     def backward(self, dy, cache):
    ...         self.factor.add_grad((dy * cache).sum())
    ...         return self.factor.value * dy
    >>> layer = Scale()
    >>> layer(np.array([[1.0, 2.0]], np.float32))
    array([[1., 2.]], dtype=float32)
    >>> layer.output_shape, layer.count_params()
    ((None, 2), 1)
    >>> class Residual(Layer):
    ...     def __init__(self, inner, **options):
    ...         super().__init__(**options)
    ...         self.inner = inner
    ...     def call(self, x):
    ...         return x + self.inner(x)
    >>> Residual(Scale())(np.array([[1.0, 2.0]], np.float32))
    array([[2., 4.]], dtype=float32)
    """

    input_rank: int | None = None
    """Number of axes that the input must have, batch axis included; None if any will do."""

    def __init__(
        self,
        *,
        activity_regularizer: "str | Config | regularizers.Regularizer | None" = None,
        name: str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        input_shape: Sequence[int | None] | None = None,
        input_dim: int | None = None,
        **unknown: Any,
    ) -> None:
        for argument in unknown:
            raise unknown_name(f"argument of {type(self).__name__}", argument, sorted(arguments_of(type(self))))
        if input_dim is not None:
            input_shape = (input_dim,)
        super().__init__(name or unique_name(type(self).__name__), trainable)
        self._number = next(numbers)
        self._inner: list[Layer] | None = None
        self._drawing: drawn.Drawing | None = None
        only_default("dtype", _type_name(dtype), (None, floatx()), self.name)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        if isinstance(input_shape, int):
            raise ConfigError(
                f"{type(self).__name__}: input_shape is {input_shape}; expected the shape of one sample, "
                f"such as ({input_shape},)"
            )
        self.declared_input_shape: Shape | None = None if input_shape is None else (None, *input_shape)
        self.needs_input_gradient = True
        self.built = False
        self._input_shape: Any = None
        self.input_spec: Any = None
        """An InputSpec, or a list of them for several inputs, which the shapes of inputs must fit."""
        self._inbound_nodes: list[Node] = []

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.draws = hasattr(cls, "call") and cls.forward is Layer.forward
        if cls.draws:
            cls.unless_told = None
        if "call" in cls.__dict__ and not cls.draws and "forward" not in cls.__dict__:
            raise ConfigError(
                f"{cls.__name__} writes call, which nobody asks for: its base has a forward; expected forward and "
                "backward, or a class derived from Layer"
            )
        if "build" in cls.__dict__:
            setattr(cls, "build", _remember_shape(cls.build))  # noqa: B010  a plain assignment to a method is a type error

    # What a subclass writes.

    def build(self, input_shape: Any) -> None:
        """Create the variables for inputs of this shape; a layer without variables leaves this out."""
        shape = as_shapes(input_shape)
        self.check_input_shape(shape)
        self.check_parts()
        self.built = True
        self._input_shape = shape
        if type(self).build is Layer.build:
            self._finish_build(self.variables if self.draws else [])

    def _finish_build(self, known: Sequence[Variable]) -> None:
        """Draw what `call` says, now that all of the layers inside are there, and put the name before theirs.

        `known` are the variables that were there before.
        """
        self._inner = None
        if self.draws:
            self.drawing.graph_at(self._input_shape)
            self._name_inside(known)

    def _name_inside(self, known: Sequence[Variable]) -> None:
        for variable in set(self.variables).difference(known, self._weights):
            variable.path = f"{self.name}/{variable.path}"

    def forward(self, x: Any, training: bool = False) -> tuple[Any, Cache]:
        """The layer's output for a batch, and what `backward` will need."""
        if not self.draws:
            raise NotImplementedError(f"{type(self).__name__} has no forward")
        return drawn.forward(self.drawing, x, training)

    def backward(self, dy: Any, cache: Cache) -> Any:
        """Add the variables' gradients to them and return the gradient of the input.

        `dy` is the gradient of the loss with respect to the output. May return None if `needs_input_gradient` is
        False, which a model sets on its first layer.
        """
        if not self.draws:
            raise NotImplementedError(f"{type(self).__name__} has no backward")
        return drawn.backward(dy, cache, self.needs_input_gradient)

    def mixed_targets(self, targets: Array, cache: Cache) -> Array:
        """The targets of what `forward` made; other than before only where a layer mixes samples with each other."""
        return drawn.mixed_targets(targets, cache) if self.draws else targets

    def activity_penalty(self, cache: Cache) -> float:
        """What the layer, beside its activity regularizer, and the layers inside it add to the loss of a batch.

        A layer of one's own that adds something says so by `penalizes = True`, computes it here from what `forward`
        put into the cache, and adds its gradient in `backward`.

        >>> class PreferSmall(Layer):
        ...     penalizes = True
        ...     def forward(self, x, training=False):
        ...         return x, x
        ...     def activity_penalty(self, cache):
        ...         return 0.1 * np.square(cache).sum() / len(cache)
        ...     def backward(self, dy, cache):
        ...         return dy + 0.2 * cache / len(cache)
        """
        return drawn.activity_penalty(cache) if self.draws else 0.0

    @property
    def penalizes(self) -> bool:
        """Whether the layer, or one inside it, adds to the loss."""
        inside = self.inner_layers() if self.draws else ()
        return self.activity_regularizer is not None or any(layer.penalizes for layer in inside)

    def get_config(self) -> Config:
        """The arguments from which the layer can be built again; a subclass adds its own.

        For a class that has no `get_config`, they are those that its constructor was given, as in Keras. Raises
        ConfigError if one of these is no plain value.
        """
        config: Config = {"name": self.name, "trainable": self.trainable}
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        if type(self).get_config is not Layer.get_config:
            return config
        known = arguments_of(type(self))
        return {
            **{name: value for name, value in config.items() if name in known},
            **self._made.config(without=arguments_of(Layer)),
        }

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the output for an input of this shape; found by trying unless the layer knows better."""
        if not self.built:
            self.build(input_shape)
        shapes = as_shapes(input_shape)
        if self.draws:
            return self.drawing.graph_at(shapes).compute_output_shape(shapes)
        x = [self._sample(shape) for shape in shapes] if isinstance(shapes, list) else self._sample(shapes)
        result = self.forward(x, training=False)
        if not isinstance(result, tuple) or len(result) != 2:
            raise ConfigError(
                f"{type(self).__name__}.forward returned a {type(result).__name__}; expected the pair (output, cache)"
            )
        return map_structure(lambda y: (None, *y.shape[1:]), result[0])

    def _sample(self, shape: Shape) -> Array:
        return np.zeros((1, *map(int, _known(shape[1:], self.name))), floatx())

    def multiply_adds(self, input_shape: Any) -> int:
        """Multiplications with addition that one sample's forward pass takes (only matrix-like work is counted)."""
        return self.drawing.graph_at(as_shapes(input_shape)).multiply_adds(input_shape) if self.draws else 0

    # What the base class does.

    def inner_layers(self) -> Sequence["Layer"]:
        """The layers that are attributes of this one, or stand in lists and dictionaries that are."""
        if self._inner is not None:
            return self._inner
        found = layers_among(vars(self), Layer, self._number)
        if self.built:
            self._inner = found
        return found

    @property
    def awaits_build(self) -> bool:
        return not self.built and (self.draws or type(self).build is not Layer.build)

    def check_input_shape(self, shape: Any) -> None:
        """Raise ShapeError unless there are several inputs or one, as the layer takes, of `input_rank` axes, which fit
        its `input_spec`."""
        if self.input_spec is not None:
            check_spec(self.input_spec, shape, self.name)
        if not self.draws and isinstance(shape, list) != self.several_inputs:
            expected = (
                "a list of inputs" if self.several_inputs else "one input (a layer of more has several_inputs=True)"
            )
            raise ShapeError(
                f'layer "{self.name}" ({type(self).__name__}) received the shape {shape}; expected {expected}'
            )
        if self.input_rank is not None and len(shape) != self.input_rank:
            raise ShapeError(
                f'layer "{self.name}" ({type(self).__name__}) received an input of shape {shape}, '
                f"{len(shape)} axes; expected {self.input_rank}"
            )

    def check_parts(self) -> None:
        """Raise ConfigError if a layer inside has a penalty on its output, which its own passes would leave out."""
        if not self.draws and any(map(holds_penalties, vars(self).values())):
            raise ConfigError(
                f'a layer inside "{self.name}" ({type(self).__name__}) has an activity_regularizer; expected it on '
                f"the {type(self).__name__} itself"
            )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _type_name(dtype: Any) -> Any:
    """The name of a type, also from what Keras' files have in its place, a policy."""
    return dtype["config"]["name"] if isinstance(dtype, Mapping) else dtype


def _known(axes: Sequence[int | None], name: str) -> Sequence[int]:
    missing = [axis for axis in axes if axis is None]
    if missing:
        raise ShapeError(f'layer "{name}" received an input whose axes {tuple(axes)} are not all known')
    return [axis for axis in axes if axis is not None]


registry: Registry[Layer] = Registry("layer", "keras.layers", Layer)
