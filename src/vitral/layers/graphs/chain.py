"""Layers one after the other: how neighbors share a pass over their arrays."""

from typing import Any

from vitral.layers.activity import activity_penalty, add_activity_gradient
from vitral.layers.layer import Layer
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

    def forward(self, x: Any, training: bool | None = False, through_activation: bool = True) -> tuple[Any, Cache]:
        """The output for a batch, and what `backward` will need. Where `training` is None, each layer decides.

        That is for each layer its own cache, its output if there is a penalty on it, and the position of the layer that
        made the values that this one received, if the two may go back through that layer's activation together.
        """
        caches: list[tuple[Cache, Any, int | None]] = []
        last = len(self.layers) - 1
        maker: int | None = None
        for position, layer in enumerate(self.layers):
            if len(caches) > position:
                continue  # the layer before has done this one's work
            absorbed = None
            its = layer.unless_told if training is None else training
            if not through_activation and position == last:
                x, cache = layer.forward_preactivation(x, its)  # type: ignore[attr-defined]
            elif layer.absorbs and (absorbed := self._absorbed_by(layer, position + 1)) is not None:
                x, cache = layer.forward_absorbing(x, its, absorbed)
            else:
                x, cache = layer.forward(x, its)
            if layer.activity_regularizer is not None:
                caches.append((cache, x, maker))
                maker = None  # the penalty's gradient joins behind the activation
                continue
            caches.append((cache, None, maker))
            if absorbed is not None:
                caches.append(_ABSORBED)
            if not layer.keeps_values:
                maker = position
        return x, caches

    def backward(self, dy: Any, caches: Cache, *, input_gradient: bool, through_activation: bool = True) -> Any:
        """Carry the gradient of the output back through all layers that have something to learn.

        Returns the gradient of the input if `input_gradient`, else None.
        """
        gradient: Any = dy
        layers = self.layers
        first = 0 if input_gradient else self._first_that_learns()
        last = len(layers) - 1
        # The layer before whose activation the gradient is known already, if any.
        known_before = None if through_activation else last
        for position in range(last, first - 1, -1):
            if caches[position] is _ABSORBED:
                continue
            layer, (cache, output, maker) = layers[position], caches[position]
            layer.needs_input_gradient = input_gradient or position > first
            assert gradient is not None, "only the first layer that learns may keep its input's gradient to itself"
            if layer.activity_regularizer is not None:
                gradient = add_activity_gradient(layer.activity_regularizer, gradient, output)
            through = position != known_before
            activation = None
            if not layer.passes:
                if not through:
                    gradient = layer.backward_preactivation(gradient, cache)  # type: ignore[attr-defined]
                    continue
            elif maker is not None and maker >= first:
                activation = layers[maker].output_activation
            gradient = layer.backward_fused(
                gradient, cache, through_activation=through, input_activation=activation or "linear"
            )
            if activation is not None:
                known_before = maker
        return gradient if input_gradient else None

    def mixed_targets(self, targets: Array, caches: Cache) -> Array:
        """The targets of the samples as the layers mixed them."""
        for layer, (cache, _, _) in zip(self.layers, caches, strict=True):
            targets = layer.mixed_targets(targets, cache)
        return targets

    @property
    def penalizes(self) -> bool:
        """Whether some output of a layer adds to the loss."""
        return any(layer.penalizes for layer in self.layers)

    @property
    def may_penalize(self) -> bool:
        """Whether `activity_penalty` can be other than 0."""
        return any(
            layer.penalizes or type(layer).activity_penalty is not Layer.activity_penalty for layer in self.layers
        )

    @property
    def may_mix(self) -> bool:
        """Whether `mixed_targets` can return other targets."""
        return any(layer.draws or type(layer).mixed_targets is not Layer.mixed_targets for layer in self.layers)

    def activity_penalty(self, caches: Cache) -> float:
        """What the layers' outputs add to the loss."""
        total = 0.0
        for layer, (cache, output, _) in zip(self.layers, caches, strict=True):
            if layer.activity_regularizer is not None:
                total += activity_penalty(layer.activity_regularizer, output)
            total += layer.activity_penalty(cache)
        return total

    def _absorbed_by(self, layer: Layer, position: int) -> str | None:
        """What the layer can do in place of the next one, at `position`, unless a penalty must see what is between."""
        if position >= len(self.layers) - self.last_alone:
            return None
        following = self.layers[position]
        absorbable = following.absorbable
        if absorbable not in layer.absorbs or layer.activity_regularizer or following.activity_regularizer:
            return None
        return absorbable

    def _first_that_learns(self) -> int:
        learns = (bool(layer.trainable_weights) for layer in self.layers)
        return next((position for position, does in enumerate(learns) if does), len(self.layers))


_ABSORBED: Any = (None, None, None)
"""Stands for what is kept of a layer whose work the one before has done."""
