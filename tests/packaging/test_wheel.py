"""The wheel holds everything that Vitral needs at run time, and nothing else.

Built without compiling, as where there is no compiler; that the kernels are there is shown by their being used.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The paths inside a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    program = (
        f"from scikit_build_core.build import build_wheel; build_wheel({str(folder)!r}, {{'wheel.cmake': 'false'}})"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return zipfile.ZipFile(wheel).namelist()


def test_wheel_holds_every_file_of_the_package(names: list[str]) -> None:
    source = ROOT / "src"
    expected = {
        path.relative_to(source).as_posix()
        for path in (source / "vitral").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".so"
    }
    assert expected == {name for name in names if ".dist-info/" not in name}


@pytest.mark.parametrize("ending", ["lab/recipes/mnist-demo.toml", "py.typed", "licenses/LICENSE"])
def test_wheel_holds_data_files(names: list[str], ending: str) -> None:
    assert any(name.endswith(ending) for name in names)


def test_wheel_holds_report_templates(names: list[str]) -> None:
    assert any(name.startswith("vitral/report/templates/") for name in names)
