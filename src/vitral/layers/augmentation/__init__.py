"""Layers that change images at random while training, and those that bring images to one size."""
