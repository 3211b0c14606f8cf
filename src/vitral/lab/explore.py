"""`vitral explore`: what there is to know about a data set before any training."""

from pathlib import Path

import numpy as np

from vitral import datasets
from vitral.core.registry import unknown_name
from vitral.errors import RecipeError
from vitral.lab.check import check_data
from vitral.lab.data import Images, load_parts
from vitral.lab.duplicates import find_duplicates
from vitral.lab.folder import RunFolder
from vitral.lab.outcome import as_uint8
from vitral.lab.outliers import OUTLIER_RULE, find_outliers
from vitral.lab.pixels import constant_pixels, correlation_with_label, mean_images, nearest_mean
from vitral.lab.recipe import DataRecipe
from vitral.lab.record import Localized
from vitral.lab.record_exploration import ClassBalance, ColumnRecord, Duplicates, Exploration
from vitral.typing import Array

_SAMPLES = 25
_SHOWN = 25


def explore(data: DataRecipe) -> tuple[Exploration, dict[str, Array]]:
    """Analyze a built-in data set or a user's file; the second part are the arrays of exploration.npz.

    Raises DataError for a file that is not what it should be, RecipeError for an unknown data set.
    """
    check_data(data)
    images = load_parts(data)
    x, y = images.x_train, images.y_train
    constant = constant_pixels(x)
    correlation = correlation_with_label(x, y)
    means = mean_images(x, y, images.classes)
    outliers = find_outliers(x, y, means)
    duplicates = find_duplicates(images)
    strongest = _strongest(correlation)
    counts = np.bincount(y, minlength=images.classes)
    has_test = len(images.x_test) > 0
    record = Exploration(
        name=images.name,
        title=_title(data, images),
        source=data.dataset or str(data.path),
        train_size=len(x),
        test_size=len(images.x_test),
        image_shape=list(images.image_shape),
        class_names=images.class_names,
        columns=_columns(images),
        classes=_balance(images, counts),
        imbalance=float(counts.max() / counts.min()) if counts.min() else None,
        constant_pixels=int(constant.sum()),
        undefined_correlations=int(np.isnan(correlation).sum()),
        strongest_correlation=None if strongest is None else float(abs(correlation[strongest])),
        strongest_pixel=[] if strongest is None else [int(axis) for axis in strongest],
        outlier_rule=OUTLIER_RULE,
        outlier_count=len(outliers),
        outliers=outliers[:_SHOWN],
        duplicates=duplicates,
        majority_baseline=float(counts.max() / len(y)),
        nearest_mean_accuracy=nearest_mean(images.x_test, images.y_test, means) if has_test else None,
        verdict=Localized(en="", es=""),
    )
    record.verdict = _verdict(record, int(constant.size))
    drawn = np.random.Generator(np.random.Philox(0)).choice(len(x), min(_SAMPLES, len(x)), replace=False)
    arrays = {
        "constant": constant,
        "correlation": correlation,
        "mean_images": means,
        "mean_image": x.mean(axis=0, dtype=np.float64),
        "sample_images": as_uint8(x[drawn], images.max_value),
        "sample_labels": y[drawn],
        "outlier_images": as_uint8(x[[outlier.index for outlier in record.outliers]], images.max_value),
        "duplicate_images": as_uint8(_first_of_groups(images, duplicates), images.max_value),
    }
    return record, arrays


def write_exploration(data: DataRecipe, folder: Path) -> Exploration:
    """Analyze, and write exploration.json and exploration.npz into a folder."""
    record, arrays = explore(data)
    folder.mkdir(parents=True, exist_ok=True)
    files = RunFolder(folder)
    files.write_arrays("exploration.npz", arrays)
    files.write("exploration.json", record)
    return record


def data_recipe(name_or_path: str, *, test_path: str | None = None, **options: object) -> DataRecipe:
    """The data of a built-in set by its name, or of a file or folder; `options` go to the reader.

    Raises RecipeError for a name that is neither, or for options that do not apply.
    """
    if name_or_path.lower().replace("-", "_") in datasets.names():
        if test_path is not None or options:
            raise RecipeError(f"{name_or_path} is a built-in data set: --test and --label are for files of yours")
        return DataRecipe(dataset=name_or_path)
    if not Path(name_or_path).exists():
        unknown = unknown_name("data set", name_or_path, datasets.names())
        raise RecipeError(f"{name_or_path}: no such file or folder, and {unknown}")
    return DataRecipe(path=name_or_path, test_path=test_path, reader=dict(options))


