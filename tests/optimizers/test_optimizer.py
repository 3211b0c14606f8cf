"""The books that the base class keeps: variables, rates, names, errors."""

import pickle
from copy import deepcopy

import numpy as np
import pytest

from vitral import optimizers
from vitral.core.naming import clear_session
from vitral.core.variable import Variable
from vitral.errors import ConfigError, ModelWarning, ShapeError
from vitral.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, Optimizer, RMSprop, schedules


def dense() -> list[Variable]:
    return [
        Variable(np.ones((3, 2), np.float32), name="kernel", path="dense/kernel"),
        Variable(np.ones(2, np.float32), name="bias", path="dense/bias"),
    ]


def names(optimizer: Optimizer) -> list[str]:
    optimizer.build(dense())
    return [variable.name for variable in optimizer.variables]


def test_variables_have_keras_names_and_order() -> None:
    # golden values from Keras 3.15
    assert names(SGD(momentum=0.9)) == [
        "iteration",
        "learning_rate",
        "dense_kernel_momentum",
        "dense_bias_momentum",
    ]
    assert names(Adam(amsgrad=True))[2:] == [
        "dense_kernel_momentum",
        "dense_kernel_velocity",
        "dense_bias_momentum",
        "dense_bias_velocity",
        "dense_kernel_velocity_hat",
        "dense_bias_velocity_hat",
    ]
    assert names(RMSprop(momentum=0.5, centered=True))[2:] == [
        "dense_kernel_velocity",
        "dense_bias_velocity",
        "dense_kernel_momentum",
        "dense_bias_momentum",
        "dense_kernel_average_gradient",
        "dense_bias_average_gradient",
    ]
    assert names(optimizers.Adagrad())[2:] == ["dense_kernel_accumulator", "dense_bias_accumulator"]
    assert names(optimizers.Adadelta())[2:4] == [
        "dense_kernel_accumulated_grad",
        "dense_kernel_accumulated_delta_var",
    ]
    assert names(optimizers.Ftrl())[2:4] == ["dense_kernel_accumulator", "dense_kernel_linear"]
    assert names(optimizers.Lamb())[2:] == names(optimizers.ScheduleFreeAdamW())[2:] == names(Adam())[2:]
    adafactor = optimizers.Adafactor()
    adafactor.build(dense())
    assert [variable.shape for variable in adafactor.variables[2:]] == [(3,), (2,), (3, 2), (), (), (2,)]
    assert names(optimizers.Muon())[2:] == ["dense_kernel_momentum", "dense_bias_momentum", "dense_bias_velocity"]
    assert names(optimizers.Adamax())[2:4] == ["dense_kernel_momentum", "dense_kernel_norm"]
    assert names(optimizers.Nadam())[2:6] == names(Adam())[2:]
    assert len(names(optimizers.Nadam())) == 7  # the last is the product of the momentum's factors
    assert names(Adam(use_ema=True, gradient_accumulation_steps=2))[2:7] == [
        "dense_kernel_average",
        "dense_bias_average",
        "dense_kernel_gradient_accumulator",
        "dense_bias_gradient_accumulator",
        "dense_kernel_momentum",
    ]
    assert names(SGD()) == ["iteration", "learning_rate"]
    assert names(SGD(schedules.ExponentialDecay(0.1, 10, 0.5))) == ["iteration"]


def test_building_twice_does_nothing() -> None:
    optimizer, variables = Adam(), dense()
    optimizer.build(variables)
    before = optimizer.variables
    optimizer.build(variables)
    assert optimizer.variables == before


MADE = {
    "Adam": lambda rate: Adam(rate, amsgrad=True),
    "Nadam": optimizers.Nadam,
    "Muon": optimizers.Muon,
    "Adamax": optimizers.Adamax,
    "Lion": optimizers.Lion,
    "Adafactor": optimizers.Adafactor,
    "Ftrl": optimizers.Ftrl,
    "Lamb": optimizers.Lamb,
    "ScheduleFreeAdamW": optimizers.ScheduleFreeAdamW,
    "averages": lambda rate: SGD(rate, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2),
    "collected": lambda rate: Adam(rate, gradient_accumulation_steps=2, use_ema=True),
}


