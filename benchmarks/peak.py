"""What the machine can do: the fastest matrix product, and the fastest copy."""

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

_SIDE = 2048
_COPIED = 256 * 2**20


def gemm_peak(seconds: float) -> tuple[float, str]:
    """GFLOP/s of a float32 matrix product on all threads, the best of that many seconds; and whose product it was."""
    try:
        from vitral import _native
    except ImportError:
        pass
    else:
        if hasattr(_native, "gemm_peak"):
            return float(_native.gemm_peak(seconds)), "Vitral's own matrix product"
    a, b = (np.ones((_SIDE, _SIDE), np.float32) for _ in range(2))
    best = best_time(lambda: np.matmul(a, b), seconds)
    return 2 * _SIDE**3 / best / 1e9, f"NumPy's product of {_SIDE}x{_SIDE} matrices"


def copy_bandwidth(seconds: float, threads: int) -> float:
    """GB/s of copying arrays that fit into no cache, read and written bytes added up."""
    parts = [np.ones(_COPIED // threads, np.uint8) for _ in range(threads)]
    copies = [np.zeros_like(part) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        best = best_time(lambda: list(pool.map(np.copyto, copies, parts)), seconds)
    return 2 * _COPIED / best / 1e9


def best_time(call: Callable[[], object], seconds: float) -> float:
    """Seconds of the quickest of all calls within that many seconds; a first one is not counted."""
    call()
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


if __name__ == "__main__":
    peak, source = gemm_peak(json.loads(sys.argv[1])["seconds"])
    sys.stdout.write(json.dumps({"gflops": peak, "source": source}) + "\n")
