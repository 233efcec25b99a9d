"""What the rules and landscapes use of NumPy, over plain floats: their module ``numpy`` in MicroPython."""

import math
from math import cos, exp, pi, sin, sqrt

__all__ = ["abs", "clip", "cos", "exp", "maximum", "minimum", "pi", "sign", "sin", "sqrt"]

abs = math.fabs


def maximum(a, b):
    return a if a >= b or a != a else b  # what is not equal to itself is no number, and stays


def minimum(a, b):
    return a if a <= b or a != a else b


def clip(x, low, high):
    return minimum(maximum(x, low), high)


def sign(x):
    return float((x > 0) - (x < 0)) if x == x else x