@pytest.mark.parametrize("kind", MADE)
def test_a_copy_of_the_state_continues_with_the_same_bits(kind: str) -> None:
    make = MADE[kind]
    rng = np.random.default_rng(0)
    gradients = rng.standard_normal((6, 3, 2)).astype(np.float32)

    def run(optimizer: Optimizer, weight: Variable, part: np.ndarray) -> None:
        for gradient in part:
            optimizer.apply_gradients([(gradient, weight)])

    first, weight = make(0.1), dense()[0]
    run(first, weight, gradients[:3])
    second, copy = make(0.5), dense()[0]
    second.build([copy])
    copy.assign(weight.value)
    for source, target in zip(first.variables, second.variables, strict=True):
        target.assign(source.value)
    run(first, weight, gradients[3:])
    run(second, copy, gradients[3:])
    np.testing.assert_array_equal(weight.value, copy.value)
    assert int(second.iterations.value) == (3 if kind == "collected" else 6)


def test_a_deep_copy_goes_on_by_itself() -> None:
    kernel, bias = dense()
    optimizer = optimizers.Nadam(0.1)
    optimizer.apply_gradients([(np.ones((3, 2)), kernel), (np.ones(2), bias)])
    copied, copied_kernel, copied_bias = deepcopy((optimizer, kernel, bias))
    for one, variables in ((copied, (copied_kernel, copied_bias)), (optimizer, (kernel, bias))):
        one.apply_gradients([(np.full(variable.shape, 0.5), variable) for variable in variables])
    np.testing.assert_array_equal(copied_kernel.value, kernel.value)
    assert [float(o.variables[-1].value) for o in (copied, optimizer)] == [float(optimizer.variables[-1].value)] * 2


def test_averages_are_swapped_and_put_in() -> None:
    kernel, bias = dense()
    optimizer = SGD(0.5, use_ema=True, ema_momentum=0.5)
    for _ in range(2):  # weights of 0.5, then 0; the averages are 0.5, then 0.25
        optimizer.apply_gradients([(np.ones((3, 2)), kernel), (np.ones(2), bias)])
    optimizer.swap_averages()
    np.testing.assert_array_equal(kernel.value, 0.25)
    optimizer.swap_averages()
    np.testing.assert_array_equal(kernel.value, 0)
    optimizer.finalize_variable_values([bias])
    np.testing.assert_array_equal(bias.value, 0.25)
    np.testing.assert_array_equal(kernel.value, 0)
    optimizer.swap_averages()
    optimizer.finalize_variable_values()
    np.testing.assert_array_equal(kernel.value, 0.25)
    assert not optimizer.averages_swapped
    with pytest.raises(ConfigError, match="keeps no averages; build the optimizer with use_ema=True"):
        SGD(0.5, name="sgd").swap_averages()


def test_the_learning_rate_answers_as_keras_variable() -> None:
    optimizer = SGD(0.1)
    rate = optimizer.learning_rate
    assert rate.numpy() == 0.1
    assert type(optimizer.get_config()["learning_rate"]) is type(pickle.loads(pickle.dumps(rate))) is float
    single = np.ones(2, np.float32)
    assert {(rate * single).dtype, (single - rate).dtype, np.multiply(single, rate).dtype} == {np.dtype("float32")}
    rate.assign(rate * 0.5)
    assert optimizer.learning_rate == 0.05
    scheduled = SGD(schedules.ExponentialDecay(0.5, 1, 0.5))
    assert scheduled.learning_rate.numpy() == 0.5
    with pytest.raises(ConfigError, match="follows a ExponentialDecay and cannot be set to"):
        scheduled.learning_rate.assign(0.1)


def test_learning_rate_can_be_set() -> None:
    optimizer = SGD(0.1)
    assert optimizer.learning_rate == 0.1
    optimizer.learning_rate = 0.02
    assert optimizer.learning_rate == 0.02
    assert optimizer.get_config()["learning_rate"] == 0.02
    with pytest.raises(ConfigError, match="learning_rate is 'fast'"):
        optimizer.learning_rate = "fast"  # type: ignore[assignment]


def test_a_schedule_is_asked_at_every_step() -> None:
    optimizer = SGD(schedules.PiecewiseConstantDecay([0, 1], [1.0, 0.5, 0.25]))
    weight = Variable(np.zeros(1), name="weight")
    for rate in (1.0, 0.5, 0.25):
        assert optimizer.learning_rate == rate
        optimizer.apply_gradients([(np.ones(1), weight)])
    assert weight.value == -1.75
    with pytest.raises(ConfigError, match="follows a PiecewiseConstantDecay"):
        optimizer.learning_rate = 0.1


