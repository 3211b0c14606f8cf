"""Moving, scaling and dropping values by the compiled kernels."""
