"""Recurrent layers through a whole sequence, in NumPy."""

import numpy as np

from vitral.ops.reference.activation import sigmoid
from vitral.typing import Array, Cache


def lstm(p: Array, kernel: Array, h: Array, c: Array) -> tuple[Array, Array, Cache]:
    outputs, steps = [h], []
    for share in p:
        z = share + h @ kernel
        i, f, g, o = np.split(z, 4, axis=1)
        i, f, o = (sigmoid(gate)[0] for gate in (i, f, o))
        g = np.tanh(g)
        before, c = c, f * c + i * g
        a = np.tanh(c)
        h = o * a
        outputs.append(h)
        steps.append((before, i, f, g, o, a))
    return np.stack(outputs[1:]), c, (kernel, outputs, steps)


def lstm_backward(
    dy: Array, cache: Cache, *, dlast_h: Array | None = None, dlast_c: Array | None = None
) -> tuple[Array, Array, Array, Array]:
    kernel, outputs, steps = cache
    dkernel, dps = np.zeros_like(kernel), []
    dnew, dc = (np.zeros_like(outputs[0]) if given is None else given for given in (dlast_h, dlast_c))
    for t in reversed(range(len(steps))):
        c, i, f, g, o, a = steps[t]
        dnew = dnew + dy[t]
        dc = dc + dnew * o * (1 - a * a)
        dz = np.concatenate(
            [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g * g), dnew * a * o * (1 - o)], axis=1
        )
        dps.append(dz)
        dkernel += outputs[t].T @ dz
        dnew, dc = dz @ kernel.T, dc * f
    return np.stack(dps[::-1]), dkernel, dnew, dc


def gru(p: Array, kernel: Array, bias: Array | None, h: Array) -> tuple[Array, Cache]:
    outputs, steps = [h], []
    for share in p:
        q = h @ kernel if bias is None else h @ kernel + bias
        (pz, pr, pc), (qz, qr, qc) = np.split(share, 3, axis=1), np.split(q, 3, axis=1)
        z, r = sigmoid(pz + qz)[0], sigmoid(pr + qr)[0]
        c = np.tanh(pc + r * qc)
        h = z * h + (1 - z) * c
        outputs.append(h)
        steps.append((z, r, c, qc))
    return np.stack(outputs[1:]), (kernel, bias is not None, outputs, steps)


def gru_backward(dy: Array, cache: Cache, *, dlast_h: Array | None = None) -> tuple[Array, Array, Array | None, Array]:
    kernel, has_bias, outputs, steps = cache
    dkernel, dbias, dps = np.zeros_like(kernel), np.zeros(kernel.shape[1], kernel.dtype), []
    dnew = np.zeros_like(outputs[0]) if dlast_h is None else dlast_h
    for t in reversed(range(len(steps))):
        h, (z, r, c, q) = outputs[t], steps[t]
        dnew = dnew + dy[t]
        dc = dnew * (1 - z) * (1 - c * c)
        dgates = np.concatenate([dnew * (h - c) * z * (1 - z), dc * q * r * (1 - r)], axis=1)
        dps.append(np.concatenate([dgates, dc], axis=1))
        dq = np.concatenate([dgates, dc * r], axis=1)
        dkernel += h.T @ dq
        dbias += dq.sum(axis=0)
        dnew = dnew * z + dq @ kernel.T
    return np.stack(dps[::-1]), dkernel, dbias if has_bias else None, dnew
