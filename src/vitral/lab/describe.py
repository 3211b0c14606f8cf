"""A run before its training: what the data is, what the network is, and what is doubtful about it."""

from collections.abc import Iterator

import numpy as np

from vitral.lab.build import build_model
from vitral.lab.data import Images
from vitral.lab.loading import as_written
from vitral.lab.outcome import Prepared
from vitral.lab.recipe import Recipe
from vitral.lab.record import DatasetRecord, LayerRecord, OptimizerRecord, RunSummary
from vitral.models import Sequential
from vitral.training import checks


def describe_run(recipe: Recipe, data: Prepared, model: Sequential) -> RunSummary:
    """The summary of a run that is about to start."""
    table = list(_layers(model))
    return RunSummary(
        status="running",
        recipe=recipe.name,
        variant=recipe.variant,
        title=recipe.title,
        label=recipe.label,
        kind=recipe.kind,
        notes=recipe.notes,
        dataset=_dataset(data.images, data),
        preparation=data.preparation.record,
        layers=table,
        parameters=sum(layer.parameters for layer in table),
        trainable_parameters=sum(layer.trainable_parameters for layer in table),
        multiply_adds=sum(layer.multiply_adds for layer in table),
        loss=str(recipe.loss["type"]),
        optimizer=OptimizerRecord(str(recipe.optimizer["type"]), model.optimizer.get_config()),
        batch_size=batch_size(recipe, len(data.images.x_train)),
        epochs_planned=recipe.training.epochs,
    )


def batch_size(recipe: Recipe, train_size: int) -> int:
    """Images of one training step."""
    size = recipe.training.batch_size
    return train_size if size == "full" else min(size, train_size)


def _dataset(images: Images, data: Prepared) -> DatasetRecord:
    return DatasetRecord(
        name=images.name,
        train_size=len(images.x_train),
        validation_size=0 if images.x_validation is None else len(images.x_validation),
        test_size=len(images.x_test),
        input_shape=data.preparation.record.input_shape,
        image_shape=list(images.image_shape),
        max_value=images.max_value,
        class_names=images.class_names,
        train_counts=np.bincount(images.y_train, minlength=images.classes).tolist(),
        test_counts=np.bincount(images.y_test, minlength=images.classes).tolist(),
    )


def _layers(model: Sequential) -> Iterator[LayerRecord]:
    for layer in model.layers:
        name = checks.activation_name(layer)
        yield LayerRecord(
            name=layer.name,
            type=type(layer).__name__,
            output_shape=[int(axis or 0) for axis in layer.output_shape[1:]],
            parameters=layer.count_params(),
            trainable_parameters=sum(variable.size for variable in layer.trainable_weights),
            multiply_adds=layer.multiply_adds(layer.input_shape),
            activation=None if name == "linear" else name,
        )


def collect_warnings(recipe: Recipe, data: Prepared, model: Sequential) -> list[str]:
    """What is probably wrong with the network, as it is trained and as the original report's text has it."""
    found = checks.model_warnings(model, data.targets("train"))
    if recipe.as_written:
        written = build_model(as_written(recipe), data.preparation.record.input_shape)
        found += [
            f"as the report's text has it ({_changes(recipe)}): {warning}"
            for warning in checks.model_warnings(written, data.targets("train"))
            if warning not in found
        ]
    return found


def _changes(recipe: Recipe) -> str:
    return ", ".join(f"{key} = {value}" for key, value in recipe.as_written.items())
