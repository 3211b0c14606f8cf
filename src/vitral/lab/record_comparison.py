"""comparison.json: the same network trained by Vitral and by scikit-learn, side by side."""

from msgspec import Struct, field

from vitral.lab.record import Localized, Measurement, Results


class Contestant(Struct):
    """One library's training of the network; `curve` is measured at the same steps for all of them."""

    name: str
    """vitral, sklearn (same start, same batches) or sklearn-fit (MLPClassifier.fit as users call it)."""
    title: Localized
    version: str
    seconds_training: float
    seconds_per_epoch: float
    results: Results
    curve: list[Measurement] = field(default_factory=list)
    largest_weight_difference: float | None = None
    """Largest |difference| of a final weight from Vitral's, where the start and the batches are the same."""
    notes: Localized | None = None


class ComparisonRecord(Struct):
    """What was kept equal, and what each library made of it."""

    recipe: str
    title: Localized
    run: str | None
    """Name of the run folder whose recipe was compared, where there is one."""
    equal: list[Localized]
    """What is the same for all: split, initial weights, batch order ..."""
    different: list[Localized]
    """What cannot be made the same, with the reason."""
    train_size: int
    test_size: int
    batch_size: int
    epochs: int
    contestants: list[Contestant]
