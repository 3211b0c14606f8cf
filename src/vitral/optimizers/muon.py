"""Muon: matrices move along directions of equal length, all else by AdamW."""

import math
import re
from collections.abc import Sequence
from typing import Unpack

from vitral import ops
from vitral.core.variable import Variable
from vitral.optimizers.common import CommonArguments, check_rates
from vitral.optimizers.optimizer import Optimizer, registry
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


@registry.register()
class Muon(Optimizer):
    """Matrices (dense kernels) move along their momentum made orthogonal; every other variable moves by AdamW.

    The length of a matrix's step is learning_rate `rms_rate` sqrt(its longer side), or learning_rate if `rms_rate` is
    None. AdamW takes over also where a variable's path holds "embedding" (`exclude_embeddings`) or matches one of the
    patterns `exclude_layers`; its rate is `adam_lr_ratio` times the learning rate. `muon_a`, `muon_b`, `muon_c` and
    `ns_steps` belong to the iteration, see ops.muon_update. Jordan et al., "Muon: an optimizer for hidden layers in
    neural networks", 2024; Liu et al., "Muon is scalable for LLM training", 2025 (`rms_rate`).
    """

    def __init__(  # type: ignore[misc]  # weight_decay has a place and a default of its own here
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        *,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **common: Unpack[CommonArguments],
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, **common)
        check_rates(adam_beta_1=adam_beta_1, adam_beta_2=adam_beta_2, momentum=momentum)
        self.adam_beta_1 = adam_beta_1
        self.adam_beta_2 = adam_beta_2
        self.adam_weight_decay = adam_weight_decay
        self.epsilon = epsilon
        self.exclude_layers = list(exclude_layers or ())
        self.exclude_embeddings = exclude_embeddings
        self.coefficients = (muon_a, muon_b, muon_c)
        self.adam_lr_ratio = adam_lr_ratio
        self.momentum = momentum
        self.ns_steps = ns_steps
        self.nesterov = nesterov
        self.rms_rate = rms_rate

    def create_slots(self) -> None:
        for variable in self.trainable_variables:
            self.add_slots("momentum", variables=[variable])
            if self.is_left_to_adam(variable):
                self.add_slots("velocity", variables=[variable])

    def is_left_to_adam(self, variable: Variable) -> bool:
        """Whether AdamW moves this variable."""
        return (
            len(variable.shape) != 2
            or (self.exclude_embeddings and "embedding" in variable.path.lower())
            or any(re.search(pattern, variable.path) for pattern in self.exclude_layers)
        )

    def decay_of(self, variable: Variable) -> float | None:
        return self.adam_weight_decay if self.is_left_to_adam(variable) else self.weight_decay

    def update_step(self, gradient: Array, variable: Variable, learning_rate: float) -> None:
        momentum = self.slot("momentum", variable)
        if self.is_left_to_adam(variable):
            ops.adam_update(
                variable.value,
                gradient,
                momentum,
                self.slot("velocity", variable),
                None,
                step=self.step + 1,
                learning_rate=learning_rate * self.adam_lr_ratio,
                beta_1=self.adam_beta_1,
                beta_2=self.adam_beta_2,
                epsilon=self.epsilon,
            )
            return
        scale = 1.0 if self.rms_rate is None else math.sqrt(max(variable.shape)) * self.rms_rate
        ops.muon_update(
            variable.value,
            gradient,
            momentum,
            learning_rate=learning_rate * scale,
            decay=self.momentum,
            nesterov=self.nesterov,
            steps=self.ns_steps,
            coefficients=self.coefficients,
        )

    def get_config(self) -> Config:
        muon_a, muon_b, muon_c = self.coefficients
        return {
            **super().get_config(),
            "adam_beta_1": self.adam_beta_1,
            "adam_beta_2": self.adam_beta_2,
            "adam_weight_decay": self.adam_weight_decay,
            "epsilon": self.epsilon,
            "exclude_layers": self.exclude_layers,
            "exclude_embeddings": self.exclude_embeddings,
            "muon_a": muon_a,
            "muon_b": muon_b,
            "muon_c": muon_c,
            "adam_lr_ratio": self.adam_lr_ratio,
            "momentum": self.momentum,
            "ns_steps": self.ns_steps,
            "nesterov": self.nesterov,
            "rms_rate": self.rms_rate,
        }
