"""Every error that Vitral raises on purpose.

    VitralError
    ├── ShapeError          an array or a layer has the wrong shape
    ├── ConfigError         an argument or a setting has a value that cannot work
    ├── DataError           a data file or a data set is not what it should be
    ├── RecipeError         a recipe cannot be read or cannot be run
    ├── ModelFileError      a saved model cannot be read
    ├── RunError            a run folder is missing, incomplete or of another version
    └── MissingExtraError   an optional package is needed and not installed

The first six are also `ValueError`, as Keras and scikit-learn raise it; the last is also `ImportError`.
`ModelWarning` marks a model that can be trained but is probably wrong.
"""


class VitralError(Exception):
    """Base of all errors raised on purpose; the command line prints it in one line and exits with 2."""


class ShapeError(VitralError, ValueError):
    """An array or a layer has the wrong shape."""


class ConfigError(VitralError, ValueError):
    """An argument or a setting has a value that cannot work."""


class NotKnownYetError(ConfigError, AttributeError):
    """A ConfigError of an attribute that a layer has later, once it is called: `hasattr` says no, as for Keras'."""


class DataError(VitralError, ValueError):
    """A data file or a data set is not what it should be."""


class RecipeError(VitralError, ValueError):
    """A recipe cannot be read or cannot be run."""


class ModelFileError(VitralError, ValueError):
    """A saved model cannot be read."""


class RunError(VitralError, ValueError):
    """A run folder is missing, incomplete or of another version."""


class MissingExtraError(VitralError, ImportError):
    """An optional package is needed and not installed.

    >>> print(MissingExtraError("h5py", needed_for="saving a model"))
    saving a model needs h5py, which is not installed: pip install "vitral[lab]"
    """

    def __init__(self, package: str, *, needed_for: str, extra: str = "lab") -> None:
        super().__init__(f'{needed_for} needs {package}, which is not installed: pip install "vitral[{extra}]"')
        self.package = package


class ModelWarning(UserWarning):
    """A model that can be trained but is probably wrong; the text says why and what to change."""