def test_multipliers_belong_to_names() -> None:
    kernel, bias = dense()
    optimizer = SGD(0.5, weight_decay=0.5, learning_rate_multipliers={"bias": 0.5})
    optimizer.apply_gradients([(np.ones((3, 2)), kernel), (np.ones(2), bias)])
    np.testing.assert_allclose(kernel.value, 1 - 0.25 - 0.5)
    np.testing.assert_allclose(bias.value, 1 - 0.125 - 0.25)
    assert optimizer.get_config()["learning_rate_multipliers"] == {"bias": 0.5}
    with pytest.raises(ConfigError, match="names 'biases'; the variables are called bias, kernel"):
        SGD(learning_rate_multipliers={"biases": 2.0}).build(dense())


def test_weight_decay_can_be_kept_away() -> None:
    for how in ("names", "variables"):
        kernel, bias = dense()
        optimizer = SGD(0.5, weight_decay=0.5)
        optimizer.exclude_from_weight_decay(**({"var_names": ["bias"]} if how == "names" else {"var_list": [bias]}))
        optimizer.apply_gradients([(np.zeros((3, 2)), kernel), (np.zeros(2), bias)])
        np.testing.assert_array_equal(kernel.value, 0.75)
        np.testing.assert_array_equal(bias.value, 1)
    with pytest.raises(ConfigError, match="before the optimizer is built"):
        optimizer.exclude_from_weight_decay(var_names=["kernel"])


def test_missing_gradients() -> None:
    kernel, bias = dense()
    optimizer = SGD(1.0)
    with pytest.raises(ConfigError, match="no gradients provided for any variable"):
        optimizer.apply([kernel, bias])
    bias.add_grad(np.ones(2, np.float32))
    with pytest.warns(ModelWarning, match="no gradient for dense/kernel"):
        optimizer.apply([kernel, bias])
    np.testing.assert_array_equal(bias.value, 0)
    np.testing.assert_array_equal(kernel.value, 1)


def test_frozen_variables_are_left_alone() -> None:
    kernel, bias = dense()
    bias.trainable = False
    for variable in (kernel, bias):
        variable.add_grad(np.ones_like(variable.value))
    SGD(1.0).apply([kernel, bias])
    np.testing.assert_array_equal(bias.value, 1)
    np.testing.assert_array_equal(kernel.value, 0)


def test_strangers_and_wrong_shapes_are_refused() -> None:
    kernel, bias = dense()
    optimizer = Adam(name="adam")
    optimizer.build([kernel])
    with pytest.raises(ConfigError, match="adam was built without dense/bias"):
        optimizer.apply_gradients([(np.ones(2), bias)])
    with pytest.raises(ShapeError, match=r"gradient of dense/kernel has shape \(2,\); expected \(3, 2\)"):
        optimizer.apply_gradients([(np.ones(2), kernel)])
    assert int(optimizer.iterations.value) == 0


def test_wrong_arguments() -> None:
    with pytest.raises(ConfigError, match=r"only one of clipnorm.*got clipnorm=1\.0, clipvalue=2\.0"):
        SGD(clipnorm=1.0, clipvalue=2.0)
    with pytest.raises(ConfigError, match="momentum is 2"):
        SGD(momentum=2)
    with pytest.raises(ConfigError, match="beta_1 is 1"):
        Adam(beta_1=1)
    with pytest.raises(ConfigError, match="learning_rate_power is 1"):
        optimizers.Ftrl(learning_rate_power=1)
    with pytest.raises(ConfigError, match="l2_shrinkage_regularization_strength is -1"):
        optimizers.Ftrl(l2_shrinkage_regularization_strength=-1)
    with pytest.raises(ConfigError, match="beta_1 is 0; expected a number above 0"):
        optimizers.ScheduleFreeAdamW(beta_1=0)
    with pytest.raises(ConfigError, match="ema_momentum is 2"):
        SGD(ema_momentum=2)
    with pytest.raises(ConfigError, match="gradient_accumulation_steps is 1; expected None or a whole number from 2"):
        SGD(gradient_accumulation_steps=1)
    with pytest.raises(ConfigError, match="t_mul is 0"):
        schedules.CosineDecayRestarts(0.1, 10, t_mul=0.5)
    with pytest.raises(ConfigError, match=r"the peak is at step -0\.1"):
        schedules.OneCycle(0.1, 3)
    with pytest.raises(ConfigError, match="learning_rate is None"):
        SGD(None)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="decay_steps is 0"):
        schedules.CosineDecay(0.1, 0)
    with pytest.raises(ConfigError, match="2 boundaries and 2 values"):
        schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2])
    with pytest.raises(ConfigError, match="expected rising numbers"):
        schedules.PiecewiseConstantDecay([2, 1], [0.1, 0.2, 0.3])


