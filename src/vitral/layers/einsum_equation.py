"""The equation of an EinsumDense: which axes there are, which are summed over, and how long all of them become."""

import re
import string
from collections.abc import Sequence
from typing import NamedTuple

from vitral.errors import ConfigError, ShapeError
from vitral.typing import Shape

_FORM = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?")


class Equation(NamedTuple):
    """The letters of the axes: of the input, of the kernel, of the output, and those that the dots stand for."""

    input: str
    kernel: str
    output: str
    elided: str

    @property
    def text(self) -> str:
        """The equation without dots."""
        return f"{self.input},{self.kernel}->{self.output}"

    @property
    def given(self) -> str:
        """Letters of the output whose sizes the layer is told: all but the batch and what the dots stand for."""
        return "".join(letter for letter in self.output[1:] if letter not in self.elided)

    def sizes(self, input_shape: Shape, output_sizes: Sequence[int | None], name: str) -> dict[str, int | None]:
        """The length of every axis; raises ShapeError if the output asks for another one than the input has."""
        known = dict(zip(self.input, input_shape, strict=True))
        for letter, size in zip(self.given, output_sizes, strict=True):
            if size is not None and known.get(letter) not in (None, size):
                raise ShapeError(
                    f'layer "{name}" (EinsumDense) received an input of shape {input_shape}; '
                    f"expected {size} along the axis {letter!r} of {self.text!r}"
                )
            known[letter] = size if known.get(letter) is None else known[letter]
        return known

    def bias_shape(self, axes: str, sizes: dict[str, int | None]) -> list[int | None]:
        """A length of 1 for axes behind the first of `axes` that are not among them, as Keras has it."""
        first = min(self.output.index(letter) for letter in axes)
        return [sizes[letter] if letter in axes else 1 for letter in self.output[first:]]


def check_form(equation: str) -> None:
    """Raise ConfigError for an equation that no input could fit."""
    found = _FORM.fullmatch(equation) if isinstance(equation, str) else None
    if found is None or (found[1], found[3]) != (found[5], found[7]) or (found[1] and found[3]):
        raise ConfigError(
            f"EinsumDense: equation is {equation!r}; "
            "expected the form 'ab,bc->ac', '...b,bc->...c' or 'ab...,bc->ac...'"
        )
    x, kernel, output = found[2], found[4], found[6]
    for letters in (x, kernel, output):
        if len(set(letters)) < len(letters):
            raise ConfigError(f"EinsumDense: equation is {equation!r}; expected no letter twice in {letters!r}")
    for letters, others in ((output, x + kernel), (kernel, x + output)):
        for letter in letters:
            if letter not in others:
                raise ConfigError(f"EinsumDense: equation is {equation!r}; expected {letter!r} in {others!r} as well")
    if not found[1] and (x[0] != output[0] or x[0] in kernel):
        raise ConfigError(
            f"EinsumDense: equation is {equation!r}; expected the batch's axis first in input and output, "
            "and not in the kernel"
        )


def kernel_axes(equation: str) -> tuple[list[int], list[int]]:
    """Which axes of the kernel count as inputs of a unit, and which as outputs."""
    _, kernel, output = re.split(",|->", equation)
    inputs = [axis for axis, letter in enumerate(kernel) if letter not in output]
    return inputs, [axis for axis, letter in enumerate(kernel) if letter in output]


def for_rank(equation: str, rank: int, name: str) -> Equation:
    """The equation with letters in place of its dots, for inputs of this many axes; ShapeError if it has more."""
    found = _FORM.fullmatch(equation)
    assert found is not None, "check_form has accepted it"
    left, x, right, kernel, _, output, _ = found.groups()
    free = [letter for letter in string.ascii_letters if letter not in equation]
    elided = "".join(free[: max(rank - len(x), 0)]) if left or right else ""
    before, behind = (elided, "") if left else ("", elided)
    expanded = Equation(before + x + behind, kernel, before + output + behind, elided)
    if len(expanded.input) != rank or (left and not elided):
        raise ShapeError(f'layer "{name}" (EinsumDense) received an input of {rank} axes for its equation {equation!r}')
    return expanded
