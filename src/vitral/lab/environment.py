"""Where a run was made: versions, machine, command and the digests of its data."""

import hashlib
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from vitral.config import num_threads
from vitral.lab.record import Environment
from vitral.ops.backends import compiled, instruction_set
from vitral.typing import Array


def describe_environment(*, command: Sequence[str], seed: int, data: Mapping[str, Array]) -> Environment:
    """The environment as it is now, with the digest of every array in `data`."""
    return Environment(
        vitral=version("vitral"),
        python=platform.python_version(),
        numpy=np.__version__,
        blas=_blas(),
        platform=platform.platform(),
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        threads=num_threads(),
        memory_bytes=_memory(),
        command=list(command),
        seed=seed,
        started=datetime.now().astimezone().isoformat(timespec="seconds"),
        data_digests={name: digest(array) for name, array in data.items()},
        instruction_set=instruction_set() if compiled() else None,
    )


def digest(array: Array) -> str:
    """SHA-256 of an array's type, shape and content."""
    found = hashlib.sha256(f"{array.dtype.str}{array.shape}".encode())
    found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()


def available_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def peak_memory() -> int | None:
    """The largest resident size that this process has had, in bytes; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _blas() -> str:
    config: Any = np.show_config(mode="dicts")
    found = config["Build Dependencies"].get("blas", {})
    return f"{found.get('name', 'unknown')} {found.get('version', '')}".strip()


def _cpu() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        for line in listing.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> int | None:
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None
