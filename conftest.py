"""Doctests are collected from every module that can be imported: `ops/native` only where the kernels were compiled."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("vitral._native") else ["src/vitral/ops/native"]
