"""A callback from plain functions."""

from collections.abc import Callable
from typing import Any

from vitral.callbacks.callback import Callback
from vitral.errors import ConfigError

Hook = Callable[..., Any] | None

_HOOKS = frozenset(name for name in vars(Callback) if name.startswith("on_"))


class LambdaCallback(Callback):
    """Calls the given functions at the moments that the arguments name.

    Arguments are the names of Callback's methods: on_epoch_begin(epoch, logs), on_train_end(logs) and so on.
    Raises ConfigError for another name.

    >>> printer = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs))
    >>> printer.on_epoch_end(0, {"loss": 2.5})
    0 {'loss': 2.5}
    """

    def __init__(
        self,
        on_epoch_begin: Hook = None,
        on_epoch_end: Hook = None,
        on_train_begin: Hook = None,
        on_train_end: Hook = None,
        on_train_batch_begin: Hook = None,
        on_train_batch_end: Hook = None,
        **others: Hook,
    ) -> None:
        super().__init__()
        hooks = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
        }
        for name, function in (hooks | others).items():
            if name not in _HOOKS:
                raise ConfigError(f"LambdaCallback received {name!r}; expected one of {', '.join(sorted(_HOOKS))}")
            if function is not None:
                setattr(self, name, function)
