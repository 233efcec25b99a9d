"""The models: every backward pass against finite differences, every layer against an independent form."""

import importlib
import inspect
import pkgutil
import re

import numpy as np
import pytest
from scipy.optimize import check_grad
from scipy.signal import correlate2d
from scipy.special import logsumexp

from adamlearn import Adam, models

RNG = np.random.default_rng


def flatten(tree):
    """The arrays of a list of layers, or of one layer, or a lone array, end to end."""
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list):
        return np.concatenate([flatten(child) for child in tree])
    return np.ravel(tree)


def unflatten(flat, like):
    """The nesting of ``like`` with the numbers of ``flat``."""
    if isinstance(like, np.ndarray):
        return flat.reshape(like.shape)
    keys = list(like) if isinstance(like, dict) else range(len(like))
    children, start = [], 0
    for key in keys:
        size = flatten(like[key]).size
        children.append(unflatten(flat[start : start + size], like[key]))
        start += size
    return dict(zip(keys, children, strict=True)) if isinstance(like, dict) else children


def gradient_error(value, grads, at):
    """How far ``grads(at)`` is from the finite differences of ``value``, relative to its own length."""
    error = check_grad(
        lambda flat: value(unflatten(flat, at)), lambda flat: flatten(grads(unflatten(flat, at))), flatten(at)
    )
    return error / np.linalg.norm(flatten(grads(at)))


LOSSES = {
    "mean_squared_error": (models.mean_squared_error, lambda rng: rng.standard_normal((6, 3))),
    "binary_cross_entropy": (models.binary_cross_entropy, lambda rng: rng.integers(0, 2, (6, 3))),
    "softmax_cross_entropy": (models.softmax_cross_entropy, lambda rng: rng.integers(0, 3, 6)),
}


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_of_a_loss_is_that_of_its_value(name):
    loss, targets = LOSSES[name]
    outputs, y = RNG(0).standard_normal((6, 3)), targets(RNG(1))
    assert gradient_error(lambda z: loss(z, y)[0], lambda z: loss(z, y)[1], outputs) < 1e-6


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("hidden", [[], [5], [5, 4, 7]])
def test_a_perceptrons_gradients_are_those_of_its_loss(name, activation, hidden):
    loss, targets = LOSSES[name]
    params = models.init_perceptron([4, *hidden, 3], RNG(2))
    x, y = RNG(0).standard_normal((6, 4)), targets(RNG(1))

    def run(params):
        return models.loss_and_grads(params, x, y, loss, activation=activation)

    assert gradient_error(lambda p: run(p)[0], lambda p: run(p)[1], params) < 1e-5


