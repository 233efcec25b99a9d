"""What the rules and landscapes use of NumPy, over plain floats: their module ``numpy`` in MicroPython."""

import math
from math import cos, exp, pi, sin, sqrt

__all__ = ["abs", "cos", "exp", "maximum", "pi", "sign", "sin", "sqrt"]

abs = math.fabs


def maximum(a, b):
    return a if a >= b else b


def sign(x):
    return float((x > 0) - (x < 0))
