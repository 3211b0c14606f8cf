"""What each operation computes: signatures, shapes and formulas, without bodies."""
