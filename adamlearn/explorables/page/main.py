"""What the page asks of MicroPython: figures and inputs come as JSON, the numbers go in arrays of doubles."""

import io
import json
import sys

import uctypes

from adamlearn.explorables.answer import answer

functions = {}  # by the JSON of their references, made once
figures = {}  # by number: a figure with its functions, the module of its kind, and what is known of its runs


def function(reference):
    """The function, module or number behind a reference (see ``portable.py``)."""
    key = json.dumps(reference)
    if key not in functions:
        functions[key] = resolve(reference)
    return functions[key]


def resolve(reference):
    if reference is None:
        return only_in_a_notebook
    if isinstance(reference, str):
        module, name = reference.split(":")
        return getattr(imported(module), name) if name else imported(module)
    if isinstance(reference, dict):
        names = {name: function(used) for name, used in reference["names"].items()}
        exec(reference["source"], names)
        return names[reference["name"]]
    return reference


def imported(name):
    __import__(name)
    return sys.modules[name]


def only_in_a_notebook(*arguments):
    raise TypeError("this function runs in a notebook, and not in the page")


def live(node):
    """A figure with functions in the places of their references."""
    if isinstance(node, list):
        return [live(child) for child in node]
    if isinstance(node, dict):
        if "reference" in node:
            return function(node["reference"])
        return {name: live(child) for name, child in node.items()}
    return node


def show(number, text):
    """Take a figure, as it is now, under a number."""
    figure = json.loads(text)
    known = figures[number][2] if number in figures else {}
    figures[number] = live(figure), imported(f"adamlearn.explorables.kinds.{figure['kind']}.answer"), known


def ask(number, text, of):
    """The layout of the answer, with the addresses of its numbers in memory."""
    figure, kind, known = figures[number]
    blocks, errors = answer(getattr(kind, of)(figure, json.loads(text)), known, why)
    layout = [[label, columns, rows, uctypes.addressof(numbers)] for label, columns, rows, numbers in blocks]
    return json.dumps({"blocks": layout, "errors": errors})


def why(error):
    """An exception in words, with the line of the reader's text where there is one."""
    file = io.StringIO()
    sys.print_exception(error, file)
    places = [line for line in file.getvalue().split("\n") if 'File "<string>", line ' in line]
    words = type(error).__name__ + ": " + str(error)
    return words if not places else "line " + places[-1].split("line ")[1].split(",")[0] + ": " + words
