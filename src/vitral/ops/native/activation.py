"""Activations by the compiled kernels."""
