"""Further updates of a variable w along its gradient g; what `update` says of arrays holds here too."""

from vitral.ops.operation import operation
from vitral.typing import Array


@operation
def adamax_update(
    variable: Array,
    gradient: Array,
    momentum: Array,
    norm: Array,
    *,
    step: int,
    learning_rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    """m = beta_1 m + (1 - beta_1) g; u = max(beta_2 u, |g|); w -= alpha m / (u + epsilon).

    alpha = learning_rate / (1 - beta_1^step), with steps counted from 1. Kingma & Ba, ICLR 2015, section 7.1.
    """
    raise NotImplementedError


@operation
def nadam_update(
    variable: Array,
    gradient: Array,
    momentum: Array,
    velocity: Array,
    *,
    step: int,
    learning_rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    product: float,
) -> None:
    """Adam with Nesterov's look ahead: w -= learning_rate m' / (sqrt(v / (1 - beta_2^step)) + epsilon).

    m and v are Adam's; m' = u_next m / (1 - product u_next) + (1 - u) g / (1 - product), where
    u = beta_1 (1 - 0.96^step / 2), u_next is that of the next step, and `product` the product of all u so far. Dozat,
    "Incorporating Nesterov momentum into Adam", 2016.
    """
    raise NotImplementedError


@operation
def lion_update(
    variable: Array, gradient: Array, momentum: Array, *, learning_rate: float, beta_1: float, beta_2: float
) -> None:
    """w -= learning_rate sign(beta_1 m + (1 - beta_1) g); m = beta_2 m + (1 - beta_2) g.

    Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023.
    """
    raise NotImplementedError


@operation
def ftrl_update(
    variable: Array,
    gradient: Array,
    accumulator: Array,
    linear: Array,
    *,
    learning_rate: float,
    power: float,
    l1: float,
    l2: float,
    shrinkage: float,
) -> None:
    """z += g + 2 shrinkage w - (n'^-power - n^-power) w / learning_rate, where n' = n + g^2 takes the place of n.

    w = 0 where |z| <= l1, else (sign(z) l1 - z) / (n'^-power / learning_rate + 2 l2). McMahan et al., "Ad click
    prediction: a view from the trenches", KDD 2013, whose learning rate is power = -1/2.
    """
    raise NotImplementedError


@operation
def schedule_free_update(
    variable: Array,
    gradient: Array,
    momentum: Array,
    velocity: Array,
    *,
    step: int,
    learning_rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    """z -= learning_rate g / (sqrt(v / (1 - beta_2^step)) + epsilon), with Adam's v and z for `momentum`.

    w stands between z and the mean x of all z: w = (1 - beta_1) z + beta_1 x, with steps counted from 1. Defazio et
    al., "The road less scheduled", NeurIPS 2024.
    """
    raise NotImplementedError


@operation
def muon_update(
    variable: Array,
    gradient: Array,
    momentum: Array,
    *,
    learning_rate: float,
    decay: float,
    nesterov: bool,
    steps: int,
    coefficients: tuple[float, float, float],
) -> None:
    """m = decay m + g; w -= learning_rate O(m), or with Nesterov O(g + decay m), for matrices.

    O makes a matrix almost orthogonal: x / |x|, then `steps` times x = a x + (b s + c s^2) x with s = x x^T, on the
    side that is shorter. Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024.
    """
    raise NotImplementedError
