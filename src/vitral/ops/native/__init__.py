"""Operations by the compiled kernels: float32 only; everything else goes on to the reference.

The arithmetic is in `native/kernels/`, with the same names; here arrays are checked, made and handed over.
"""
