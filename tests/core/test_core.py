"""Variables, streams of random numbers, registries."""

import numpy as np
import pytest

import vitral.config
from vitral.core import rng
from vitral.core.custom_objects import register_keras_serializable
from vitral.core.registry import Registry
from vitral.core.variable import Variable
from vitral.errors import ConfigError, ShapeError


def test_a_variable_counts_as_its_value() -> None:
    steps, other = Variable(np.array(3), name="steps"), Variable(np.array(3), name="steps")
    assert int(steps) == 3
    assert steps == 3
    assert steps != 4
    assert steps > 2
    assert steps >= 3
    assert not steps < 3
    assert steps <= 3
    assert (Variable(np.array([1.0, 2.0]), name="w") == [1, 3]).tolist() == [True, False]
    # Two variables are two, whatever their values.
    assert steps != other
    assert [other, steps].index(steps) == 1
    assert len({steps, other, steps}) == 2


def test_gradients_add_up_and_are_forgotten() -> None:
    variable = Variable(np.zeros(2), name="w")
    assert variable.grad is None
    variable.add_grad(np.array([1.0, 2.0]))
    variable.add_grad(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(variable.grad, [2.0, 4.0])
    variable.zero_grad()
    assert variable.grad is None
    variable.add_grad(np.array([5.0, 5.0]))
    np.testing.assert_array_equal(variable.grad, [5.0, 5.0])


def test_the_first_gradient_is_copied() -> None:
    variable = Variable(np.zeros(2), name="w")
    given = np.ones(2)
    variable.add_grad(given)
    given[:] = 9
    np.testing.assert_array_equal(variable.grad, [1.0, 1.0])


def test_a_gradient_that_is_to_be_changed_is_nobody_elses() -> None:
    variable = Variable(np.zeros(2), name="w")
    np.testing.assert_array_equal(variable.own_grad(), [0.0, 0.0])
    variable.zero_grad()
    given = np.ones(2)
    variable.take_grad(given)
    assert variable.grad is given
    own = variable.own_grad()
    own += 1
    np.testing.assert_array_equal(given, [1.0, 1.0])
    np.testing.assert_array_equal(variable.grad, [2.0, 2.0])
    assert variable.own_grad() is own


def test_a_variable_keeps_its_memory_and_its_shape() -> None:
    variable = Variable(np.zeros((2, 3), np.float32), name="w")
    memory = variable.value
    variable.assign(np.ones((2, 3)))
    assert variable.value is memory
    assert memory.sum() == 6
    with pytest.raises(ShapeError, match=r"value for w has shape \(3,\); expected \(2, 3\)"):
        variable.assign(np.ones(3))
    with pytest.raises(ShapeError, match="gradient of w has shape"):
        variable.add_grad(np.ones(3))


def test_a_variable_can_be_added_to() -> None:
    variable = Variable(np.array([1.0, 2.0], np.float32), name="w")
    memory = variable.value
    variable.assign_add(np.array([2.0, 3.0]))
    variable.assign_sub(1)
    assert memory.tolist() == [2, 4]
    assert variable.ndim == 1
    with pytest.raises(ShapeError, match=r"value for w has shape \(3, 2\); expected \(2,\)"):
        variable.assign_add(np.ones((3, 1)))


def test_a_variable_is_not_none() -> None:
    variable = Variable([1.0, 2.0], name="v")
    assert (variable == None) is False  # noqa: E711
    assert (variable != None) is True  # noqa: E711
    assert variable in [None, variable]


def test_variables_in_formulas() -> None:
    two, four = (Variable(np.array(value), name="v") for value in (2.0, 4.0))
    assert (two + four, two - four, two * four, two / four) == (6, -2, 8, 0.5)
    assert (1 + two, 1 - two, 3 * two, 1 / two) == (3, -1, 6, 0.5)
    assert float(two) == 2
    assert isinstance(np.ones(3) / two, np.ndarray)


def test_one_seed_fixes_all_that_is_drawn_after_it() -> None:
    rng.set_seed(1)
    first = [rng.next_seed() for _ in range(3)]
    rng.set_seed(1)
    assert [rng.next_seed() for _ in range(3)] == first
    assert len(set(first)) == 3
    rng.set_seed(2)
    assert rng.next_seed() != first[0]


def test_the_global_state_of_numpy_is_left_alone() -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    rng.set_seed(3)
    rng.SeedGenerator().next().random(10)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_a_stream_continues_from_its_saved_position() -> None:
    stream = rng.SeedGenerator(4)
    stream.next()
    saved = stream.state.numpy()
    expected = [stream.next().random() for _ in range(2)]
    other = rng.SeedGenerator(99)
    other.state.assign(saved)
    assert [other.next().random() for _ in range(2)] == expected


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "1", True, None])
def test_seeds_are_whole_numbers(seed: object) -> None:
    with pytest.raises(ConfigError, match="expected a whole number from 0 to 4294967295"):
        rng.set_seed(seed)  # type: ignore[arg-type]


class Thing:
    def __init__(self, size: int = 1) -> None:
        self.size = size

    def get_config(self) -> dict[str, int]:
        return {"size": self.size}


def test_a_registry_finds_by_name_by_configuration_and_suggests() -> None:
    things: Registry[Thing] = Registry("thing", "keras.things", Thing)
    things.register("stuff")(Thing)
    assert things.get("Thing").size == things.get("thing").size == things.get("stuff").size == 1
    config = things.serialize(Thing(7))
    assert config == {
        "module": "keras.things",
        "class_name": "Thing",
        "config": {"size": 7},
        "registered_name": None,
    }
    assert things.get(config).size == 7
    one = Thing(3)
    assert things.get(one) is one
    with pytest.raises(ConfigError, match="unknown thing 'Thingy'; did you mean 'Thing'"):
        things.get("Thingy")
    with pytest.raises(ConfigError, match="thing is 3; expected a name"):
        things.get(3)  # type: ignore[arg-type]


def test_a_user_class_is_found_under_its_package() -> None:
    things: Registry[Thing] = Registry("thing", "keras.things", Thing)

    @register_keras_serializable(package="course")
    class Own(Thing):
        pass

    config = things.serialize(Own(5))
    assert config["registered_name"] == "course>Own"
    assert type(things.deserialize(config)) is Own
    assert type(things.deserialize({**config, "registered_name": None}, {"Own": Own})) is Own


def test_settings_refuse_what_cannot_work() -> None:
    with pytest.raises(ConfigError, match="floatx is 'float16'; expected one of float32, float64"):
        vitral.config.set_floatx("float16")
    with pytest.raises(ConfigError, match="epsilon is 0; expected"):
        vitral.config.set_epsilon(0)


def test_images_have_their_channels_last() -> None:
    vitral.config.set_image_data_format("channels_last")
    with pytest.raises(ConfigError, match=r"'channels_first'; expected 'channels_last': .* x\.transpose\(0, 2, 3, 1\)"):
        vitral.config.set_image_data_format("channels_first")
