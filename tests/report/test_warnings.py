"""Warnings about a model in the language of the report."""

import numpy as np
import pytest

import vitral
from vitral import layers, losses
from vitral.report.texts.warnings import translate_warning
from vitral.training.checks import model_warnings

SPARSE = losses.SparseCategoricalCrossentropy
CASES = {
    "logits of a softmax": (SPARSE(from_logits=True), "softmax", 10),
    "logits of a sigmoid": (SPARSE(from_logits=True), "sigmoid", 20),
    "sigmoid for classes": (SPARSE(), "sigmoid", 10),
    "no activation": (SPARSE(), "linear", 10),
    "softmax for yes or no": (losses.BinaryCrossentropy(), "softmax", 10),
    "too many outputs": (SPARSE(), "softmax", 20),
}


@pytest.mark.parametrize("case", CASES)
def test_every_warning_has_spanish_words(case: str) -> None:
    loss, activation, units = CASES[case]
    model = vitral.Sequential([layers.Input((4,)), layers.Dense(units, activation=activation)])
    model.compile("sgd", loss)
    y = np.arange(400) % 10 if isinstance(loss, SPARSE) else None
    found = model_warnings(model, y)
    assert found
    for warning in found:
        for text in (warning, f"as the report's text has it (layers.0.units = 20): {warning}"):
            remark = translate_warning(text, "es")
            assert remark.lang == "es"
            assert "capa" in remark.text
            assert " layer " not in remark.text
            assert "{" not in remark.text
            assert translate_warning(text, "en").text == text
