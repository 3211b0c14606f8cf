"""Stopping when the loss is no longer a number."""

import math

from vitral.callbacks.callback import Callback
from vitral.typing import Logs


class TerminateOnNaN(Callback):
    """Ends the training after a batch whose loss is NaN or infinite.

    With `raise_error=True` a RuntimeError ends it at once, and no other callback sees the end of the training.
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(
                f"NaN or Inf loss encountered at batch {batch}. Loss value: {loss}. Terminating training immediately."
            )
        self.say(f"Batch {batch}: Invalid loss, terminating training")
        self.model.stop_training = True
