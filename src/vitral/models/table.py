"""Tables in characters, with the widths and line breaks that Rich gives them, which Keras draws its summaries with."""

import re
from collections.abc import Sequence

Row = Sequence[str]


def draw_table(headers: Row, alignments: Row, rows: Sequence[Row], widths: Sequence[int]) -> list[str]:
    """The lines of a table whose columns have room for so many characters; alignments are "<", ">" or "^".

    >>> print(*draw_table(["a", "b"], "<>", [["some words", "1"]], [5, 3]), sep=chr(10))
    ┏━━━━━━━┳━━━━━┓
    ┃ a     ┃   b ┃
    ┡━━━━━━━╇━━━━━┩
    │ some  │   1 │
    │ words │     │
    └───────┴─────┘
    """

    def rule(left: str, line: str, middle: str, right: str) -> str:
        return left + middle.join(line * (width + 2) for width in widths) + right

    lines = [rule("┏", "━", "┳", "┓"), *_row(headers, alignments, widths, "┃"), rule("┡", "━", "╇", "┩")]
    for number, row in enumerate(rows):
        if number:
            lines.append(rule("├", "─", "┼", "┤"))
        lines += _row(row, alignments, widths, "│")
    return [*lines, rule("└", "─", "┴", "┘")]


def inner_widths(outer: Sequence[int]) -> list[int]:
    """The room inside columns that share a line: borders and padding are taken off as evenly as it goes.

    >>> inner_widths([36, 28, 16])
    [33, 24, 13]
    """
    to_take = 3 * len(outer) + 1
    widths = []
    for column, width in enumerate(outer):
        taken = round(to_take / (len(outer) - column))
        to_take -= taken
        widths.append(width - taken)
    return widths


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` characters; a word that is longer is cut off.

    >>> wrap("   a bc-defghi j", 5)
    ['   a', 'bc-d…', 'j']
    """
    lines = [""]
    for word in re.findall(r"\s*\S+\s*", text):
        if lines[-1] and len(lines[-1]) + len(word.rstrip()) > width:
            lines.append("")
        lines[-1] += word
    stripped = [line.rstrip() for line in lines]
    return [line if len(line) <= width else f"{line[: width - 1]}…" for line in stripped]


def _row(cells: Row, alignments: Row, widths: Sequence[int], border: str) -> list[str]:
    """The cells side by side, in as many lines as the longest needs."""
    wrapped = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for number in range(max(map(len, wrapped))):
        texts = [cell[number] if number < len(cell) else "" for cell in wrapped]
        padded = [
            f"{text:{alignment}{width}}" for text, alignment, width in zip(texts, alignments, widths, strict=True)
        ]
        lines.append(f"{border} " + f" {border} ".join(padded) + f" {border}")
    return lines