DEFAULTS = {
    "SGD": {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False},
    "RMSprop": {"learning_rate": 0.001, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "centered": False},
    "Adagrad": {"learning_rate": 0.001, "initial_accumulator_value": 0.1, "epsilon": 1e-7},
    "Adadelta": {"learning_rate": 0.001, "rho": 0.95, "epsilon": 1e-7},
    "Adam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": False},
    "Adamax": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    "Nadam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    "Adafactor": {
        "learning_rate": 0.001,
        "beta_2_decay": -0.8,
        "epsilon_1": 1e-30,
        "epsilon_2": 1e-3,
        "clip_threshold": 1.0,
        "relative_step": True,
    },
    "Ftrl": {
        "learning_rate": 0.001,
        "learning_rate_power": -0.5,
        "initial_accumulator_value": 0.1,
        "l1_regularization_strength": 0.0,
        "l2_regularization_strength": 0.0,
        "l2_shrinkage_regularization_strength": 0.0,
        "beta": 0.0,
    },
    "Lamb": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    "ScheduleFreeAdamW": {
        "learning_rate": 0.0025,
        "beta_1": 0.9,
        "beta_2": 0.999,
        "epsilon": 1e-8,
        "warmup_steps": 0,
    },
    "Lion": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.99},
    "Muon": {
        "learning_rate": 0.001,
        "weight_decay": 0.004,
        "adam_beta_1": 0.9,
        "adam_beta_2": 0.999,
        "epsilon": 1e-7,
        "exclude_layers": [],
        "muon_a": 3.4445,
        "muon_b": -4.775,
        "muon_c": 2.0315,
        "adam_lr_ratio": 1,
        "momentum": 0.95,
        "ns_steps": 5,
        "nesterov": True,
        "exclude_embeddings": True,
        "adam_weight_decay": 0.004,
        "rms_rate": 0.2,
    },
    "AdamW": {
        "learning_rate": 0.001,
        "weight_decay": 0.004,
        "beta_1": 0.9,
        "beta_2": 0.999,
        "epsilon": 1e-7,
        "amsgrad": False,
    },
}


@pytest.mark.parametrize("name", sorted(optimizers.registry.classes))
def test_defaults_and_configuration_are_those_of_keras(name: str) -> None:
    clear_session()
    cls = optimizers.registry.classes[name]
    optimizer = cls()
    base = {
        "weight_decay": None,
        "clipnorm": None,
        "clipvalue": None,
        "global_clipnorm": None,
        "use_ema": False,
        "ema_momentum": 0.99,
        "ema_overwrite_frequency": None,
        "loss_scale_factor": None,
        "gradient_accumulation_steps": None,
    }
    keras_names = {"RMSprop": "rm_sprop", "AdamW": "adam_w", "ScheduleFreeAdamW": "schedule_free_adam_w"}
    expected = base | {"name": keras_names.get(name, name.lower())} | DEFAULTS[name]
    assert optimizer.get_config() == expected
    saved = optimizers.serialize(optimizer)
    assert (saved["module"], saved["class_name"]) == ("keras.optimizers", name)
    assert optimizers.deserialize(saved).get_config() == expected


def test_a_schedule_is_saved_with_the_optimizer() -> None:
    for schedule in (
        schedules.ExponentialDecay(0.1, 10, 0.5, staircase=True),
        schedules.CosineDecay(0.1, 10, 0.1, warmup_target=0.2, warmup_steps=3),
        schedules.PiecewiseConstantDecay([1], [0.1, 0.2]),
        schedules.InverseTimeDecay(0.1, 10, 0.5, staircase=True),
        schedules.PolynomialDecay(0.1, 10, 0.01, power=2.0, cycle=True),
        schedules.CosineDecayRestarts(0.1, 10, t_mul=1.5, m_mul=0.8, alpha=0.1),
        schedules.OneCycle(0.1, 100),
    ):
        saved = optimizers.serialize(SGD(schedule))
        assert saved["config"]["learning_rate"]["module"] == "keras.optimizers.schedules"
        copy = optimizers.deserialize(saved)
        assert copy.learning_rate == schedule(0)
        assert copy.get_config()["learning_rate"]["config"] == schedule.get_config()


