"""How neighbors in a model share a pass over their arrays; a layer works without any of this."""

from typing import Any, ClassVar

from vitral.typing import Array, Cache


class Sharing:
    """The part of `Layer` that says what may be done together with the layer before or behind."""

    keeps_values: ClassVar[bool] = False
    """Whether the output holds the input's values in the same order, in another shape."""

    passes: ClassVar[bool] = False
    """Whether `backward_fused` can go on through the activation that made the input."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not {"forward", "backward"}.isdisjoint(cls.__dict__):
            # What a class says about its passes does not hold for a subclass that writes them anew.
            for name in (
                "keeps_values",
                "passes",
                "output_activation",
                "absorbable",
                "absorbs",
                "forward_absorbing",
                "backward_fused",
            ):
                if name not in cls.__dict__:
                    setattr(cls, name, getattr(Sharing, name))

    def backward(self, dy: Any, cache: Cache) -> Any:
        """The gradient of the input; see `Layer`."""
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    @property
    def output_activation(self) -> str | None:
        """Name of the activation whose output is the layer's, as far as the output alone tells its derivative."""
        return None

    @property
    def absorbable(self) -> str | None:
        """Name of what the layer does, if a layer before it may do it: an activation, or "max_pool_2x2"."""
        return None

    @property
    def absorbs(self) -> tuple[str, ...]:
        """What `forward_absorbing` can do in place of the layer that follows."""
        return ()

    def forward_absorbing(self, x: Array, training: bool, following: str) -> tuple[Array, Cache]:
        """`forward`, then one of the things in `absorbs`; `backward` undoes both."""
        raise NotImplementedError(f"{type(self).__name__} absorbs no other layer")

    def backward_fused(self, dy: Any, cache: Cache, *, through_activation: bool, input_activation: str) -> Any:
        """`backward`, with the activations on both sides accounted for.

        With `through_activation=False`, `dy` is the gradient before the layer's own `output_activation`.
        `input_activation` is that of the layer that made the input, whose derivative is included in the result;
        "linear" unless this layer `passes`.
        """
        return self.backward(dy, cache)
