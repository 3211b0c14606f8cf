"""The table of layers that `model.summary()` writes, laid out as Keras 3 lays it out."""

import shutil
import textwrap
from collections.abc import Sequence

from vitral.core.variable import Variable
from vitral.layers import Layer
from vitral.models.model import Model
from vitral.typing import Shape

_LINE_LENGTH = 88
_COLUMN_ENDS = (0.45, 0.80, 1.0)
_HEADERS = ("Layer (type)", "Output Shape", "Param #")
_UNITS = ("B", "KB", "MB", "GB", "TB")


def summary_text(model: Model, line_length: int | None = None) -> str:
    """The whole summary; `line_length` is 88 unless given, less on a narrow terminal."""
    length = line_length or min(_LINE_LENGTH, shutil.get_terminal_size().columns - 4)
    rows = [[f"{layer.name} ({type(layer).__name__})", _shape(layer), _count(layer)] for layer in model.layers]
    optimizer = model.optimizer.variables if model.compiled and model.optimizer.built else []
    trainable, fixed = model.trainable_weights, model.non_trainable_weights
    lines = [
        f'Model: "{model.name}"',
        *_table(rows, _widths(length)),
        _total("Total params", trainable + fixed + optimizer),
        _total("Trainable params", trainable),
        _total("Non-trainable params", fixed),
    ]
    if optimizer:
        lines.append(_total("Optimizer params", optimizer))
    return "\n".join(lines) + "\n"


def readable_size(size: float) -> str:
    """A number of bytes as Keras writes it.

    >>> readable_size(32), readable_size(6503464)
    ('32.00 B', '6.20 MB')
    """
    for unit in _UNITS[:-1]:
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} {_UNITS[-1]}"


def _total(title: str, variables: Sequence[Variable]) -> str:
    count = sum(variable.size for variable in variables)
    size = sum(variable.value.nbytes for variable in variables)
    return f" {title}: {count:,} ({readable_size(size)})"


def _shape(layer: Layer) -> str:
    if not layer.built:
        return "?"
    shape: Shape = layer.output_shape
    return f"({', '.join(map(str, shape))})"


def _count(layer: Layer) -> str:
    return f"{layer.count_params():,}" if layer.built else "0 (unbuilt)"


def _widths(length: int) -> list[int]:
    # The columns' shares of the line include their borders and padding: ten characters, taken off evenly.
    ends = [0, *(int(end * length) for end in _COLUMN_ENDS)]
    return [max(4, right - left - frame) for left, right, frame in zip(ends, ends[1:], (3, 4, 3), strict=False)]


def _table(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    def rule(left: str, line: str, middle: str, right: str) -> str:
        return left + middle.join(line * (width + 2) for width in widths) + right

    lines = [rule("┏", "━", "┳", "┓"), *_row(_HEADERS, widths, "┃"), rule("┡", "━", "╇", "┩")]
    for number, row in enumerate(rows):
        if number:
            lines.append(rule("├", "─", "┼", "┤"))
        lines += _row(row, widths, "│")
    return [*lines, rule("└", "─", "┴", "┘")]


def _row(cells: Sequence[str], widths: Sequence[int], border: str) -> list[str]:
    """The cells side by side, in as many lines as the longest needs; the last column is aligned to the right."""
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for number in range(max(map(len, wrapped))):
        texts = [cell[number] if number < len(cell) else "" for cell in wrapped]
        padded = [f"{text:<{width}}" for text, width in zip(texts[:-1], widths, strict=False)]
        padded.append(f"{texts[-1]:>{widths[-1]}}")
        lines.append(f"{border} " + f" {border} ".join(padded) + f" {border}")
    return lines