def test_an_optimizer_saved_by_keras_is_read() -> None:
    config = {
        "name": "sgd",
        "learning_rate": 0.009999999776482582,
        "use_ema": False,
        "ema_momentum": 0.99,
        "ema_overwrite_frequency": None,
        "loss_scale_factor": None,
        "gradient_accumulation_steps": None,
        "momentum": 0.9,
        "nesterov": False,
    }
    assert SGD.from_config(config).momentum == 0.9
    assert SGD.from_config(config | {"use_ema": True}).use_ema
    with pytest.raises(ConfigError, match=r"loss_scale_factor is 2\.0; Vitral has loss_scale_factor=None only"):
        SGD.from_config(config | {"loss_scale_factor": 2.0})


@pytest.mark.parametrize(
    ("identifier", "cls"),
    [
        ("sgd", SGD),
        ("SGD", SGD),
        ("adam", Adam),
        ("AdamW", AdamW),
        ("adamw", AdamW),
        ("RMSProp", RMSprop),
        (Adam, Adam),
    ],
)
def test_get(identifier: str, cls: type) -> None:
    assert type(optimizers.get(identifier)) is cls


def test_get_refuses_the_unknown() -> None:
    with pytest.raises(ConfigError, match="did you mean 'adam'"):
        optimizers.get("adamm")


def test_state_goes_out_and_comes_back_as_arrays() -> None:
    variables = dense()
    one, other = Adam(0.1), Adam(0.5)
    one.apply_gradients([(np.ones(variable.shape), variable) for variable in variables])
    with pytest.raises(ConfigError, match="adam_1 is not built" if other.name == "adam_1" else "is not built"):
        other.set_weights([variable.value for variable in one.variables])
    other.build(variables)
    other.set_weights([variable.value for variable in one.variables])
    assert other.learning_rate == 0.1
    np.testing.assert_allclose(other.slot("momentum", variables[0]), np.full((3, 2), 0.1))
    store: dict[str, np.ndarray] = {}
    one.save_own_variables(store)
    assert sorted(store) == ["0", "1", "2", "3", "4", "5"]
    third = Adam()
    with pytest.warns(ModelWarning, match="has 2 variables, 6 are saved: none is loaded; build the optimizer first"):
        third.load_own_variables(store)
    assert third.learning_rate == 0.001
    third.build(variables)
    third.load_own_variables(store)
    assert (third.learning_rate, third.step) == (0.1, 1)


def test_arrays_of_the_wrong_number_or_shape_change_no_state() -> None:
    optimizer = SGD(0.5, momentum=0.9)
    optimizer.build(dense())
    with pytest.raises(ConfigError, match="has 4 variables, got 1 arrays"):
        optimizer.set_weights([np.array(3)])
    with pytest.raises(ShapeError, match=r"dense_bias_momentum has shape \(3,\); expected \(2,\)"):
        optimizer.set_weights([np.array(3), np.array(0.1), np.ones((3, 2)), np.ones(3)])
    assert (optimizer.step, optimizer.learning_rate) == (0, 0.5)


def test_an_optimizer_of_ones_own_keeps_state_as_in_keras() -> None:
    class Averaged(Optimizer):
        def build(self, variables):
            super().build(variables)
            self.means, self.counts = self.add_optimizer_variables(variables, ["mean", "count"], ["zeros", "ones"])
            self.total = self.add_variable(shape=(), initializer="ones", name="total")

        def update_step(self, gradient, variable, learning_rate):
            self.total.assign_add(1)
            variable.value -= learning_rate * self.slot("count", variable) * gradient

    kernel, bias = dense()
    optimizer = Averaged(0.5)
    optimizer.apply_gradients([(np.full((3, 2), 2.0), kernel), (np.zeros(2), bias)])
    assert [v.name for v in optimizer.variables[2:]] == [
        "dense_kernel_mean",
        "dense_kernel_count",
        "dense_bias_mean",
        "dense_bias_count",
        "total",
    ]
    assert optimizer.means[1].shape == (2,)
    assert float(optimizer.total) == 3
    np.testing.assert_array_equal(kernel.value, np.zeros((3, 2)))  # 1 - 0.5 * 1 * 2
    assert [v.name for v in SGD().add_optimizer_variables([bias], "mean")] == ["dense_bias_mean"]
    with pytest.raises(ConfigError, match="2 names and 1 initializers"):
        optimizer.add_optimizer_variables([bias], ["a", "b"], ["zeros"])
    with pytest.raises(ConfigError, match="already has state called 'total'"):
        optimizer.add_variable((), name="total")


