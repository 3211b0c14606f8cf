"""`vitral info`: versions, machine, backends and folders."""

import click

from vitral.cli.output import block, echo_json, json_option

_EXTRAS = ("scikit-learn", "matplotlib", "jinja2", "pillow", "h5py", "tomli-w")


@click.command()
@json_option
def info(as_json: bool) -> None:
    """Versions, cores, and which parts of Vitral are installed."""
    from vitral import ops
    from vitral.datasets import cache
    from vitral.lab.environment import describe_environment

    here = describe_environment(command=[], seed=0, data={})
    backends = {operation.backend for operation in ops.operations.values()}
    by_backend = {
        backend: sorted(name for name, operation in ops.operations.items() if operation.backend == backend)
        for backend in sorted(backends)
    }
    extras = {package: _version(package) for package in _EXTRAS}
    if as_json:
        facts = {
            key: getattr(here, key)
            for key in ("vitral", "python", "numpy", "blas", "platform", "cpu", "cores", "threads", "memory_bytes")
        }
        echo_json({**facts, "operations": by_backend, "extras": extras, "data": str(cache.cache_dir())})
        return
    rows = [
        ("Vitral", here.vitral),
        ("Python", here.python),
        ("NumPy", f"{here.numpy} with {here.blas}"),
        ("Platform", here.platform),
        ("Processor", f"{here.cpu}, {here.threads} of {here.cores} cores usable"),
        *(
            ("Operations" if number == 0 else "", f"{len(names)} by {backend}")
            for number, (backend, names) in enumerate(by_backend.items())
        ),
        *(
            ("Lab packages" if number == 0 else "", f"{package} {version or 'not installed'}")
            for number, (package, version) in enumerate(extras.items())
        ),
        ("Data cache", str(cache.cache_dir())),
    ]
    click.echo(block(rows, indent=0))


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None
