"""How the axes of a value stand in the graph, where that is in another way than ours and no layer does it.

Recurrent nodes have the steps in front of the batch, and give an axis of directions; attentions compare heads. What
stands between such nodes and the usual order changes the lead, and makes no layer.
"""

STEPS = "steps in front of the batch"
BACKWARDS = "steps in front of the batch, the last one first here"
DIRECTIONS = "steps and directions in front of the batch"
BACKWARDS_DIRECTIONS = "steps and directions in front of the batch, the last step first here"
DIRECTIONS_BEHIND = "steps in front of the batch, directions behind it"
REVERSED = "steps of which the last one is first here"
STATES = "states with directions in front of the batch"
SCORES = "the scores of an attention"
HEADS = "heads of an attention in front of the places"
HEADS_BEHIND = "heads of an attention behind the places"
FOUND = "what an attention found"
LENGTH = "the lengths of vectors, which are divided by them here"

SHORTEST = 1e-6
"""What may at most stand in the place of the length of a vector that has none."""

TRANSPOSED: dict[tuple[str, tuple[int, ...]], str] = {
    ("", (1, 0, 2)): STEPS,
    (STEPS, (1, 0, 2)): "",
    (BACKWARDS, (1, 0, 2)): REVERSED,
    (DIRECTIONS, (0, 2, 1, 3)): DIRECTIONS_BEHIND,
    (HEADS, (0, 2, 1, 3)): HEADS_BEHIND,
}
"""What becomes of a lead when axes are exchanged."""

JOINED = {DIRECTIONS_BEHIND: STEPS, HEADS_BEHIND: FOUND}
"""What becomes of a lead when the last two axes become one, of three."""

SQUEEZED = {(DIRECTIONS, 1): STEPS, (BACKWARDS_DIRECTIONS, 1): BACKWARDS, (STATES, 0): ""}
"""What becomes of a lead when an axis of length 1 is left out."""

LEADS = ("", *(lead for lead, _ in TRANSPOSED), *(lead for lead, _ in SQUEEZED))
"""Those that a Transpose or a Squeeze can meet."""