def _title(data: DataRecipe, images: Images) -> Localized:
    title = datasets.get(data.dataset).title if data.dataset is not None else images.name
    return Localized(en=title, es=title)


def _balance(images: Images, counts: Array) -> list[ClassBalance]:
    test = np.bincount(images.y_test, minlength=images.classes)
    return [
        ClassBalance(label, int(counts[label]), int(test[label]) if len(images.y_test) else None)
        for label in range(images.classes)
    ]


def _columns(images: Images) -> list[ColumnRecord]:
    """The table that the images make: one label, and one column for each pixel of each channel."""
    height, width, channels = images.image_shape
    found = [_column("label", images.y_train[:, np.newaxis], 1)]
    for channel, name in zip(range(channels), ["red", "green", "blue"] if channels == 3 else [""], strict=False):
        label = f"1x1 ... {height}x{width}" + (f" ({name})" if name else "")
        found.append(_column(label, images.x_train[..., channel], height * width))
    return found


def _column(name: str, values: Array, count: int) -> ColumnRecord:
    return ColumnRecord(
        name=name,
        count=count,
        dtype=values.dtype.name,
        minimum=float(values.min()),
        maximum=float(values.max()),
        mean=float(values.mean(dtype=np.float64)),
        distinct=len(np.unique(values)),
    )


def _strongest(correlation: Array) -> tuple[int, ...] | None:
    if np.isnan(correlation).all():
        return None
    return tuple(int(axis) for axis in np.unravel_index(np.nanargmax(np.abs(correlation)), correlation.shape))


def _first_of_groups(images: Images, duplicates: Duplicates) -> Array:
    firsts = [
        images.x_train[group.train[0]] if group.train else images.x_test[group.test[0]] for group in duplicates.groups
    ]
    return np.stack(firsts) if firsts else images.x_train[:0]


def _verdict(record: Exploration, pixels: int) -> Localized:
    """The findings in words: balance, useless pixels, feasibility, cleanliness."""
    en, es = [], []
    if record.imbalance is not None and record.imbalance < 1.5:
        en.append(f"The classes are balanced (largest to smallest {record.imbalance:.2f}).")
        es.append(f"Las clases están equilibradas (mayor a menor {_comma(record.imbalance, 2)}).")
    else:
        en.append("The classes are not balanced: accuracy alone misleads, look at each class.")
        es.append("Las clases no están equilibradas: el porcentaje de aciertos engaña, mire cada clase.")
    if record.constant_pixels:
        en.append(f"{record.constant_pixels} of {pixels} pixels never vary and carry nothing.")
        es.append(f"{record.constant_pixels} de {pixels} píxeles nunca varían y no aportan nada.")
    if record.nearest_mean_accuracy is not None:
        share, base = 100 * record.nearest_mean_accuracy, 100 * record.majority_baseline
        feasible = record.nearest_mean_accuracy > 2 * record.majority_baseline
        en.append(
            f"The nearest class mean is right in {share:.1f} % of the test images, the most frequent "
            f"class in {base:.1f} %: the task is " + ("feasible." if feasible else "hard from the pixels alone.")
        )
        es.append(
            f"La media de clase más cercana acierta el {_comma(share, 1)} % de las imágenes de prueba; responder "
            f"siempre la clase más frecuente, el {_comma(base, 1)} %: la tarea es "
            + ("viable." if feasible else "difícil con los píxeles solos.")
        )
    if record.duplicates.across:
        en.append(f"{record.duplicates.across} test images are also in the training set.")
        es.append(f"{record.duplicates.across} imágenes de prueba están también en el entrenamiento.")
    return Localized(en=" ".join(en), es=" ".join(es))


def _comma(value: float, digits: int) -> str:
    """A number as Spanish writes it."""
    return f"{value:.{digits}f}".replace(".", ",")
