"""Charts drawn by matplotlib: each function returns a Chart with its table."""
