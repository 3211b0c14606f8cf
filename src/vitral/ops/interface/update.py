"""Updates: how an optimizer moves a variable w along its gradient g.

All change `variable` and the state arrays in place and leave `gradient` alone; all arrays of a call have one shape.
Variables and state are C-contiguous. Each argument may be a list instead, with an array for each of several variables:
one call then moves all of them, which takes less time. The formulas are Keras 3's.
"""

from vitral.ops.operation import operation
from vitral.typing import Arrays


@operation
def weight_decay_update(variable: Arrays, *, rate: float) -> None:
    """w -= rate w. Loshchilov & Hutter, "Decoupled weight decay regularization", ICLR 2019."""
    raise NotImplementedError


@operation
def sgd_update(variable: Arrays, gradient: Arrays, *, learning_rate: float) -> None:
    """w -= learning_rate g."""
    raise NotImplementedError


@operation
def momentum_update(
    variable: Arrays, gradient: Arrays, velocity: Arrays, *, learning_rate: float, momentum: float, nesterov: bool
) -> None:
    """v = momentum v - learning_rate g; w += v, or with Nesterov w += momentum v - learning_rate g.

    Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013.
    """
    raise NotImplementedError


@operation
def adagrad_update(
    variable: Arrays, gradient: Arrays, accumulator: Arrays, *, learning_rate: float, epsilon: float
) -> None:
    """s += g^2; w -= learning_rate g / sqrt(s + epsilon).

    Duchi et al., "Adaptive subgradient methods for online learning and stochastic optimization", JMLR 2011.
    """
    raise NotImplementedError


@operation
def rmsprop_update(
    variable: Arrays,
    gradient: Arrays,
    velocity: Arrays,
    momentums: Arrays | None,
    average: Arrays | None,
    *,
    learning_rate: float,
    rho: float,
    momentum: float,
    epsilon: float,
) -> None:
    """v = rho v + (1 - rho) g^2; w -= learning_rate g / sqrt(v + epsilon).

    Centered (`average` a is given): a = rho a + (1 - rho) g, and v - a^2 stands in the root instead of v. With
    momentum (`momentums` m is given): m = momentum m + the step above; w -= m. Tieleman & Hinton, Coursera lecture
    6.5, 2012; centered: Graves, "Generating sequences with recurrent neural networks", 2013.
    """
    raise NotImplementedError


@operation
def adadelta_update(
    variable: Arrays,
    gradient: Arrays,
    accumulated_gradient: Arrays,
    accumulated_step: Arrays,
    *,
    learning_rate: float,
    rho: float,
    epsilon: float,
) -> None:
    """s = rho s + (1 - rho) g^2; d = g sqrt(u + epsilon) / sqrt(s + epsilon); u = rho u + (1 - rho) d^2.

    w -= learning_rate d. Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
    """
    raise NotImplementedError


@operation
def adam_update(
    variable: Arrays,
    gradient: Arrays,
    momentum: Arrays,
    velocity: Arrays,
    highest_velocity: Arrays | None,
    *,
    step: int,
    learning_rate: float,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    """m = beta_1 m + (1 - beta_1) g; v = beta_2 v + (1 - beta_2) g^2; w -= alpha m / (sqrt(v) + epsilon).

    alpha = learning_rate sqrt(1 - beta_2^step) / (1 - beta_1^step), with steps counted from 1. AMSGrad
    (`highest_velocity` is given) divides by the highest v so far. Kingma & Ba, "Adam: a method for stochastic
    optimization", ICLR 2015 (the form before section 2.1); Reddi et al., "On the convergence of Adam and beyond",
    ICLR 2018.
    """
    raise NotImplementedError
