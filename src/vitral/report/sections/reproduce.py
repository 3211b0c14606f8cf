"""What the run cost, and how to make it again."""

import shlex
from pathlib import Path

from vitral.lab.record import Environment
from vitral.report.parts import Fact, Section, Table
from vitral.report.reading import Run
from vitral.report.texts import Texts


def cost(run: Run, t: Texts) -> Section | None:
    """Time and memory, and the machine they were measured on."""
    summary, n = run.summary, t.numbers
    if not summary.seconds_training and not summary.seconds_total:
        return None
    facts = [Fact(t("cost.training"), n.duration(summary.seconds_training))]
    if summary.seconds_total:
        facts.append(Fact(t("cost.total"), n.duration(summary.seconds_total)))
    if summary.seconds_per_epoch_median:
        facts.append(Fact(t("cost.epoch"), n.duration(summary.seconds_per_epoch_median)))
    if summary.peak_memory_bytes:
        facts.append(Fact(t("cost.memory"), n.memory(summary.peak_memory_bytes)))
    machine = ""
    if run.environment:
        key = "cost.machine_one" if run.environment.threads == 1 else "cost.machine"
        machine = t(key, cpu=run.environment.cpu, threads=run.environment.threads)
    return Section("cost", t("run.cost"), "cost.html.j2", {"facts": facts, "machine": machine})


def reproduce(environment: Environment | None, recipe: str, t: Texts) -> Section:
    """The exact command, the environment, and the resolved recipe."""
    content: dict[str, object] = {"command": "", "environment": [], "digests": None, "recipe": recipe}
    if environment is not None:
        content["command"] = command_text(environment.command)
        content["environment"] = _environment(environment, t)
        content["digests"] = _digests(environment, t)
    return Section("reproduce", t("run.reproduce"), "reproduce.html.j2", content)


def command_text(arguments: list[str]) -> str:
    """The command line; the program by its name, wherever it was installed.

    >>> command_text(["/usr/local/bin/vitral", "run", "my recipe.toml", "--seed", "0"])
    "vitral run 'my recipe.toml' --seed 0"
    """
    return shlex.join([Path(arguments[0]).name, *arguments[1:]]) if arguments else ""


def _environment(environment: Environment, t: Texts) -> list[Fact]:
    n = t.numbers
    rows = [
        ("vitral", environment.vitral),
        ("python", environment.python),
        ("numpy", environment.numpy),
        ("blas", environment.blas),
        ("arithmetic", _arithmetic(environment, t)),
        ("platform", environment.platform),
        ("cpu", environment.cpu),
        ("cores", n.integer(environment.cores)),
        ("threads", n.integer(environment.threads)),
        ("memory", n.memory(environment.memory_bytes)),
        ("started", t.moment(environment.started)),
    ]
    return [Fact(t(f"reproduce.{key}"), value) for key, value in rows]


def _arithmetic(environment: Environment, t: Texts) -> str:
    if environment.instruction_set is None:
        return "NumPy"
    return t("reproduce.kernels", instruction_set=environment.instruction_set)


def _digests(environment: Environment, t: Texts) -> Table | None:
    if not environment.data_digests:
        return None
    return Table(
        t("reproduce.digests"),
        [t("reproduce.array"), "SHA-256"],
        [list(row) for row in environment.data_digests.items()],
        text_columns=frozenset({0, 1}),
    )
