"""`keras.backend` as scripts still use it: settings, and forgetting automatic names."""

from vitral.config import epsilon, floatx, image_data_format, set_epsilon, set_floatx
from vitral.core.naming import clear_session

__all__ = ["clear_session", "epsilon", "floatx", "image_data_format", "set_epsilon", "set_floatx"]
