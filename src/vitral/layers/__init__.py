"""Layers under Keras' names, each with its forward pass and its gradient written out."""

from vitral.layers.activation_layers import ELU, Activation, LeakyReLU, ReLU, Softmax
from vitral.layers.activity_regularization import ActivityRegularization
from vitral.layers.adaptive_pooling import AdaptiveAveragePooling2D, AdaptiveMaxPooling2D
from vitral.layers.augmentation.affine_layers import RandomRotation, RandomTranslation, RandomZoom
from vitral.layers.augmentation.aug_mix import AugMix
from vitral.layers.augmentation.histogram import (
    AutoContrast,
    ContrastLimitedAdaptiveHistogramEqualization,
    Equalization,
)
from vitral.layers.augmentation.mixing import CutMix, MixUp
from vitral.layers.augmentation.rand_augment import RandAugment
from vitral.layers.augmentation.random_color import RandomBrightness, RandomContrast
from vitral.layers.augmentation.random_color_jitter import RandomColorJitter
from vitral.layers.augmentation.random_crop import RandomCrop
from vitral.layers.augmentation.random_elastic_transform import RandomElasticTransform
from vitral.layers.augmentation.random_erasing import RandomErasing
from vitral.layers.augmentation.random_flip import RandomFlip
from vitral.layers.augmentation.random_gray import RandomColorDegeneration, RandomGrayscale
from vitral.layers.augmentation.random_hue import RandomHue, RandomSaturation
from vitral.layers.augmentation.random_perspective import RandomPerspective
from vitral.layers.augmentation.random_sharpness import RandomGaussianBlur, RandomSharpness
from vitral.layers.augmentation.random_shear import RandomShear
from vitral.layers.augmentation.random_tones import RandomInvert, RandomPosterization, Solarization
from vitral.layers.augmentation.resizing import CenterCrop, Resizing
from vitral.layers.batch_normalization import BatchNormalization
from vitral.layers.conv2d import Conv2D
from vitral.layers.conv2d_transpose import Conv2DTranspose
from vitral.layers.dense import Dense
from vitral.layers.depthwise import DepthwiseConv2D, SeparableConv2D
from vitral.layers.dropout import AlphaDropout, Dropout, SpatialDropout2D
from vitral.layers.einsum_dense import EinsumDense
from vitral.layers.embedding import Embedding, PositionEmbedding
from vitral.layers.identity import Identity
from vitral.layers.input import Input, InputLayer
from vitral.layers.input_spec import InputSpec
from vitral.layers.joining import Concatenate, Dot, concatenate, dot
from vitral.layers.layer import Layer, registry
from vitral.layers.length_normalization import RMSNormalization, UnitNormalization
from vitral.layers.merging import (
    Add,
    Average,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    maximum,
    minimum,
    multiply,
    subtract,
)
from vitral.layers.multi_head_attention import MultiHeadAttention
from vitral.layers.noise import GaussianDropout, GaussianNoise
from vitral.layers.pooling import AveragePooling2D, GlobalAveragePooling2D, GlobalMaxPooling2D, MaxPooling2D
from vitral.layers.prelu import PReLU
from vitral.layers.preprocessing_layers import Normalization, Rescaling
from vitral.layers.recurrent.bidirectional import Bidirectional
from vitral.layers.recurrent.cell import Cell
from vitral.layers.recurrent.gru import GRU, GRUCell
from vitral.layers.recurrent.lstm import LSTM, LSTMCell
from vitral.layers.recurrent.rnn import RNN
from vitral.layers.recurrent.simple_rnn import SimpleRNN, SimpleRNNCell
from vitral.layers.recurrent.stacked import StackedRNNCells
from vitral.layers.recurrent.time_distributed import TimeDistributed
from vitral.layers.resampling import UpSampling2D
from vitral.layers.reshaping import Cropping2D, Flatten, Permute, RepeatVector, Reshape, ZeroPadding2D
from vitral.layers.sample_normalization import GroupNormalization, LayerNormalization
from vitral.layers.slicing import GetItem as _GetItem  # noqa: F401  x[:, 0] asks for it
from vitral.layers.spectral_normalization import SpectralNormalization
from vitral.layers.with_variable import WithVariable as _WithVariable  # noqa: F401  and x * variable for this
from vitral.layers.wrapper import Wrapper
from vitral.typing import Config

Convolution2D = Conv2D
Convolution2DTranspose = Conv2DTranspose
DepthwiseConvolution2D = DepthwiseConv2D
SeparableConvolution2D = SeparableConv2D
MaxPool2D = MaxPooling2D
AvgPool2D = AveragePooling2D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalMaxPool2D = GlobalMaxPooling2D
deserialize = registry.deserialize


def serialize(layer: Layer) -> Config:
    """The plain configuration of a layer, as Keras 3 writes it."""
    return registry.serialize(layer)


__all__ = [
    "ELU",
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "ActivityRegularization",
    "AdaptiveAveragePooling2D",
    "AdaptiveMaxPooling2D",
    "Add",
    "AlphaDropout",
    "AugMix",
    "AutoContrast",
    "Average",
    "AveragePooling2D",
    "AvgPool2D",
    "BatchNormalization",
    "Bidirectional",
    "Cell",
    "CenterCrop",
    "Concatenate",
    "ContrastLimitedAdaptiveHistogramEqualization",
    "Conv2D",
    "Conv2DTranspose",
    "Convolution2D",
    "Convolution2DTranspose",
    "Cropping2D",
    "CutMix",
    "Dense",
    "DepthwiseConv2D",
    "DepthwiseConvolution2D",
    "Dot",
    "Dropout",
    "EinsumDense",
    "Embedding",
    "Equalization",
    "Flatten",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling2D",
    "GlobalAvgPool2D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling2D",
    "GroupNormalization",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "LSTMCell",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "MaxPool2D",
    "MaxPooling2D",
    "Maximum",
    "Minimum",
    "MixUp",
    "MultiHeadAttention",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "PositionEmbedding",
    "RMSNormalization",
    "RandAugment",
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomCrop",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomFlip",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterization",
    "RandomRotation",
    "RandomSaturation",
    "RandomSharpness",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Resizing",
    "SeparableConv2D",
    "SeparableConvolution2D",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "Solarization",
    "SpatialDropout2D",
    "SpectralNormalization",
    "StackedRNNCells",
    "Subtract",
    "TimeDistributed",
    "UnitNormalization",
    "UpSampling2D",
    "Wrapper",
    "ZeroPadding2D",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]
