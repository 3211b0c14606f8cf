"""A damaged heap of texts, in which the HDF5 library would search for ever."""

from pathlib import Path

import pytest

from vitral import models
from vitral.errors import ModelFileError

CONTENT = (Path(__file__).parent / "data" / "keras_legacy.h5").read_bytes()
HEAP = CONTENT.index(b"GCOL\x01")


def entries() -> list[int]:
    """Where the entries of the heap begin; the last is what is free."""
    places, end = [HEAP + 16], HEAP + int.from_bytes(CONTENT[HEAP + 8 : HEAP + 16], "little")
    while CONTENT[places[-1]]:
        size = int.from_bytes(CONTENT[places[-1] + 8 : places[-1] + 16], "little")
        places.append(places[-1] + 16 + -(-size // 8) * 8)
    assert places[-1] + int.from_bytes(CONTENT[places[-1] + 8 : places[-1] + 16], "little") == end
    return places


@pytest.mark.parametrize(("entry", "size"), [(-1, 0), (0, 1 << 40), (1, (1 << 64) - 16), (-1, 1 << 63)])
def test_an_entry_without_an_end(entry: int, size: int, tmp_path: Path) -> None:
    place = entries()[entry] + 8
    path = tmp_path / "m.h5"
    path.write_bytes(CONTENT[:place] + size.to_bytes(8, "little") + CONTENT[place + 8 :])
    with pytest.raises(ModelFileError, match=r"m\.h5: the heap of its texts is damaged$"):
        models.load_model(path)
