"""Layers that are put together to a graph: in which order they compute, and how a gradient finds its way back."""
