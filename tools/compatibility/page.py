"""The page docs/compatibility.md."""

import itertools
import json
import re
from collections import Counter
from pathlib import Path
from statistics import fmean

from tools.compatibility import accuracy
from tools.compatibility.compare import SCOPE, Name, committed, coverage, is_left_out, names

PAGE = Path(__file__).parents[2] / "docs" / "compatibility.md"

INTRODUCTION = """\
# What of Keras runs on Vitral

Written by `python -m tools.compatibility` from the public names of Keras {version} and their arguments; do not edit.

An image-classification script for Keras runs with its import changed to `import vitral as keras`, as far as it uses
the names below. Of {all} names in Keras' modules, {in_scope} are about classifying images or needed for it:
**{there} of them, {percent} %, are in Vitral**. Of the {members} methods and properties of the base classes that are in
scope, {members_there} are there. {differing} of all these differ, as the tables say.

What holds everywhere:

- Images are `channels_last`; another `data_format` is refused.
- Arrays are NumPy arrays, of float32 or, after `config.set_floatx("float64")`, float64.
- There is no automatic gradient. A layer of one's own whose `call` is made of layers stays as it is; one with a formula
  of its own writes `forward` and `backward`, a loss `call` and `gradient`. A metric or callback stays as it is.
- `layer(x, training=False)` in a functional model holds for that call in every pass, also in `fit`, and so does
  `training=True` in `predict`. Keras' guide to transfer learning relies on it: the statistics of a base called so stay
  as they are once it is unfrozen. In Keras {version} itself, `fit`, `evaluate` and `predict` put their own flag in its
  place, so there only `trainable = False` keeps batch normalization still, as it does here too.
- Of several outputs, each one's loss in the logs is its mean over the samples, as the total loss is. Keras {version}
  takes the mean over the batches, in which a smaller last batch counts more.
- What Vitral does not know is refused in one line that names it, never ignored.
"""


def page() -> str:
    """The page as it should be."""
    compared = names()
    in_modules = tuple(name for name in compared if not is_class(name.room))
    there, in_scope = coverage(in_modules)
    members_there, members = coverage(tuple(name for name in compared if is_class(name.room)))
    parts = [
        INTRODUCTION.format(
            version=committed()["keras"],
            all=len(in_modules),
            members=members,
            members_there=members_there,
            in_scope=in_scope,
            there=there,
            percent=f"{100 * there / in_scope:.1f}",
            differing=sum(name.state == "differs" for name in compared),
        ),
        summary(compared),
        examples(),
        left_out(compared),
        "## Name by name\n",
        *(section(room, list(group)) for room, group in by_room(compared)),
    ]
    return "\n".join(parts)


EXAMPLES = """\
## Examples under both

Scripts written for Keras, on parts of MNIST, Fashion-MNIST and CIFAR-10, run under {peer} and
under Vitral: the same file, only its import line changed. Accuracy on the test images in %:
{seeds}. No number is expected to be equal, as the libraries draw other initial weights and
orders from a seed. One thread each, {date},
`{command}`; `cifar10_keras_style.py` gets the first {part} images of each set.

| script | | Keras | Vitral |
|---|---|--:|--:|
"""


def examples() -> str:
    """What the examples reach under both libraries, if they have been run."""
    record = json.loads(accuracy.FILE.read_text("utf-8"))
    runs = record["runs"]
    rows = [
        f"| [{script.rpartition('/')[2]}](../{script}) | {name} | {reached(keras)} | {reached(of['vitral'][name])} |"
        for script, of in runs.items()
        for name, keras in of["keras"].items()
    ]
    counts = {len(keras) for of in runs.values() for keras in of["keras"].values()}
    seeds = "mean, smallest and largest of " + " or ".join(map(str, sorted(counts))) + " seeds"
    part = f"{accuracy.EXAMPLES['examples/cifar10_keras_style.py']:,}"
    head = EXAMPLES.format(**{key: record[key] for key in ("peer", "date", "command")}, seeds=seeds, part=part)
    return head + "\n".join(rows) + "\n"


def reached(accuracies: list[float]) -> str:
    """Mean, smallest and largest, in percent."""
    mean, *limits = (100 * value for value in (fmean(accuracies), min(accuracies), max(accuracies)))
    return f"{mean:.1f} ({limits[0]:.1f} to {limits[1]:.1f})" if len(accuracies) > 1 else f"{mean:.1f}"


def by_room(compared: tuple[Name, ...]) -> list[tuple[str, list[Name]]]:
    """The names in scope, module by module; the classes whose members are compared last."""
    in_scope = sorted(
        (name for name in compared if name.state != "left out"),
        key=lambda name: (is_class(name.room), name.room),
    )
    return [(room, list(group)) for room, group in itertools.groupby(in_scope, key=lambda name: name.room)]


def is_class(room: str) -> bool:
    """Whether the names in it are a class' members."""
    return room.rpartition(".")[2][:1].isupper()


def title(room: str) -> str:
    """How a module or class is headed."""
    return f"`keras.{room}`" if room else "`keras`"


def summary(compared: tuple[Name, ...]) -> str:
    """How many names there are, in each module and class."""
    lines = ["| | in scope | there | of them differing | missing |", "|---|--:|--:|--:|--:|"]
    for room, group in by_room(compared):
        count = Counter(name.state for name in group)
        there = count["has"] + count["differs"]
        lines.append(f"| {title(room)} | {len(group)} | {there} | {count['differs']} | {count['missing']} |")
    return "\n".join(lines) + "\n"


def left_out(compared: tuple[Name, ...]) -> str:
    """What is not wanted, and why."""
    lines = ["## Left out on purpose", "", "| what | why | names |", "|---|---|---|"]
    for group in SCOPE["left_out"]:
        found = [name.name for name in compared if is_left_out(name.name, group)]
        lines.append(f"| {group['what']} | {group['why']} | {listing(found)} |")
    lines += [f"| the module `{module['name']}` | {module['why']} | |" for module in SCOPE["modules"]]
    arguments = ", ".join(f"`{name}`" for name in SCOPE["arguments"]["left_out"])
    lines.append(f"| the arguments {arguments} | {SCOPE['arguments']['why']} | |")
    return "\n".join(lines) + "\n"


def listing(found: list[str]) -> str:
    """Names in a cell, those of one module or class together."""
    rooms = itertools.groupby(found, key=lambda name: name.rpartition(".")[0])
    return "; ".join(
        (f"{room}: " if room else "") + ", ".join(f"`{name.rpartition('.')[2]}`" for name in group)
        for room, group in rooms
    )


def section(room: str, group: list[Name]) -> str:
    """What is there of a module or class, then what differs and what is missing."""
    lines = [f"### {title(room)}", ""]
    same = [short(name) for name in group if name.state == "has"]
    if same:
        lines += ["There, as in Keras: " + ", ".join(same) + ".", ""]
    rows = [f"| {short(name)} | {name.difference} |" for name in group if name.state == "differs"]
    if rows:
        lines += ["| differs | how |", "|---|---|", *rows, ""]
    missing = [
        short(name) + (f" ({name.difference})" if name.difference else "") for name in group if name.state == "missing"
    ]
    if missing:
        lines += ["Missing: " + ", ".join(missing) + ".", ""]
    return "\n".join(lines)


def short(name: Name) -> str:
    """The name without its module, as code."""
    return f"`{re.sub(r'.*[.]', '', name.name)}`"
