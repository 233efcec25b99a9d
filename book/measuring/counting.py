"""Count what a step does to whole arrays, and how many operations and bytes a rule needs."""

import ast
from typing import ClassVar

import numpy as np
from adamlearn.engines.numba.loops import generated
from adamlearn.hyperparameters import read_rule


class Counted(np.ndarray):
    """An array that notes what NumPy reads and writes."""

    log: ClassVar = []

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        read = [x for x in inputs if isinstance(x, Counted)]
        Counted.log.append((len(read), out is None))
        plain = [np.asarray(x) for x in inputs]
        result = getattr(ufunc, method)(*plain, **options)
        if out is None:
            return result.view(Counted)
        np.asarray(out[0])[...] = result
        return out[0]


def counted_arrays(count):
    return [np.ones(8).view(Counted) for _ in range(count)]


def streams(step):
    """Operations, and arrays that are read, written and new, in one step."""
    Counted.log.clear()
    step()
    read, new = np.transpose(Counted.log).sum(axis=1)
    count = len(Counted.log)  # each operation writes one array
    return {
        "operations": count,
        "read": int(read),
        "written": count,
        "new": int(new),
    }


def operations(rule):
    """Arithmetic and calls in the part of the rule that is about elements."""
    functions = [node for node in ast.parse(generated(rule)).body if isinstance(node, ast.FunctionDef)]
    element = next(function for function in functions if function.name == "element")
    return sum(isinstance(node, ast.BinOp | ast.Call) for node in ast.walk(element))


def bytes_moved(rule, item=8):
    """The fewest bytes that a step moves for each parameter, of ``item`` bytes a number."""
    slots, _ = read_rule(rule)
    return item * (3 + 2 * len(slots))
