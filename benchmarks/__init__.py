"""Vitral beside other libraries: the same work, on the same cores, in one run. Start it with `vitral bench`.

What runs under the peers' interpreter, which need not have Vitral, imports NumPy and the standard library alone, and
each adapter its own library: `worker`, `installed`, `workloads`, `arithmetic`, `data` and `peers`.
"""
