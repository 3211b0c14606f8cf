"""The base of layers that are made of other layers."""

from collections.abc import Mapping, Sequence

from vitral.core.variable import Variable
from vitral.layers.layer import Layer


class Composite(Layer):
    """Base of layers whose variables belong to other layers, which `parts` names as Keras does."""

    @property
    def parts(self) -> Mapping[str, Layer]:
        """The layers inside by the names of their attributes, in the order of their weights."""
        raise NotImplementedError(f"{type(self).__name__} has no parts")

    def inner_layers(self) -> Sequence[Layer]:
        return list(self.parts.values())

    @property
    def weights(self) -> list[Variable]:
        return [variable for part in self.parts.values() for variable in part.weights]

    @property
    def trainable_weights(self) -> list[Variable]:
        if not self.trainable:
            return []
        return [variable for part in self.parts.values() for variable in part.trainable_weights]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        changed = {id(variable) for variable in self.trainable_weights}
        return [variable for variable in self.weights if id(variable) not in changed]

    @property
    def variables(self) -> list[Variable]:
        inner = [variable for part in self.parts.values() for variable in part.variables]
        # The weights first, then the positions of the random streams, as in every layer.
        weights = {id(variable) for variable in self.weights}
        return self.weights + [variable for variable in inner if id(variable) not in weights]

    def storage(self) -> dict[str, list[Variable]]:
        places: dict[str, list[Variable]] = {"": []}
        for name, part in self.parts.items():
            places |= {f"{name}/{inner}".rstrip("/"): variables for inner, variables in part.storage().items()}
        return places
