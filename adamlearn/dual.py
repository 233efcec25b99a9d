"""Dual numbers: a value and its derivatives, which plain arithmetic carries along.

``gradient_of(f)`` is the gradient of a function of two variables, to the last digits, without a
formula of its own: each number goes with its two partial derivatives, and the rules of differentiation
are those of its operators. The functions below take dual numbers and plain ones alike, under NumPy's
names; the Python in the book's pages imports this file as it stands.

Source: Griewank & Walther, "Evaluating derivatives", 2008, section 3.1.
"""

import math
from math import pi

__all__ = ["Dual", "abs", "clip", "cos", "exp", "gradient_of", "log", "maximum", "minimum", "pi", "sign"]
__all__ += ["sin", "sqrt", "tan", "tanh"]


class Dual:
    """A number with its partial derivatives along x and y.

    Parameters
    ----------
    value : float
        The number.
    dx, dy : float, default 0
        Its derivatives.

    Examples
    --------
    >>> from adamlearn.dual import Dual
    >>> Dual(3.0, 1.0) * Dual(3.0, 1.0)
    Dual(9.0, 6.0, 0.0)
    """

    def __init__(self, value, dx=0.0, dy=0.0):
        self.value = value
        self.dx = dx
        self.dy = dy

    def chained(self, value, slope):
        """What a function makes of it, given the function's value and slope there.

        Parameters
        ----------
        value, slope : float
            Of the function, at this number.
        """
        return Dual(value, slope * self.dx, slope * self.dy)

    def __repr__(self):
        return f"Dual({self.value!r}, {self.dx!r}, {self.dy!r})"

    def __neg__(self):
        return Dual(-self.value, -self.dx, -self.dy)

    def __pos__(self):
        return self

    def __abs__(self):
        return self if self.value >= 0 else -self

    def __add__(self, other):
        b = dual(other)
        return Dual(self.value + b.value, self.dx + b.dx, self.dy + b.dy)

    __radd__ = __add__

    def __sub__(self, other):
        b = dual(other)
        return Dual(self.value - b.value, self.dx - b.dx, self.dy - b.dy)

    def __rsub__(self, other):
        return dual(other) - self

    def __mul__(self, other):
        a, b = self, dual(other)
        return Dual(a.value * b.value, a.dx * b.value + a.value * b.dx, a.dy * b.value + a.value * b.dy)

    __rmul__ = __mul__

    def __truediv__(self, other):
        b = dual(other)
        quotient = self.value / b.value
        return Dual(quotient, (self.dx - quotient * b.dx) / b.value, (self.dy - quotient * b.dy) / b.value)

    def __rtruediv__(self, other):
        return dual(other) / self

    def __floordiv__(self, other):
        return Dual(float(self.value // dual(other).value))  # flat between its jumps

    def __rfloordiv__(self, other):
        return dual(other) // self

    def __mod__(self, other):
        return self - (self // other) * other

    def __rmod__(self, other):
        return dual(other) % self

    def __pow__(self, other):
        a, b = self, dual(other)
        value = a.value**b.value
        constant = b.dx == 0 and b.dy == 0
        if constant and b.value == 0:
            return Dual(value)
        result = a.chained(value, b.value * a.value ** (b.value - 1))
        return result if constant else result + b.chained(0.0, value * math.log(a.value))

    def __rpow__(self, other):
        return dual(other) ** self

    def __lt__(self, other):
        return self.value < dual(other).value

    def __le__(self, other):
        return self.value <= dual(other).value

    def __gt__(self, other):
        return self.value > dual(other).value

    def __ge__(self, other):
        return self.value >= dual(other).value

    def __eq__(self, other):
        return self.value == dual(other).value

    __hash__ = None  # type: ignore[assignment] # it is equal to a plain number, which says less


def dual(x):
    """A number as a dual number; a plain one changes with neither x nor y."""
    return x if isinstance(x, Dual) else Dual(x)


def gradient_of(function):
    """The gradient of a function of two variables.

    Parameters
    ----------
    function : callable
        ``function(x, y)``, of arithmetic, comparisons and the functions of this module.

    Returns
    -------
    callable
        ``gradient(x, y)`` returns the two partial derivatives.

    Examples
    --------
    >>> from adamlearn.dual import exp, gradient_of
    >>> gradient_of(lambda x, y: x**2 * y + exp(y))(3.0, 0.0)
    (0.0, 10.0)
    """

    def gradient(x, y):
        height = dual(function(Dual(x, 1.0, 0.0), Dual(y, 0.0, 1.0)))
        return height.dx, height.dy

    return gradient


def exp(x):
    if not isinstance(x, Dual):
        return math.exp(x)
    value = math.exp(x.value)
    return x.chained(value, value)


def log(x):
    return x.chained(math.log(x.value), 1 / x.value) if isinstance(x, Dual) else math.log(x)


def sqrt(x):
    if not isinstance(x, Dual):
        return math.sqrt(x)
    value = math.sqrt(x.value)
    return x.chained(value, 0.5 / value)


def sin(x):
    return x.chained(math.sin(x.value), math.cos(x.value)) if isinstance(x, Dual) else math.sin(x)


def cos(x):
    return x.chained(math.cos(x.value), -math.sin(x.value)) if isinstance(x, Dual) else math.cos(x)


def tan(x):
    return sin(x) / cos(x)


def tanh(x):
    if not isinstance(x, Dual):
        return math.tanh(x)
    value = math.tanh(x.value)
    return x.chained(value, 1 - value * value)


def abs(x):
    return x if x >= 0 or x != x else -x


def sign(x):
    value = dual(x).value
    return float((value > 0) - (value < 0)) if value == value else value


def maximum(a, b):
    return a if a >= b or a != a else b  # what is not equal to itself is no number, and stays


def minimum(a, b):
    return a if a <= b or a != a else b


def clip(x, low, high):
    return minimum(maximum(x, low), high)
