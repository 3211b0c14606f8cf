"""Every operation in plain NumPy, written to be read; float32 and float64."""