LAYERS = {
    "dense": (models.dense, models.dense_backward, models.init_dense(4, 3, RNG(1)), (5, 4)),
    "convolution": (
        models.convolution,
        models.convolution_backward,
        models.init_convolution(2, 3, 3, RNG(1)),
        (2, 2, 6, 5),
    ),
    "one-pixel convolution": (
        models.convolution,
        models.convolution_backward,
        models.init_convolution(2, 3, 1, RNG(1)),
        (2, 2, 3, 4),
    ),
    "image-sized convolution": (
        models.convolution,
        models.convolution_backward,
        models.init_convolution(2, 3, 4, RNG(1)),
        (2, 2, 4, 4),
    ),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layers_gradients_are_those_of_any_function_of_its_output(name):
    forward, backward, layer, shape = LAYERS[name]
    x = RNG(2).standard_normal(shape)
    direction = RNG(3).standard_normal(forward(layer, x).shape)
    layer = {"W": layer["W"], "b": RNG(4).standard_normal(layer["b"].shape)}
    both = [layer, x]
    error = gradient_error(
        lambda both: np.sum(direction * forward(*both)), lambda both: list(backward(*both, direction)), both
    )
    assert error < 1e-6


@pytest.mark.parametrize("name", models.ACTIVATIONS)
def test_an_activations_gradient(name):
    forward, backward = models.ACTIVATIONS[name]
    z, direction = RNG(0).standard_normal((2, 4, 5))
    error = gradient_error(
        lambda z: np.sum(direction * forward(z)), lambda z: backward(forward(z), direction), z
    )
    assert error < 1e-6


@pytest.mark.parametrize("size", [1, 2, 3])
def test_max_pools_gradient(size):
    x = RNG(0).standard_normal((2, 3, 6, 12))
    direction = RNG(1).standard_normal((2, 3, 6 // size, 12 // size))
    error = gradient_error(
        lambda x: np.sum(direction * models.max_pool(x, size)),
        lambda x: models.max_pool_backward(x, direction, size),
        x,
    )
    assert error < 1e-6


def test_max_pool_takes_the_largest_of_each_square():
    x = RNG(0).standard_normal((2, 3, 4, 6))
    pooled = models.max_pool(x)
    assert pooled.shape == (2, 3, 2, 3)
    for i in range(2):
        for j in range(3):
            assert (pooled[:, :, i, j] == x[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max((2, 3))).all()


def test_max_pool_gives_the_whole_gradient_to_the_first_of_equals():
    grad_x = models.max_pool_backward(np.zeros((1, 1, 2, 2)), np.full((1, 1, 1, 1), 3.0))
    np.testing.assert_array_equal(grad_x, [[[[3, 0], [0, 0]]]])


@pytest.mark.parametrize("height, width, size", [(6, 6, 3), (5, 9, 2), (4, 4, 4), (7, 3, 1)])
def test_convolution_is_scipys_correlation(height, width, size):
    x = RNG(0).standard_normal((2, 3, height, width))
    layer = models.init_convolution(3, 4, size, RNG(1)) | {"b": RNG(2).standard_normal(4)}
    expected = [
        [
            sum(correlate2d(image[c], kernel[c], mode="valid") for c in range(3)) + bias
            for kernel, bias in zip(layer["W"], layer["b"], strict=True)
        ]
        for image in x
    ]
    np.testing.assert_allclose(models.convolution(layer, x), expected, rtol=1e-12, atol=1e-12)


def test_convolution_takes_any_memory_layout():
    x, layer = RNG(0).standard_normal((6, 5, 2, 3)), models.init_convolution(2, 4, 3, RNG(1))
    view = x.transpose(3, 2, 0, 1)[:, :, ::-1]
    copy = np.ascontiguousarray(view)
    out = models.convolution(layer, copy)
    np.testing.assert_array_equal(models.convolution(layer, view), out)
    grads, grad_x = models.convolution_backward(layer, view, out[::-1])
    expected, expected_x = models.convolution_backward(layer, copy, out[::-1].copy())
    np.testing.assert_allclose(flatten([grads, grad_x]), flatten([expected, expected_x]), rtol=1e-12)


def test_softmax_cross_entropy_is_the_textbooks():
    logits, labels = RNG(0).standard_normal((5, 4)), np.array([0, 3, 1, 1, 2])
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    value, _ = models.softmax_cross_entropy(logits, labels)
    assert value == pytest.approx(-np.log(probabilities[range(5), labels]).mean(), rel=1e-12)


def test_binary_cross_entropy_is_softmax_with_two_classes():
    z, y = RNG(0).standard_normal(7), RNG(1).integers(0, 2, 7)
    value, grad = models.binary_cross_entropy(z, y)
    two_value, two_grad = models.softmax_cross_entropy(np.stack([np.zeros(7), z], axis=1), y)
    assert value == pytest.approx(two_value, rel=1e-12)
    np.testing.assert_allclose(grad, two_grad[:, 1], rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e2, 1e4, 1e30])
def test_extreme_logits_neither_overflow_nor_lose_the_loss(dtype, size):
    z = np.array([size, -size], dtype=dtype)
    value, grad = models.binary_cross_entropy(z, np.array([0, 1]))  # both wrong
    assert value == pytest.approx(size, rel=1e-6)
    np.testing.assert_allclose(grad, [0.5, -0.5])
    value, grad = models.binary_cross_entropy(z, np.array([1, 0]))  # both right
    assert value < 1e-40 and np.abs(grad).max() < 1e-40
    logits = np.array([[size, 0, -size]], dtype=dtype)
    value, grad = models.softmax_cross_entropy(logits, np.array([2]))
    assert value == pytest.approx(2 * size, rel=1e-6)
    np.testing.assert_allclose(grad, [[1, 0, -1]], atol=1e-40)


def test_small_losses_keep_their_digits():
    value, _ = models.binary_cross_entropy(np.array([50.0]), np.array([1]))
    assert value == pytest.approx(np.exp(-50.0), rel=1e-12)
    logits = np.array([[3.0, -2.0, 1.0]])
    value, _ = models.softmax_cross_entropy(logits, np.array([0]))
    assert value == pytest.approx(float(logsumexp(logits)) - 3, rel=1e-12)


def arrays_of(tree):
    if isinstance(tree, dict):
        tree = list(tree.values())
    return [array for child in tree for array in arrays_of(child)] if isinstance(tree, list) else [tree]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept(dtype):
    rng = RNG(0)
    params = models.init_perceptron([4, 5, 3], rng, dtype=dtype)
    x = rng.standard_normal((6, 4)).astype(dtype)
    results = [params, models.perceptron(params, x)]
    for loss, targets in LOSSES.values():
        for activation in models.ACTIVATIONS:
            value, grads = models.loss_and_grads(params, x, targets(rng), loss, activation=activation)
            assert type(value) is float
            results.append(grads)
    layer = models.init_convolution(2, 3, 3, rng, dtype=dtype)
    images = rng.standard_normal((2, 2, 6, 6)).astype(dtype)
    out = models.convolution(layer, images)
    pooled = models.max_pool(out)
    results += [layer, out, pooled, models.max_pool_backward(out, pooled)]
    results += models.convolution_backward(layer, images, out)
    assert {array.dtype for array in arrays_of(results)} == {np.dtype(dtype)}


def test_nothing_that_is_passed_changes():
    rng = RNG(0)
    params, x, y = models.init_perceptron([4, 5, 3], rng), rng.standard_normal((6, 4)), rng.integers(0, 3, 6)
    layer, images = models.init_convolution(2, 3, 3, rng), rng.standard_normal((2, 2, 6, 6))
    grad = rng.standard_normal((2, 3, 4, 4))
    given = [params, x, layer, images, grad]
    before = [array.copy() for array in arrays_of(given)]
    models.loss_and_grads(params, x, y, models.softmax_cross_entropy)
    models.convolution_backward(layer, images, grad)
    models.max_pool_backward(grad, grad[:, :, ::2, ::2])
    for array, copy in zip(arrays_of(given), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("scale, variance", [(models.he, 2 / 400), (models.glorot, 2 / 600)])
def test_the_initial_weights_have_their_variance(scale, variance):
    layer = models.init_dense(400, 200, RNG(0), scale=scale)
    assert layer["W"].shape == (400, 200) and not layer["b"].any()
    assert layer["W"].var() == pytest.approx(variance, rel=0.02)  # 80,000 draws: 4 standard errors


def test_a_convolutions_fan_in_is_what_one_output_sums_over():
    fans = []
    layer = models.init_convolution(3, 5, 2, RNG(0), scale=lambda *fan: fans.append(fan) or 0.5)
    assert fans == [(12, 20)]
    assert layer["W"].shape == (5, 3, 2, 2) and layer["b"].shape == (5,)


def test_one_layer_and_the_squared_error_are_linear_regression():
    rng = RNG(0)
    x, y = rng.standard_normal((20, 3)), rng.standard_normal((20, 1))
    params = models.init_perceptron([3, 1], rng)
    for _ in range(2000):
        _, grads = models.loss_and_grads(params, x, y, models.mean_squared_error)
        params = [{name: p - 0.1 * grads[0][name] for name, p in params[0].items()}]
    solution, *_ = np.linalg.lstsq(np.column_stack([x, np.ones(20)]), y)
    np.testing.assert_allclose(np.vstack([params[0]["W"], params[0]["b"]]), solution, rtol=1e-9)


def test_one_optimizer_takes_a_whole_network():
    rng = RNG(0)
    x = rng.standard_normal((200, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(int)  # no line separates it
    params, optimizer = models.init_perceptron([2, 16, 2], rng), Adam(learning_rate=0.01)
    for _ in range(500):
        _, grads = models.loss_and_grads(params, x, y, models.softmax_cross_entropy)
        params = optimizer.update(params, grads)
    assert (models.perceptron(params, x).argmax(axis=1) == y).mean() > 0.97


LAYER = models.init_dense(4, 3, RNG(0))
KERNELS = models.init_convolution(2, 3, 3, RNG(0))
ONES = np.ones
REFUSED = {
    "dense: inputs": (lambda: models.dense(LAYER, ONES((5, 2))), r"x has shape \(5, 2\); expected \(n, 4\)"),
    "dense: one dimension": (lambda: models.dense(LAYER, ONES(4)), r"x has shape \(4,\); expected \(n, 4\)"),
    "dense: gradient": (
        lambda: models.dense_backward(LAYER, ONES((5, 4)), ONES((5, 1))),
        r"grad has shape \(5, 1\); expected \(5, 3\)",
    ),
    "activation": (
        lambda: models.perceptron([LAYER], ONES((5, 4)), activation="sigmoid"),
        r"activation is 'sigmoid'; expected one of \['relu', 'tanh'\]",
    ),
    "squared error: would broadcast": (
        lambda: models.mean_squared_error(ONES((5, 1)), ONES(5)),
        r"y has shape \(5,\); expected \(5, 1\)",
    ),
    "binary: would broadcast": (
        lambda: models.binary_cross_entropy(ONES((5, 1)), ONES(5)),
        r"y has shape \(5,\); expected \(5, 1\)",
    ),
    "softmax: logits": (
        lambda: models.softmax_cross_entropy(ONES(5), ONES(5, int)),
        r"logits has shape \(5,\); expected \(n, classes\)",
    ),
    "softmax: one-hot": (
        lambda: models.softmax_cross_entropy(ONES((5, 3)), ONES((5, 3), int)),
        r"labels has shape \(5, 3\); expected \(5,\)",
    ),
    "softmax: floats": (
        lambda: models.softmax_cross_entropy(ONES((5, 3)), ONES(5)),
        "labels is of dtype float64; expected integers",
    ),
    "softmax: from 1": (
        lambda: models.softmax_cross_entropy(ONES((3, 3)), np.array([1, 2, 3])),
        "labels run from 1 to 3; expected 0 to 2",
    ),
    "softmax: negative": (
        lambda: models.softmax_cross_entropy(ONES((2, 3)), np.array([-1, 2])),
        "labels run from -1 to 2; expected 0 to 2",
    ),
    "convolution: channels": (
        lambda: models.convolution(KERNELS, ONES((1, 1, 5, 5))),
        r"x has shape \(1, 1, 5, 5\); expected \(n, 2, height, width\)",
    ),
    "convolution: one image": (
        lambda: models.convolution(KERNELS, ONES((2, 5, 5))),
        r"x has shape \(2, 5, 5\); expected \(n, 2, height, width\)",
    ),
    "convolution: too small": (
        lambda: models.convolution(KERNELS, ONES((1, 2, 2, 5))),
        r"x has shape \(1, 2, 2, 5\); expected images of at least 3 x 3",
    ),
    "convolution: gradient": (
        lambda: models.convolution_backward(KERNELS, ONES((1, 2, 5, 5)), ONES((1, 3, 5, 5))),
        r"grad has shape \(1, 3, 5, 5\); expected \(1, 3, 3, 3\)",
    ),
    "pooling: odd": (
        lambda: models.max_pool(ONES((1, 1, 5, 4))),
        r"x has shape \(1, 1, 5, 4\); expected \(n, channels, height, width\), the last two multiples of 2",
    ),
    "pooling: gradient": (
        lambda: models.max_pool_backward(ONES((1, 1, 4, 4)), ONES((1, 1, 4, 4))),
        r"grad has shape \(1, 1, 4, 4\); expected \(1, 1, 2, 2\)",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_shape_is_refused_and_named(name):
    call, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        call()


SIGNS = np.array([1.0, -1.0, 1.0])
NETWORK = models.init_perceptron([4, 5, 3], RNG(0))
IMAGES = np.arange(32.0).reshape(1, 2, 4, 4)


def grads_of(params, x=None, y=None, loss=models.softmax_cross_entropy):
    """Of a batch of two."""
    x = ONES((2, 4)) if x is None else x
    return models.loss_and_grads(params, x, np.array([0, 2]) if y is None else y, loss)


VALUE_ERRORS = {
    "signs as labels": (
        lambda: models.binary_cross_entropy(ONES(3), SIGNS),
        r"y is -1.0 at index (1,); expected labels in [0, 1]",
    ),
    "percent": (
        lambda: models.binary_cross_entropy(ONES((1, 2)), [[0, 100]]),
        r"y is 100.0 at index (0, 1); expected labels in [0, 1]",
    ),
    "a missing label": (
        lambda: models.binary_cross_entropy(ONES(2), np.array([0, np.nan])),
        r"y is nan at index (1,); expected labels in [0, 1]",
    ),
    "a lone label": (
        lambda: models.binary_cross_entropy(np.array(0.5), 2),
        r"y is 2.0; expected labels in [0, 1]",
    ),
    "a missing target": (
        lambda: models.mean_squared_error(ONES(2), np.array([0, np.nan])),
        r"y is nan at index (1,); expected finite float64 numbers",
    ),
    "an infinite target": (
        lambda: models.mean_squared_error(ONES(2), np.array([-np.inf, 1])),
        r"y is -inf at index (0,); expected finite float64 numbers",
    ),
    "no outputs": (
        lambda: models.mean_squared_error(ONES((0, 3)), ONES((0, 3))),
        r"outputs has shape (0, 3); expected at least one element",
    ),
    "no logits": (
        lambda: models.softmax_cross_entropy(ONES((0, 3)), ONES(0, int)),
        r"logits has shape (0, 3); expected at least one element",
    ),
    "no layer": (lambda: grads_of([]), "params is empty; expected at least one layer"),
    "no layer, forward": (
        lambda: models.perceptron((), ONES((2, 4))),
        "params is empty; expected at least one layer",
    ),
    "weights that do not follow": (
        lambda: grads_of([NETWORK[0], LAYER]),
        r"params[1]['W'] has shape (4, 3); expected (5, outputs), as params[0] has 5 outputs",
    ),
    "a layer of another name": (
        lambda: grads_of([LAYER, {"w": ONES((3, 3)), "b": ONES(3)}]),
        "params[1] has the keys ['w', 'b']; expected 'W' and 'b'",
    ),
    "weights as a vector": (
        lambda: models.dense({"W": ONES(4), "b": ONES(1)}, ONES((2, 4))),
        r"layer['W'] has shape (4,); expected (inputs, outputs)",
    ),
    "biases that would broadcast": (
        lambda: models.dense({"W": ONES((4, 3)), "b": ONES(1)}, ONES((2, 4))),
        r"layer['b'] has shape (1,); expected (3,)",
    ),
    "biases of a hidden layer": (
        lambda: grads_of([NETWORK[0] | {"b": ONES((1, 5))}, NETWORK[1]]),
        r"params[0]['b'] has shape (1, 5); expected (5,)",
    ),
    "one size": (
        lambda: models.init_perceptron([5], RNG(0)),
        "sizes is [5]; expected two or more: the inputs, any hidden layers, the outputs",
    ),
    "no size": (lambda: models.init_perceptron([], RNG(0)), "sizes is []; expected two or more"),
    "no inputs": (lambda: models.init_dense(0, 3, RNG(0)), "inputs is 0; expected a whole number, 1 or more"),
    "fewer than none": (
        lambda: models.init_perceptron([4, -5, 3], RNG(0)),
        "outputs is -5; expected a whole number, 1 or more",
    ),
    "no filters": (
        lambda: models.init_convolution(1, 0, 3, RNG(0)),
        "filters is 0; expected a whole number, 1 or more",
    ),
    "a scale that is no number": (
        lambda: models.init_dense(4, 3, RNG(0), scale=lambda k, n: np.nan),
        "scale(4, 3) is nan; expected a finite number",
    ),
    "squares of size 0": (
        lambda: models.max_pool(IMAGES, 0),
        "size is 0; expected a whole number, 1 or more",
    ),
}

TYPE_ERRORS = {
    "a seed": (
        lambda: models.init_perceptron([5, 1], 0),
        "rng is 0; expected a random generator: np.random.default_rng(0)",
    ),
    "no generator": (
        lambda: models.init_convolution(1, 2, 3, None),
        "rng is None; expected a random generator: np.random.default_rng(0)",
    ),
    "a number as scale": (
        lambda: models.init_dense(4, 3, RNG(0), scale=0.01),
        "scale is 0.01; expected a function of fan_in and fan_out, such as he",
    ),
    "a scale without a value": (
        lambda: models.init_dense(4, 3, RNG(0), scale=lambda k, n: None),
        "scale(4, 3) is None; expected a finite number",
    ),
    "whole weights": (
        lambda: models.init_perceptron([4, 3], RNG(0), dtype=int),
        "dtype is int64; expected one of floating-point numbers",
    ),
    "complex weights": (
        lambda: models.init_convolution(1, 2, 3, RNG(0), dtype=complex),
        "dtype is complex128; expected one of floating-point numbers",
    ),
    "one number of sizes": (
        lambda: models.init_perceptron(5, RNG(0)),
        "sizes is 5; expected a list: the inputs, any hidden layers, the outputs",
    ),
    "half a neuron": (
        lambda: models.init_perceptron([4, 2.5, 1], RNG(0)),
        "outputs is 2.5; expected a whole number, 1 or more",
    ),
    "a size of two": (
        lambda: models.init_convolution(1, 2, (3, 3), RNG(0)),
        "size is (3, 3); expected a whole number, 1 or more",
    ),
    "one layer": (lambda: grads_of(LAYER), "params is a dict; expected a list of layers, such as [layer]"),
    "one layer, forward": (
        lambda: models.perceptron(LAYER, ONES((2, 4))),
        "params is a dict; expected a list of layers, such as [layer]",
    ),
    "an array": (
        lambda: models.perceptron(ONES((4, 3)), ONES((2, 4))),
        "params is a ndarray; expected a list of layers, such as [layer]",
    ),
    "a layer of a tuple": (
        lambda: grads_of([(ONES((4, 3)), ONES(3))]),
        "params[0] is a tuple; expected a dict of 'W' and 'b'",
    ),
    "a list of weights": (
        lambda: models.dense({"W": [[1.0]], "b": ONES(1)}, ONES((2, 1))),
        "layer['W'] is a list; expected an array of shape (inputs, outputs)",
    ),
    "a list of inputs": (
        lambda: models.perceptron(NETWORK, [[1.0, 2.0, 3.0, 4.0]]),
        "x is a list; expected an array of shape (n, 4)",
    ),
    "a list of images": (
        lambda: models.max_pool(IMAGES.tolist()),
        "x is a list; expected an array of shape (n, channels, height, width)",
    ),
    "a masked input": (
        lambda: models.dense(LAYER, np.ma.array(ONES((2, 4)), mask=[[True] * 4, [False] * 4])),
        "x is a MaskedArray; expected an array of shape (n, 4)",
    ),
    "masked targets": (
        lambda: models.mean_squared_error(ONES(2), np.ma.array(ONES(2), mask=[True, False])),
        "y is a MaskedArray; expected a plain array",
    ),
    "masked labels": (
        lambda: models.softmax_cross_entropy(ONES((2, 3)), np.ma.array([0, 1], mask=[True, False])),
        "labels is a MaskedArray; expected a plain array",
    ),
    "complex targets": (
        lambda: models.mean_squared_error(ONES(2), ONES(2) * 1j),
        "y is of dtype complex128; expected real numbers",
    ),
    "names as labels": (
        lambda: models.binary_cross_entropy(ONES(2), ["yes", "no"]),
        "y is of dtype <U3; expected real numbers",
    ),
    "complex outputs": (
        lambda: models.binary_cross_entropy(ONES(2) * 1j, ONES(2)),
        "logits is of dtype complex128; expected real numbers",
    ),
    "images of bytes": (
        lambda: models.convolution(KERNELS, ONES((1, 2, 5, 5), np.uint8)),
        "x is of dtype uint8; expected floating-point numbers: x.astype(float)",
    ),
}


@pytest.mark.parametrize("name", VALUE_ERRORS | TYPE_ERRORS)
def test_what_came_and_what_was_expected(name):
    error = ValueError if name in VALUE_ERRORS else TypeError
    call, message = (VALUE_ERRORS | TYPE_ERRORS)[name]
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        call()


def test_whole_outputs_do_not_make_the_targets_whole():
    """They took the dtype of the outputs: 0.5 became 0."""
    whole, y = np.array([1, 2]), np.array([0.5, 0.5])
    for loss in (models.mean_squared_error, models.binary_cross_entropy):
        value, grad = loss(whole, y)
        assert (value, grad.tolist()) == (loss(whole * 1.0, y)[0], loss(whole * 1.0, y)[1].tolist())
        assert loss([1, 2], [0.5, 0.5])[0] == value


def test_targets_do_not_lose_their_range_in_the_dtype_of_the_outputs():
    with pytest.raises(ValueError, match=r"^y is 1e\+40 at index \(0,\); expected finite float32 numbers"):
        models.mean_squared_error(ONES(1, np.float32), [1e40])


def test_the_gradient_of_pooled_whole_numbers_keeps_its_fractions():
    grad = models.max_pool_backward(np.arange(4).reshape(1, 1, 2, 2), np.full((1, 1, 1, 1), 0.5))
    np.testing.assert_array_equal(grad, [[[[0, 0], [0, 0.5]]]])


def test_whole_numbers_as_inputs_are_what_floats_are():
    x = RNG(0).integers(0, 5, (6, 4))
    y = RNG(1).integers(0, 3, 6)
    whole, floats = (grads_of(NETWORK, x, y) for x in (x, x.astype(float)))
    assert whole[0] == floats[0]
    np.testing.assert_array_equal(flatten(whole[1]), flatten(floats[1]))


def test_labels_of_booleans_and_probabilities():
    logits = np.array([1.0, -2.0])
    expected = models.binary_cross_entropy(logits, np.array([1, 0]))[0]
    assert models.binary_cross_entropy(logits, np.array([True, False]))[0] == expected
    assert models.binary_cross_entropy(logits, [0.25, 1.0])[0] > 0


def test_no_file_is_long_and_every_public_function_has_an_example():
    for module in pkgutil.iter_modules(models.__path__, "adamlearn.models."):
        text = inspect.getsource(importlib.import_module(module.name))
        assert len(text.splitlines()) <= 300, module.name
    for name in models.__all__:
        assert not callable(getattr(models, name)) or ">>> " in getattr(models, name).__doc__, name
