"""What a step must know of a model beside its values."""

from typing import NamedTuple, Self

from vitral.core.variable import Variable
from vitral.training.network import Network
from vitral.training.seam import Seam


class Plan(NamedTuple):
    """Decided once for many steps: it holds as long as nobody can have changed the model.

    Callbacks may. A layer, loss or metric that changes the model in the middle of an epoch is heard in the next one.
    """

    variables: list[Variable]
    """Those that the optimizer moves."""

    penalized: list[Variable]
    """Those of them that have a regularizer."""

    weights: list[Variable]
    """All that may have a gradient from the last step."""

    seams: list[Seam]
    """For each output, where its loss meets the layer that makes it."""

    behind: list[bool]
    """For each output, whether a pass goes through its last activation."""

    back_through: list[bool]
    """For each output, whether the pass back begins behind that activation."""

    mixes: bool
    """Whether layers may mix the samples' targets."""

    penalizes: bool
    """Whether layers may add to the loss."""

    @classmethod
    def of(cls, network: Network, seams: list[Seam]) -> Self:
        """The plan for a network as it is, with these seams."""
        variables = network.trainable_weights
        return cls(
            variables=variables,
            penalized=[variable for variable in variables if variable.regularizer is not None],
            weights=network.weights,
            seams=seams,
            behind=[seam is not Seam.BEFORE for seam in seams],
            back_through=[seam is Seam.BEHIND for seam in seams],
            mixes=network.may_mix,
            penalizes=network.may_penalize,
        )
