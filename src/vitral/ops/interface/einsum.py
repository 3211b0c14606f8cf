"""Sums of products over any axes, in Einstein's notation."""

from vitral.ops.operation import operation
from vitral.typing import Array, Cache


@operation
def einsum_dense(
    x: Array, kernel: Array, bias: Array | None, *, equation: str, activation: str = "linear"
) -> tuple[Array, Cache]:
    """y = activation(z + b), with z the sums of products that `equation` names, such as "abc,cd->abd": z_abd = sum over
    c of x_abc W_cd.

    Each axis of x, of the kernel W and of y has a letter, no two of one array the same; letters that are not in y are
    summed over, and all of W's are in x or in y. The bias b can be broadcast to y, or is None.
    """
    raise NotImplementedError


@operation
def einsum_dense_backward(
    dy: Array,
    cache: Cache,
    *,
    through_activation: bool = True,
    input_gradient: bool = True,
    input_activation: str = "linear",
) -> tuple[Array | None, Array, Array | None]:
    """Gradients (dx, dW, db), as for `dense`.

    dx_abc = sum over d of dz_abd W_cd, dW_cd = sum over a, b of x_abc dz_abd, by the equation with its parts exchanged.
    db sums dz over all axes along which b was broadcast.
    """
    raise NotImplementedError
