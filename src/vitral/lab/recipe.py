"""What a recipe says: the typed schema of the TOML files that `vitral run` executes.

A recipe is data, network, loss, optimizer, training and what to report. Every table refuses keys that it does
not know; `vitral.lab.loading` reads the files and turns every mistake into one line.
"""

from typing import Any, Literal, TypeAlias

from msgspec import Struct, field

from vitral.lab.record import Localized, PerLanguage

Settings: TypeAlias = dict[str, Any]
"""`type`, the public name of a layer, loss, optimizer, metric or callback, and its constructor arguments."""


class DataRecipe(Struct, forbid_unknown_fields=True):
    """Which images, how they are split, and how they are prepared.

    Either `dataset` names a built-in set or `path` (and perhaps `test_path`) a file or folder of the user's.
    `first` keeps the first n training images; with `split` "random" or "stratified" the training images alone
    are divided into `train_size` and `test_size`, counts (integers) or fractions. `validation` is "test" (the
    test set), "none", or the fraction at the end of the training set that is held out.
    """

    dataset: str | None = None
    path: str | None = None
    test_path: str | None = None
    format: str | None = None
    reader: Settings = field(default_factory=dict)
    """Arguments for the reader of `path`: label, header, delimiter, max_value ..."""
    class_names: PerLanguage | None = None
    first: int | None = None
    split: Literal["given", "random", "stratified"] = "given"
    train_size: int | float | None = None
    test_size: int | float | None = None
    validation: float | Literal["test", "none"] = "none"
    scale: Literal["unit", "zscore", "none"] = "unit"
    flatten: bool = False
    one_hot: bool = False


class TrainingRecipe(Struct, forbid_unknown_fields=True):
    """The loop: batch size ("full" = the whole training set), epochs, and how often to measure."""

    epochs: int
    batch_size: int | Literal["full"] = 32
    shuffle: bool = True
    metrics: list[str | Settings] = field(default_factory=lambda: ["accuracy"])
    measurements: int | None = None
    """How many times along the training the whole training and validation sets are measured."""
    class_weight: dict[str, float] | None = None


class EvaluationRecipe(Struct, forbid_unknown_fields=True):
    """One more measure of the trained network: a part of the data, inputs multiplied by `input_factor`."""

    name: str
    split: Literal["train", "test"] = "test"
    input_factor: float = 1.0
    note: Localized | None = None


class ReportRecipe(Struct, forbid_unknown_fields=True):
    """What the report shows: how many sample images, and which test images one by one."""

    samples: int = 25
    single: list[int] = field(default_factory=list)


class PublishedRecipe(Struct, forbid_unknown_fields=True):
    """A figure that the original report published; `metric` says where the run's own figure is found.

    test_accuracy, test_loss, train_..., validation_... : the final results; seconds_training,
    seconds_per_epoch; epoch.7.val_accuracy : a column of one epoch; evaluation.NAME.accuracy : an extra
    measure; recall.6 : the share of class 6 that is recognized; sklearn.test_accuracy : as `vitral compare`
    measured it.
    A value in "%" is 100 times the measured share.
    """

    name: Localized
    metric: str
    value: float
    unit: Literal["%", "s", ""] = "%"
    note: Localized | None = None


class VariantRecipe(Struct, forbid_unknown_fields=True):
    """One run of a study: the recipe with some keys set anew, as `--set` does."""

    name: str
    title: Localized | None = None
    set: dict[str, Any] = field(default_factory=dict)
    published: list[PublishedRecipe] = field(default_factory=list)


class Recipe(Struct, forbid_unknown_fields=True):
    """Everything that one command runs: a network on data, or a study of several variants of it."""

    name: str
    title: Localized
    data: DataRecipe
    layers: list[Settings]
    loss: Settings
    optimizer: Settings
    training: TrainingRecipe
    report: ReportRecipe = field(default_factory=ReportRecipe)
    label: str | None = None
    """The lab report that this rebuilds: "L1" to "L5"."""
    kind: Literal["published", "improved"] | None = None
    sister: str | None = None
    """The other recipe of the pair published - improved."""
    seed: int = 0
    variant: str | None = None
    """Set in the resolved recipe of a study's run."""
    notes: Localized | None = None
    as_written: dict[str, Any] = field(default_factory=dict)
    """Keys as the report's text has them, where the recipe trains what really happened: the network is built once
    more with them, only to collect what is wrong with it."""
    callbacks: list[Settings] = field(default_factory=list)
    evaluations: list[EvaluationRecipe] = field(default_factory=list)
    published: list[PublishedRecipe] = field(default_factory=list)
    variants: list[VariantRecipe] = field(default_factory=list)

    @property
    def is_study(self) -> bool:
        """Whether this is several runs, one for each variant."""
        return bool(self.variants)
