"""What a run leaves behind: the typed records that the lab writes and that reports and the command line read.

A run folder holds recipe.toml, environment.json (Environment), metrics.jsonl (EpochRecord a line),
measurements.jsonl (Measurement a line), summary.json (RunSummary), predictions.npz, samples.npz, model.keras.
JSON has no NaN: a number that is not finite is written as null and read as None.
"""

from typing import Any, Literal

from msgspec import Struct, field


class Localized(Struct, forbid_unknown_fields=True):
    """A text in English and Spanish."""

    en: str
    es: str

    def text(self, lang: str = "en") -> str:
        """The text in a language; anything but "es" gives English.

        >>> Localized(en="bird", es="pájaro").text("es")
        'pájaro'
        """
        return self.es if lang == "es" else self.en


class PerLanguage(Struct, forbid_unknown_fields=True):
    """A list of texts in English and Spanish, for example the names of the classes."""

    en: list[str]
    es: list[str]

    def names(self, lang: str = "en") -> list[str]:
        """The list in a language; anything but "es" gives English."""
        return self.es if lang == "es" else self.en


class EpochRecord(Struct, omit_defaults=True):
    """One line of metrics.jsonl; `epoch` counts from 1, `seconds` includes the validation."""

    epoch: int
    loss: float | None
    seconds: float
    learning_rate: float
    accuracy: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    extra: dict[str, float | None] = field(default_factory=dict)
    """Metrics other than loss and accuracy, by the name that training gave them."""


class Measurement(Struct, omit_defaults=True):
    """One line of measurements.jsonl: the whole training and validation sets after `step` batches."""

    measurement: int
    step: int
    epoch: float
    loss: float | None
    accuracy: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None


class Environment(Struct):
    """Where and how a run was made; `started` is ISO 8601, `memory_bytes` the machine's."""

    vitral: str
    python: str
    numpy: str
    blas: str
    platform: str
    cpu: str
    cores: int
    threads: int
    memory_bytes: int | None
    command: list[str]
    seed: int
    started: str
    data_digests: dict[str, str]
    """SHA-256 of the arrays that the run used, by name (x_train, y_train, x_test, y_test)."""
    instruction_set: str | None = None
    """That of the compiled kernels, on which the last bits depend; None where NumPy does all the work."""


class DatasetRecord(Struct):
    """The data of a run; `input_shape` is a sample's as the network sees it, `image_shape` as it is drawn."""

    name: str
    train_size: int
    validation_size: int
    test_size: int
    input_shape: list[int]
    image_shape: list[int]
    max_value: float
    """Pixels go from 0 to this in the files."""
    class_names: PerLanguage
    train_counts: list[int]
    test_counts: list[int]


class Preparation(Struct):
    """How an image becomes the network's input; stored so that `predict` does the same to any picture.

    `scale` "unit" divides by 255 (or `divisor`), "zscore" uses the arrays in preparation.npz.
    """

    scale: Literal["unit", "zscore", "none"]
    divisor: float
    flatten: bool
    image_shape: list[int]
    input_shape: list[int]
    bright_on_dark: bool
    """Whether the training images are bright strokes on a dark ground, as MNIST's."""
    content_size: list[int]
    """The largest (height, width) that strokes take in the training images: 20 x 20 in MNIST's 28 x 28."""


class LayerRecord(Struct):
    """One line of the layer table; shapes without the batch axis, multiply_adds of one forward pass."""

    name: str
    type: str
    output_shape: list[int]
    parameters: int
    trainable_parameters: int
    multiply_adds: int
    activation: str | None


class OptimizerRecord(Struct):
    """The optimizer by public name, with its whole configuration."""

    name: str
    config: dict[str, Any]


class Results(Struct):
    """The trained network on all of the training, validation and test data, without dropout."""

    train_loss: float | None = None
    train_accuracy: float | None = None
    validation_loss: float | None = None
    validation_accuracy: float | None = None
    test_loss: float | None = None
    test_accuracy: float | None = None


class EvaluationRecord(Struct):
    """An extra measure that the recipe asked for."""

    name: str
    split: str
    accuracy: float | None
    loss: float | None
    input_factor: float = 1.0
    note: Localized | None = None


class ClassRecord(Struct):
    """One class of the test set; precision, recall and F1 are 0 where they are undefined."""

    label: int
    precision: float
    recall: float
    f1: float
    support: int


class SinglePrediction(Struct):
    """One test image that the recipe wants shown; `index` is its position in the test set.

    Probabilities are None where training diverged and the network gives no number.
    """

    index: int
    true: int
    predicted: int
    probability: float | None
    probabilities: list[float | None]


class PublishedRecord(Struct):
    """Published - reproduced - improved; None where there is no such run yet. All three are in `unit`."""

    name: Localized
    metric: str
    value: float
    unit: Literal["%", "s", ""]
    reproduced: float | None = None
    improved: float | None = None
    note: Localized | None = None


class RunSummary(Struct):
    """summary.json: what a run was and what came out of it."""

    status: Literal["running", "finished", "interrupted", "failed"]
    recipe: str
    variant: str | None
    title: Localized
    label: str | None
    kind: Literal["published", "improved"] | None
    notes: Localized | None
    dataset: DatasetRecord
    preparation: Preparation
    layers: list[LayerRecord]
    parameters: int
    trainable_parameters: int
    multiply_adds: int
    loss: str
    optimizer: OptimizerRecord
    batch_size: int
    epochs_planned: int
    epochs_done: int = 0
    results: Results = field(default_factory=Results)
    evaluations: list[EvaluationRecord] = field(default_factory=list)
    per_class: list[ClassRecord] = field(default_factory=list)
    confusion: list[list[int]] = field(default_factory=list)
    """Row = true class, column = predicted class; square, as wide as the largest class that was predicted."""
    single_predictions: list[SinglePrediction] = field(default_factory=list)
    seconds_training: float = 0.0
    """The training steps alone, without validation and measurements."""
    seconds_total: float = 0.0
    seconds_per_epoch_median: float = 0.0
    """With the validation, as the progress shows it."""
    peak_memory_bytes: int | None = None
    overfit_epoch: int | None = None
    """The epoch with the lowest validation loss, when every later one is higher; 1-based."""
    warnings: list[str] = field(default_factory=list)
    published: list[PublishedRecord] = field(default_factory=list)
    error: str | None = None
    """Why the run failed, in one line."""


class VariantRecord(Struct):
    """One run of a study; `run` is the name of its folder inside the study's folder."""

    name: str
    title: Localized | None
    status: Literal["waiting", "running", "finished", "interrupted", "failed"]
    run: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    parameters: int | None = None
    epochs_done: int = 0
    seconds_training: float = 0.0
    results: Results = field(default_factory=Results)
    published: list[PublishedRecord] = field(default_factory=list)


class StudyRecord(Struct):
    """study.json: the variants of a study, side by side."""

    status: Literal["running", "finished", "interrupted", "failed"]
    recipe: str
    title: Localized
    label: str | None
    kind: Literal["published", "improved"] | None
    notes: Localized | None
    variants: list[VariantRecord]
