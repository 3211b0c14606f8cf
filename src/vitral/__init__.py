"""Vitral: a neural-network library and lab for image classification in which nothing is hidden."""
