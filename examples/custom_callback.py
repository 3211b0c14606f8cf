"""A callback of one's own: stop as soon as the training is good enough."""

import vitral as keras
from vitral import callbacks, datasets, layers
from vitral.typing import Logs


class StopAtAccuracy(callbacks.Callback):
    """End the training after the first epoch whose accuracy reaches `target`."""

    def __init__(self, target: float) -> None:
        super().__init__()
        self.target = target

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the figures of the epoch that has just ended."""
        if logs and logs["accuracy"] >= self.target:
            print(f"accuracy {logs['accuracy']:.4f} after epoch {epoch + 1}: good enough")
            self.model.stop_training = True


def main() -> None:
    """Train until nine digits of ten are right."""
    (x_train, y_train), _ = datasets.digits.load_data()
    model = keras.Sequential([layers.Input(shape=(8, 8)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train / 16, y_train, epochs=100, verbose=0, callbacks=[StopAtAccuracy(0.9)])


if __name__ == "__main__":
    main()
