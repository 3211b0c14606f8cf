"""A metric of one's own: how sure the network is, on average, of the class it names."""

import numpy as np

import vitral as keras
from vitral import datasets, layers, metrics
from vitral.typing import Array


class MeanConfidence(metrics.Metric):
    """Mean over all samples of the largest probability; 1 / classes if the network knows nothing."""

    def __init__(self, name: str = "confidence") -> None:
        super().__init__(name=name)
        self.reset_state()

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        """Add a batch of probabilities, (batch, classes)."""
        self.total += float(y_pred.max(axis=-1).sum())
        self.count += len(y_pred)

    def result(self) -> float:
        """The mean so far; 0 before the first batch."""
        return self.total / self.count if self.count else 0.0

    def reset_state(self) -> None:
        """Forget everything; called at the start of every epoch."""
        self.total, self.count = 0.0, 0

    def get_state(self) -> dict[str, Array]:
        """What a resumed run needs to go on in the middle of an epoch."""
        return {"total": np.array(self.total), "count": np.array(self.count)}

    def set_state(self, state: dict[str, Array]) -> None:
        """The inverse of get_state."""
        self.total, self.count = float(state["total"]), int(state["count"])


def main() -> None:
    """Watch a network become sure of itself."""
    (x_train, y_train), _ = datasets.digits.load_data()
    model = keras.Sequential([layers.Input(shape=(8, 8)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy", MeanConfidence()])
    model.fit(x_train / 16, y_train, epochs=5, verbose=2)


if __name__ == "__main__":
    main()
