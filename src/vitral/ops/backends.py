"""Which packages carry out operations: the compiled kernels if they are there, and the reference.

`VITRAL_BACKEND=reference` leaves the kernels out; `VITRAL_ISA` names the instruction set that they use: baseline, avx2
or avx512. Unless `vitral.set_num_threads` or `VITRAL_NUM_THREADS` says otherwise they use every core that the process
may use.
"""

import functools
import os
import warnings

from vitral.config import num_threads
from vitral.errors import ConfigError

REFERENCE = "vitral.ops.reference"
NATIVE = "vitral.ops.native"

WITHOUT_KERNELS = (
    "Vitral was installed without its compiled kernels and computes with NumPy, many times slower: "
    "install a C++ compiler, then Vitral again"
)


@functools.cache
def backends() -> tuple[str, ...]:
    """The packages, the preferred one first; raises ConfigError for settings that cannot be met.

    Warns, once, where the kernels were not compiled.
    """
    wanted = os.environ.get("VITRAL_BACKEND", "native")
    if wanted not in ("native", "reference"):
        raise ConfigError(f"VITRAL_BACKEND is {wanted!r}; expected 'native' or 'reference'")
    if wanted == "reference":
        return (REFERENCE,)
    try:
        from vitral import _native
    except ImportError:
        warnings.warn(WITHOUT_KERNELS, RuntimeWarning, stacklevel=4)
        return (REFERENCE,)
    name = os.environ.get("VITRAL_ISA")
    if name and not _native.choose_instruction_set(name):
        raise ConfigError(
            f"VITRAL_ISA is {name!r}; expected 'baseline', 'avx2' or 'avx512', as far as this processor has it"
        )
    _native.set_threads(num_threads())
    return (NATIVE, REFERENCE)


def compiled() -> bool:
    """Whether the kernels were compiled when Vitral was installed, used or not."""
    try:
        from vitral import _native  # noqa: F401
    except ImportError:
        return False
    return True


def instruction_set() -> str | None:
    """Name of the instruction set that the kernels use; None where the reference does all the work."""
    if NATIVE not in backends():
        return None
    from vitral import _native

    name: str = _native.instruction_set()
    return name
