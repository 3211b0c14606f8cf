"""Sizes and arithmetic of the measured networks, and how they are chosen."""

import pytest

from benchmarks.arithmetic import costs, flops, parameters
from benchmarks.data import batches, images
from benchmarks.workloads import WORKLOADS, by_name, select


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("W1", 266_610),  # 785 * 300 + 301 * 100 + 101 * 10
        ("W2", 116_362),  # 785 * 128 + 129 * 64 + 65 * 64 + 65 * 32 + 33 * 32 + 33 * 10
        ("W3-128", 183_930),  # 10 * 8 + (13 * 13 * 8 + 1) * 128 + 129 * 64 + 65 * 32 + 33 * 10
        ("W4", 1_625_866),  # published, as are W5 to W7
        ("W5", 1_625_866),
        ("W6", 2_117_962),
        ("W7", 119_040),
        ("W8", 1_972_802),  # 312 + 9 * (24 + 64) * 64 + 9 * (64 + 3 * 256) * 256 + 4 * (64 + 2 * 256) + 2570
    ],
)
def test_parameters(name: str, count: int) -> None:
    assert parameters(by_name(name).net) == count


def test_multiply_adds_of_net_1() -> None:
    # 28 * 28 outputs of 9 weights for 32 filters; of 9 * 32 for 64; 14 * 14 * 64 values into 128 units; 128 into 10.
    assert [cost.multiply_adds for cost in costs(by_name("W4").net)] == [225_792, 14_450_688, 0, 0, 1_605_632, 1_280]


def test_training_takes_three_passes_but_for_the_gradient_of_the_input() -> None:
    assert flops(by_name("W4")) == 2 * 128 * (3 * 16_283_392 - 225_792)
    assert flops(by_name("I4-1")) == 2 * 16_283_392
    assert flops(by_name("F4")) == 2 * 20_000 * (3 * 16_283_392 - 225_792)


def test_shapes_follow_stride_padding_and_pooling() -> None:
    assert [cost.output_shape for cost in costs(by_name("W5").net)][:3] == [(28, 28, 32), (14, 14, 64), (12_544,)]
    assert [cost.output_shape for cost in costs(by_name("W7").net)][4:6] == [(4, 4, 64), (1024,)]
    sizes = [cost.output_shape[0] for cost in costs(by_name("W8").net)]
    assert sizes == [31, 31, 15, 15, 15, 15, 15, 7, 7, 7, 7, 7, 3, 3, 3, 3, 1, 256, 10]


def test_batches_differ_and_fit_the_loss() -> None:
    (x, y), (other, _) = batches(by_name("W1"))[:2]
    assert (x.shape, x.dtype, y.shape) == ((900, 784), "float32", (900, 10))
    assert (x != other).any()
    assert (y.sum(axis=1) == 1).all()
    assert batches(by_name("W7"))[0][1].max() == 19
    assert images(by_name("F4", smoke=True))[0].shape == (300, 28, 28, 1)


def test_names_are_chosen_by_name_or_by_what_stands_before_a_hyphen() -> None:
    names = [workload.name for workload in WORKLOADS]
    assert select(names, "W4, W3", "workload") == ["W3-128", "W3-10000", "W4"]
    with pytest.raises(ValueError, match=r"unknown workload 'W9'; expected some of W1, W2, W3-128,"):
        select(names, "W1,W9", "workload")
    with pytest.raises(ValueError, match="unknown workload ''"):
        select(names, "W1,", "workload")
