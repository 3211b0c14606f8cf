"""Convolution by the compiled kernels."""
