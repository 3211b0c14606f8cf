"""Versions and installed size of packages, in the interpreter that runs this: `python -m benchmarks.installed '{...}'`.

Bytecode caches are not counted, since they come and go.
"""

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution, packages_distributions
from importlib.util import find_spec
from pathlib import Path


def installed(imports: list[str]) -> dict[str, object]:
    """{"versions": of the distributions that hold these packages, "size_bytes": with all that they need}."""
    names = packages_distributions()
    roots = {package: found for package in imports for found in _distributions(names.get(package, [package])[0])}
    files = {path for found in _with_dependencies(list(roots.values())) for path in _files(found)}
    for package, found in roots.items():
        if _is_editable(found):
            files |= _source_files(package)
    return {
        "versions": {found.name: found.version for found in roots.values()},
        "size_bytes": sum(path.stat().st_size for path in files),
    }


def required_names(requirements: list[str]) -> list[str]:
    """Names of what is needed without any extra."""
    needed = (text for text in requirements if not re.search(r";.*\bextra\b", text))
    return [match.group() for text in needed if (match := re.match(r"[\w.-]+", text))]


def _with_dependencies(roots: list[Distribution]) -> list[Distribution]:
    found, waiting = {}, list(roots)
    while waiting:
        one = waiting.pop()
        if one.name in found:
            continue
        found[one.name] = one
        for name in required_names(one.requires or []):
            waiting += _distributions(name)
    return list(found.values())


def _distributions(name: str) -> list[Distribution]:
    """The distribution of that name; none if it is not installed, such as one that another system would need."""
    try:
        return [distribution(name)]
    except PackageNotFoundError:
        return []


def _files(found: Distribution) -> set[Path]:
    paths = (Path(str(found.locate_file(file))) for file in found.files or ())
    return {path.resolve() for path in paths if path.suffix != ".pyc" and path.is_file()}


def _is_editable(found: Distribution) -> bool:
    origin = json.loads(found.read_text("direct_url.json") or "{}")
    return bool(origin.get("dir_info", {}).get("editable"))


def _source_files(package: str) -> set[Path]:
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    found = (path for place in places or () for path in Path(place).rglob("*"))
    return {path.resolve() for path in found if path.is_file() and path.suffix != ".pyc"}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(installed(json.loads(sys.argv[1])["imports"])) + "\n")