@pytest.mark.parametrize("base", [SGD, Adam, RMSprop, Adagrad, Adadelta])
def test_a_changed_update_step_holds_for_every_variable(base) -> None:
    """Although these optimizers move all variables in one call."""

    class Halved(base):
        def update_step(self, gradient, variable, learning_rate):
            moved.append(variable.name)
            super().update_step(gradient, variable, learning_rate / 2)

    class Named(Halved):
        pass

    moved: list[str] = []
    gradients = [np.full((3, 2), 2.0), np.array([1.0, -3.0])]
    halved, plain = dense(), dense()
    Named(0.5).apply_gradients(zip(gradients, halved, strict=True))
    base(0.25).apply_gradients(zip(gradients, plain, strict=True))
    assert moved == ["kernel", "bias"]
    for one, two in zip(halved, plain, strict=True):
        np.testing.assert_array_equal(one.value, two.value)


@pytest.mark.parametrize("base", [SGD, Adam, RMSprop])
def test_an_update_step_set_on_the_object_is_heard(base) -> None:
    optimizer, (kernel, bias) = base(0.5), dense()
    optimizer.update_step = lambda gradient, variable, learning_rate: variable.assign_sub(learning_rate * gradient)
    optimizer.apply_gradients([(np.full((3, 2), 1.0), kernel), (np.full(2, 1.0), bias)])
    np.testing.assert_array_equal(kernel.value, np.full((3, 2), 0.5))
    np.testing.assert_array_equal(bias.value, np.full(2, 0.5))


def test_multipliers_and_decay_hold_for_the_variables_that_they_name() -> None:
    kernel, bias = dense()
    optimizer = SGD(0.5, weight_decay=0.25, learning_rate_multipliers={"bias": 0.5})
    optimizer.exclude_from_weight_decay(var_names=["kernel"])
    optimizer.apply_gradients([(np.full((3, 2), 1.0), kernel), (np.full(2, 1.0), bias)])
    np.testing.assert_array_equal(kernel.value, np.full((3, 2), 0.5))  # 1 - 0.5 * 1
    np.testing.assert_array_equal(bias.value, np.full(2, 0.6875))  # 1 - 0.25 * 0.25 - 0.25 * 1


def test_a_step_in_single_precision_is_computed_in_single_precision() -> None:
    class Descent(Optimizer):
        def update_step(self, gradient, variable, learning_rate):
            types.append((learning_rate * gradient).dtype)

    types: list[np.dtype] = []
    Descent(0.1).apply_gradients([(np.ones(2, np.float32), dense()[1])])
    Descent(schedules.ExponentialDecay(0.1, 1, 0.5)).apply_gradients([(np.ones(2, np.float32), dense()[1])])
    assert types == [np.float32, np.float32]


def test_a_subclass_says_how_much_each_variable_decays() -> None:
    class KernelsDecay(SGD):
        def decay_of(self, variable: Variable) -> float | None:
            return 0.5 if variable.name == "kernel" else None

    kernel, bias = dense()
    KernelsDecay(learning_rate=0.1).apply_gradients([(np.zeros((3, 2), np.float32), kernel), (np.zeros(2), bias)])
    np.testing.assert_allclose(kernel.value, 0.95)
    np.testing.assert_array_equal(bias.value, 1)


def test_a_variable_that_is_given_twice_is_refused() -> None:
    kernel, _ = dense()
    gradient = np.ones((3, 2), np.float32)
    with pytest.raises(ConfigError, match="dense/kernel is given twice; expected each variable once, with the sum"):
        SGD().apply_gradients([(gradient, kernel), (gradient, kernel)])
    np.testing.assert_array_equal(kernel.value, 1)
