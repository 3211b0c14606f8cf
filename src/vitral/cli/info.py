"""`vitral info`: versions, machine, backends and folders."""

import textwrap

import click

from vitral.cli.output import block, echo_json, json_option

_EXTRAS = ("scikit-learn", "matplotlib", "jinja2", "pillow", "h5py", "tomli-w")


@click.command()
@json_option
def info(as_json: bool) -> None:
    """Versions, cores, and which parts of Vitral are installed."""
    from vitral.config import num_threads
    from vitral.datasets import cache
    from vitral.lab.environment import available_cores, describe_environment

    here = describe_environment(command=[], seed=0, data={})
    kernels, instruction_set = _kernels()
    threads = num_threads() if instruction_set else None
    by_backend = _operations()
    extras = {package: _version(package) for package in _EXTRAS}
    if as_json:
        facts = {
            key: getattr(here, key)
            for key in ("vitral", "python", "numpy", "blas", "platform", "cpu", "cores", "threads", "memory_bytes")
        }
        facts["kernels"] = {"state": kernels, "instruction_set": instruction_set, "threads": threads}
        echo_json({**facts, "operations": by_backend, "extras": extras, "data": str(cache.cache_dir())})
        return
    rows = [
        ("Vitral", here.vitral),
        ("Python", here.python),
        ("NumPy", f"{here.numpy} with {here.blas}"),
        ("Platform", here.platform),
        ("Processor", f"{here.cpu}, {available_cores()} of {here.cores} cores usable"),
        ("Kernels", f"{instruction_set}, threads: {threads}" if instruction_set else f"none: {kernels}"),
        *(("Operations" if number == 0 else "", line) for number, line in enumerate(_operation_lines(by_backend))),
        *(
            ("Lab packages" if number == 0 else "", f"{package} {version or 'not installed'}")
            for number, (package, version) in enumerate(extras.items())
        ),
        ("Data cache", str(cache.cache_dir())),
    ]
    click.echo(block(rows, indent=0))


def _kernels() -> tuple[str, str | None]:
    """What can be said of the compiled kernels, and the instruction set that they use."""
    import warnings

    from vitral.ops.backends import compiled, instruction_set

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # that there are none is what this command prints
        found = instruction_set()
    if found:
        return "in use", found
    return "left out by VITRAL_BACKEND=reference" if compiled() else "compiled without kernels", None


def _operations() -> dict[str, list[str]]:
    """Names of the operations that each backend carries out."""
    from vitral import ops

    by_backend: dict[str, list[str]] = {}
    for name, operation in sorted(ops.operations.items()):
        by_backend.setdefault(operation.backend, []).append(name)
    return dict(sorted(by_backend.items()))


def _operation_lines(by_backend: dict[str, list[str]]) -> list[str]:
    """How many are compiled, and which are not; a gradient goes without saying where its operation is named."""
    from vitral.ops.backends import NATIVE, REFERENCE

    native, reference = (by_backend.get(backend, []) for backend in (NATIVE, REFERENCE))
    if not native:
        return [f"{len(reference)} by the reference in NumPy"]
    lines = [f"{len(native)} by compiled kernels"]
    if reference:
        gradients = {f"{name}_backward" for name in reference}
        names = [name for name in reference if name not in gradients]
        lines += textwrap.wrap(f"{len(reference)} by the reference in NumPy: {', '.join(names)}", 76)
    return lines


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None
