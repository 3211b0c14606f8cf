"""`keras.random` as far as layers of one's own need it: a stream of random numbers that is saved with the model."""

from vitral.core.rng import SeedGenerator

__all__ = ["SeedGenerator"]
