"""Every test of a kernel runs under every instruction set that this processor has."""

from collections.abc import Iterator

import pytest

try:
    from vitral import _native
except ImportError:  # the tests themselves say so
    _AVAILABLE = []
else:
    _BEST = _native.instruction_set()
    _AVAILABLE = [name for name in ("baseline", "avx2", "avx512") if _native.choose_instruction_set(name)]
    _native.choose_instruction_set(_BEST)


@pytest.fixture(autouse=True, scope="module", params=_AVAILABLE)
def _instruction_set(request: pytest.FixtureRequest) -> Iterator[None]:
    _native.choose_instruction_set(request.param)
    yield
    _native.choose_instruction_set(_BEST)
