"""The libraries that are compared, and the modes in which each of them runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.workloads import Workload

MALLOC = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(2**34)}
"""glibc maps and unmaps every large block anew; with these it keeps the memory that it has once got."""


@dataclass(frozen=True)
class Library:
    """A library, as it is imported and installed."""

    name: str
    imports: tuple[str, ...]
    """The packages to import; with what they need they make up the installed size."""
    statement: str
    """What a training program has to import."""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Peer:
    """A library in one of its modes; `adapter` is a module of this package with `prepare(workload, **options)`."""

    name: str
    library: Library
    adapter: str
    options: Mapping[str, bool] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    dense_only: bool = False
    """It can be nothing but a stack of dense layers, and only be trained step by step."""
    images_only: bool = False
    """On dense layers this mode is no different from the library's plain one."""

    def takes(self, workload: Workload) -> bool:
        """Whether the workload means anything to this peer."""
        if workload.net.is_dense:
            return not self.images_only and (workload.kind == "train" or not self.dense_only)
        return not self.dense_only


VITRAL = Library("vitral", ("vitral",), "from vitral import Sequential, layers, losses, optimizers")
_TORCH = Library("torch", ("torch",), "import torch")
_SKLEARN = Library("sklearn", ("sklearn",), "from sklearn.neural_network import MLPClassifier")


def _keras_on(backend: str) -> Library:
    return Library(f"keras-{backend}", ("keras", backend), "import keras", {"KERAS_BACKEND": backend})


def _torch_modes() -> list[Peer]:
    modes: list[tuple[str, dict[str, bool]]] = [
        ("contiguous", {}),
        ("channels-last", {"channels_last": True}),
        ("compile", {"compiled": True}),
    ]
    return [
        Peer(f"torch-{mode}{ending}", _TORCH, "pytorch", options, malloc, images_only=mode == "channels-last")
        for ending, malloc in (("", {}), ("-malloc", MALLOC))
        for mode, options in modes
    ]


PEERS = (
    Peer("vitral", VITRAL, "vitral"),
    *_torch_modes(),
    *(Peer(library.name, library, "keras") for library in map(_keras_on, ("tensorflow", "jax", "torch"))),
    Peer("sklearn", _SKLEARN, "scikit_learn", dense_only=True),
)


def peer_by_name(name: str) -> Peer:
    """The peer of that name."""
    (found,) = (peer for peer in PEERS if peer.name == name)
    return found


def thread_settings(threads: int) -> dict[str, str]:
    """Environment variables that give every library the same number of threads; NPROC is what XLA reads."""
    names = (
        *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VITRAL_NUM_THREADS"),
        *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "NPROC"),
    )
    return dict.fromkeys(names, str(threads))
