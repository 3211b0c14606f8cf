"""Layers one after the other: how neighbors share a pass over their arrays."""

from typing import Any

from vitral.layers import Layer
from vitral.layers.activity import Watched, add_activity_gradient, watched_penalty
from vitral.typing import Array, Cache


class Chain:
    """A run of layers, each fed with the output of the one before and with nothing else.

    With `through_activation=False`, a pass forward stops before the last layer's activation and a pass back begins
    there. `last_alone` keeps the last layer's work apart from the others', so that this is possible.
    """

    def __init__(self, layers: list[Layer], last_alone: bool = True) -> None:
        self.layers = layers
        self.last_alone = last_alone

    @property
    def learns(self) -> bool:
        """Whether training changes anything here."""
        return any(layer.trainable_weights for layer in self.layers)

    def forward(self, x: Any, training: bool = False, through_activation: bool = True) -> tuple[Any, Cache]:
        """The output for a batch, and what `backward` will need."""
        caches: list[Cache] = []
        last = len(self.layers) - 1
        absorbable_end = last if self.last_alone else last + 1
        for position, layer in enumerate(self.layers):
            if len(caches) > position:
                continue  # the layer before has done this one's work
            if not through_activation and position == last:
                x, cache = layer.forward_preactivation(x, training)  # type: ignore[attr-defined]
            elif position + 1 < absorbable_end and (following := self._absorbed_by(layer, position + 1)) is not None:
                x, cache = layer.forward_absorbing(x, training, following)
                caches.append(cache)
                cache = _ABSORBED
            else:
                x, cache = layer.forward(x, training)
            caches.append(cache if layer.activity_regularizer is None else Watched(cache, x))
        return x, caches

    def backward(self, dy: Any, caches: Cache, *, input_gradient: bool, through_activation: bool = True) -> Any:
        """Carry the gradient of the output back through all layers that have something to learn.

        Returns the gradient of the input if `input_gradient`, else None.
        """
        gradient: Any = dy
        first = 0 if input_gradient else self._first_that_learns()
        last = len(self.layers) - 1
        # The layer before whose activation the gradient is known already, if any.
        known_before = None if through_activation else last
        for position in range(last, first - 1, -1):
            layer, cache = self.layers[position], caches[position]
            layer.needs_input_gradient = input_gradient or position > first
            assert gradient is not None, "only the first layer that learns may keep its input's gradient to itself"
            if cache is _ABSORBED:
                continue
            if layer.activity_regularizer is not None:
                gradient = add_activity_gradient(layer.activity_regularizer, gradient, cache.output)
                cache = cache.inner
            if position == known_before and not layer.passes:
                gradient = layer.backward_preactivation(gradient, cache)  # type: ignore[attr-defined]
                continue
            maker = self._maker_of_input(position, first, caches) if layer.passes else None
            activation = None if maker is None else self.layers[maker].output_activation
            gradient = layer.backward_fused(
                gradient,
                cache,
                through_activation=position != known_before,
                input_activation=activation or "linear",
            )
            if activation is not None:
                known_before = maker
        return gradient if input_gradient else None

    def mixed_targets(self, targets: Array, caches: Cache) -> Array:
        """The targets of the samples as the layers mixed them."""
        for layer, cache in zip(self.layers, caches, strict=True):
            targets = layer.mixed_targets(targets, _inner(cache))
        return targets

    @property
    def penalizes(self) -> bool:
        """Whether some output of a layer adds to the loss."""
        return any(layer.penalizes for layer in self.layers)

    def activity_penalty(self, caches: Cache) -> float:
        """What the layers' outputs add to the loss."""
        return sum(watched_penalty(layer, cache) for layer, cache in zip(self.layers, caches, strict=True))

    def _absorbed_by(self, layer: Layer, position: int) -> str | None:
        """What the layer can do in place of the next one, at `position`, unless a penalty must see what is between."""
        following = self.layers[position]
        absorbable = following.absorbable
        if absorbable not in layer.absorbs or layer.activity_regularizer or following.activity_regularizer:
            return None
        return absorbable

    def _maker_of_input(self, position: int, first: int, caches: Cache) -> int | None:
        """The layer that made the values that this one receives, if it is one that `backward` will reach."""
        for below in range(position - 1, first - 1, -1):
            if self.layers[below].activity_regularizer is not None:
                return None  # the penalty's gradient joins behind the activation
            if not self.layers[below].keeps_values and caches[below] is not _ABSORBED:
                return below
        return None

    def _first_that_learns(self) -> int:
        learns = (bool(layer.trainable_weights) for layer in self.layers)
        return next((position for position, does in enumerate(learns) if does), len(self.layers))


_ABSORBED: Any = object()
"""Stands for the cache of a layer whose work the one before has done."""


def _inner(cache: Cache) -> Cache:
    """What the layer itself put into the cache."""
    return cache.inner if isinstance(cache, Watched) else cache
