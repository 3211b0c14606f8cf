"""Layers that go through a sequence step by step, such as an image row by row."""
