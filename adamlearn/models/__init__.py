"""Models with exact backward passes: linear regression, a perceptron of any depth, convolution, losses.

A layer is a dict of its weights ``W`` and biases ``b``; a model's parameters are any nesting of
layers, which one optimizer takes whole. A layer's function takes the layer and its input; its
backward function takes the gradient of the loss with respect to the output as well, and returns
the gradients with respect to the layer and to the input. Arrays keep the dtype that they have.
"""

from adamlearn.models.images import _windows as _windows  # chapter 10 shows its text
from adamlearn.models.images import convolution, convolution_backward, max_pool, max_pool_backward
from adamlearn.models.initial import Layer as Layer
from adamlearn.models.initial import Scale as Scale
from adamlearn.models.initial import glorot, he, init_convolution, init_dense, init_perceptron
from adamlearn.models.layers import (
    ACTIVATIONS,
    dense,
    dense_backward,
    loss_and_grads,
    perceptron,
    relu,
    relu_backward,
    tanh_backward,
)
from adamlearn.models.losses import Loss as Loss
from adamlearn.models.losses import binary_cross_entropy, mean_squared_error, softmax_cross_entropy

__all__ = [
    "ACTIVATIONS",
    "binary_cross_entropy",
    "convolution",
    "convolution_backward",
    "dense",
    "dense_backward",
    "glorot",
    "he",
    "init_convolution",
    "init_dense",
    "init_perceptron",
    "loss_and_grads",
    "max_pool",
    "max_pool_backward",
    "mean_squared_error",
    "perceptron",
    "relu",
    "relu_backward",
    "softmax_cross_entropy",
    "tanh_backward",
]
