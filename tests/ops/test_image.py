"""Images moved about: values from Keras, and maps whose result is plain to see."""

import numpy as np
import pytest

from vitral import ops
from vitral.typing import Array

IMAGE = np.array([[3, 1, 4, 1, 5], [9, 2, 6, 5, 3], [5, 8, 9, 7, 9], [3, 2, 3, 8, 4]], np.float32)
TURNED = [0.8, -0.6, 1.27, 0.6, 0.8, -1.13]

# Keras 3.15.1 on JAX: keras.ops.image.affine_transform(IMAGE, [*TURNED, 0, 0], interpolation, fill_mode, fill_value=-2)
AFFINE = {
    ("reflect", "bilinear"): [
        [1.9751, 3.79, 1.6518, 3.6666, 4.62],
        [1.66, 2.8069, 5.3998, 5.9316, 8.4446],
        [5.5155, 3.239, 7.3533, 7.3283, 7.0006],
        [7.92, 5.979, 5.25, 2.87, 6.35],
    ],
    ("wrap", "nearest"): [[2, 3, 1, 3, 3], [1, 1, 6, 5, 9], [3, 2, 9, 9, 8], [3, 5, 8, 3, 1]],
    ("wrap", "bilinear"): [
        [3.05, 3.5568, 1.6518, 3.6666, 6.171],
        [1.8811, 2.8069, 5.3998, 5.9316, 8.4446],
        [5.5155, 3.239, 7.3533, 7.3283, 7.0006],
        [6.171, 5.979, 5.25, 2.9218, 3.4288],
    ],
    ("constant", "nearest"): [[-2, -2, 1, 3, 3], [1, 1, 6, 5, 9], [3, 2, 9, 9, 8], [-2, 5, 8, 3, -2]],
    ("constant", "bilinear"): [
        [-2, 0.7213, 1.6518, 3.6666, 1.5086],
        [0.4522, 2.8069, 5.3998, 5.9316, 8.4446],
        [5.5155, 3.239, 7.3533, 7.3283, 7.0006],
        [2.6624, 5.979, 5.25, 2.5291, 0.7555],
    ],
    ("nearest", "bilinear"): [
        [1.81, 3.79, 1.6518, 3.6666, 4.62],
        [1.66, 2.8069, 5.3998, 5.9316, 8.4446],
        [5.5155, 3.239, 7.3533, 7.3283, 7.0006],
        [7.92, 5.979, 5.25, 2.87, 6.35],
    ],
}

# Keras 3.15.1 on JAX: keras.ops.image.resize(IMAGE, size, interpolation, antialias=antialias)
RESIZED = {
    ("nearest", False, (3, 8)): [[3, 3, 1, 4, 4, 1, 5, 5], [5, 5, 8, 9, 9, 7, 9, 9], [3, 3, 2, 3, 3, 8, 4, 4]],
    ("nearest", True, (2, 3)): [[9, 6, 3], [3, 3, 4]],
    ("bilinear", False, (3, 8)): [
        [4, 2.76042, 1.36458, 3.34375, 3.5, 1.83333, 3.35417, 4.66667],
        [7, 6.125, 5.15625, 6.71875, 7.03125, 6.09375, 6, 6],
        [3.33333, 3.1875, 3.0625, 3.6875, 5.19792, 7.59375, 6.14583, 4.83333],
    ],
    ("bilinear", True, (2, 3)): [[4.38776, 4.42857, 4.22449], [4.65306, 5.93651, 6.4898]],
    ("bicubic", False, (3, 8)): [
        [3.9192, 2.51066, 1.09563, 3.45222, 3.56552, 1.45091, 3.27538, 4.94233],
        [7.64841, 6.55672, 5.47864, 7.36707, 7.69585, 6.25901, 6.09624, 6.1875],
        [3.21514, 2.9632, 2.76438, 3.128, 5.03814, 7.84522, 6.13803, 4.39902],
    ],
    ("bicubic", True, (2, 3)): [[4.40998, 4.20388, 4.08856], [4.61825, 6.14596, 6.7604]],
    ("lanczos3", False, (3, 8)): [
        [4.25816, 2.38099, 0.91847, 3.38612, 3.56933, 1.42004, 3.03696, 4.9318],
        [8.44426, 7.04698, 6.04193, 7.99429, 8.41617, 6.56121, 6.17788, 6.49767],
        [3.11702, 3.01269, 2.90211, 2.99436, 5.31172, 7.92577, 6.36686, 4.37204],
    ],
    ("lanczos3", True, (2, 3)): [[4.53031, 4.14148, 4.20111], [4.63368, 6.28328, 6.86929]],
    ("lanczos5", False, (3, 8)): [
        [4.45456, 2.17169, 0.81112, 3.2684, 3.56938, 1.52916, 2.81399, 4.92982],
        [9.06965, 7.41824, 6.48338, 8.44101, 8.96843, 6.80214, 6.16755, 6.8117],
        [2.88739, 3.10338, 2.92483, 2.98197, 5.29495, 7.79935, 6.41168, 4.42249],
    ],
    ("lanczos5", True, (2, 3)): [[4.61054, 4.11316, 4.29301], [4.62397, 6.3492, 6.91707]],
}


