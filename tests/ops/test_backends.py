"""Without compiled kernels the reference computes, and says so once."""

import subprocess
import sys

from vitral.ops.backends import WITHOUT_KERNELS

PROGRAM = """
import sys
sys.modules["vitral._native"] = None  # its import fails, as where there was no compiler
import numpy as np
import vitral
vitral.set_num_threads(2)
vitral.clear_cache()
print(vitral.ops.relu(np.array([-1.0, 2.0], np.float32))[0])
print(vitral.ops.relu(np.array([-3.0, 4.0], np.float32))[0])
print(vitral.ops.tanh(np.zeros(1, np.float32))[0])
"""


def test_the_reference_takes_over_and_says_so_in_one_line() -> None:
    result = subprocess.run([sys.executable, "-W", "always", "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == ["[0. 2.]", "[0. 4.]", "[0.]"]
    assert result.stderr.strip().splitlines()[0] == f"<string>:8: RuntimeWarning: {WITHOUT_KERNELS}"
    assert result.stderr.count("RuntimeWarning") == 1
