"""What the page asks of MicroPython: requests and answers as JSON, the numbers in one array of doubles."""

import json
from array import array

import engine
import uctypes

out = array("d", [0.0] * 4096)
functions = {}


def function(reference):
    """The function, module or number behind a reference (see ``portable.py``), made once."""
    key = json.dumps(reference)
    if key not in functions:
        functions[key] = resolve(reference)
    return functions[key]


def resolve(reference):
    if isinstance(reference, str):
        module, name = reference.split(":")
        module = __import__(module)
        return getattr(module, name) if name else module
    if isinstance(reference, dict):
        names = {name: function(used) for name, used in reference["names"].items()}
        exec(reference["source"], names)
        return names[reference["name"]]
    return reference


def answer(request):
    """Run what the request describes; return the layout of the numbers and where they are in memory."""
    request = json.loads(request)
    columns, errors = [], {}
    rows = request["rows"]
    for run in request["runs"]:
        offset = len(columns) * rows
        reserve(offset + len(run["columns"]) * rows)
        try:
            compute(request, run, offset)
            columns += [[run["label"], column] for column in run["columns"]]
        except Exception as error:  # of the reader's own function: shown, by name
            errors[run["label"]] = type(error).__name__ + ": " + str(error)
    return json.dumps({"columns": columns, "rows": rows, "errors": errors, "address": uctypes.addressof(out)})


def reserve(length):
    global out
    if length > len(out):
        out = array("d", list(out) + [0.0] * (2 * length - len(out)))


def compute(request, run, offset):
    kind = request["kind"]
    if kind == "grid":
        engine.grid(function(request["value"]), request["window"], run["n"], out, offset)
    elif kind == "landscape":
        value, gradient = function(request["value"]), function(request["gradient"])
        start, steps = request["start"], request["rows"] - 1
        rule = function(run["rule"])
        engine.descend(rule, run["slots"], run["values"], value, gradient, start, steps, out, offset)
    else:
        engine.trace(
            function(run["rule"]),
            run["slots"],
            run["names"],
            run["values"],
            function(request["stream"]) if request["drawn"] is None else engine.drawn(request["drawn"]),
            request["settings"],
            request["start"],
            request["bounds"],
            request["rows"],
            run["columns"],
            out,
            offset,
        )