@pytest.mark.parametrize(("fill_mode", "interpolation"), AFFINE)
def test_affine_sample_sees_what_keras_sees(fill_mode: str, interpolation: str) -> None:
    y, _ = ops.affine_sample2d(
        _batch(IMAGE), maps=np.array([TURNED]), interpolation=interpolation, fill_mode=fill_mode, fill_value=-2.0
    )
    np.testing.assert_allclose(y[0, :, :, 0], AFFINE[fill_mode, interpolation], atol=2e-5)


def test_each_image_and_each_channel_is_seen_through_its_own_map() -> None:
    x = np.stack([IMAGE, 10 * IMAGE, IMAGE.T.reshape(4, 5)])[..., np.newaxis] * [1.0, 2.0]
    maps = np.array([[1, 0, 0, 0, 1, 0], [1, 0, 1, 0, 1, 0], [1, 0, 0, 0, 1, -2]], float)
    y, _ = ops.affine_sample2d(x, maps=maps, fill_mode="nearest")
    np.testing.assert_array_equal(y[0], x[0])
    np.testing.assert_array_equal(y[1], x[1][:, [1, 2, 3, 4, 4]])
    np.testing.assert_array_equal(y[2], x[2][[0, 0, 0, 1]])


def test_a_large_batch_is_seen_as_each_image_alone_and_back() -> None:
    random = np.random.default_rng(0)
    x, dy = random.standard_normal((2, 40, 32, 32, 2))
    maps = np.array([1, 0, 0, 0, 1, 0]) + random.uniform(-0.4, 0.4, (40, 6))
    y, cache = ops.affine_sample2d(x, maps=maps, fill_mode="constant")
    for number in (0, 15, 16, 39):
        alone, _ = ops.affine_sample2d(x[number : number + 1], maps=maps[number : number + 1], fill_mode="constant")
        np.testing.assert_array_equal(y[number], alone[0])
    # The adjoint A* of a linear map A has (A x) . dy = x . (A* dy).
    dx = ops.affine_sample2d_backward(dy, cache)
    np.testing.assert_allclose((y * dy).sum(axis=(1, 2, 3)), (x * dx).sum(axis=(1, 2, 3)))


@pytest.mark.parametrize(("interpolation", "antialias", "size"), RESIZED)
def test_resize_gives_what_keras_gives(interpolation: str, antialias: bool, size: tuple[int, int]) -> None:
    y, _ = ops.resize2d(_batch(IMAGE), size=size, interpolation=interpolation, antialias=antialias)
    np.testing.assert_allclose(y[0, :, :, 0], RESIZED[interpolation, antialias, size], atol=2e-5)


def test_a_constant_image_stays_constant_in_any_size() -> None:
    x = np.full((2, 5, 4, 3), 0.7)
    for name in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
        np.testing.assert_allclose(ops.resize2d(x, size=(3, 9), interpolation=name)[0], np.full((2, 3, 9, 3), 0.7))


def test_flip_mirrors_the_images_that_it_should() -> None:
    x = np.arange(24.0).reshape(2, 3, 4, 1)
    y, _ = ops.flip2d(x, vertical=np.array([True, False]), horizontal=np.array([True, False]))
    np.testing.assert_array_equal(y[0, :, :, 0], [[11, 10, 9, 8], [7, 6, 5, 4], [3, 2, 1, 0]])
    np.testing.assert_array_equal(y[1], x[1])


def test_crop_cuts_each_side() -> None:
    y, _ = ops.crop2d(_batch(IMAGE), cropping=((1, 0), (1, 2)))
    np.testing.assert_array_equal(y[0, :, :, 0], [[2, 6], [8, 9], [2, 3]])


def _batch(image: Array) -> Array:
    return image[np.newaxis, :, :, np.newaxis]
