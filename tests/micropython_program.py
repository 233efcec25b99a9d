"""What test_micropython runs in MicroPython: the package's rules, landscapes and streams on floats."""

import json

import main
import numpy as np

from adamlearn import landscapes, rules, streams


def positions(rule, slots, hyperparameters, start, gradient, steps):
    """The start, and where each step leads; ``gradient(point, t)`` returns one number for each coordinate."""
    point, states = list(start), [(0.0,) * slots for _ in start]
    path = [point]
    for t in range(1, steps + 1):
        point = list(point)
        for i, g in enumerate(gradient(path[-1], t)):
            point[i], *states[i] = rule(point[i], g, *states[i], t, **hyperparameters)
        path.append(point)
    return path


def choices(numbers, count):
    """All lists of ``count`` of the numbers."""
    if count == 0:
        return [[]]
    # Lists are joined, since MicroPython has no stars in a display.
    return [others + [number] for others in choices(numbers, count - 1) for number in numbers]  # noqa: RUF005


def result(function, arguments):
    """What a function returns, as text, or the name of its error."""
    try:
        return repr(function(*arguments))
    except ValueError:
        return "ValueError"


def on_rosenbrock(point, t):
    return landscapes.rosenbrock.gradient(*point)


def on_stream(point, t):
    return request["gradients"][t - 1]


with open("/request.json", encoding="utf-8") as file:
    request = json.load(file)
steps = len(request["gradients"])
answer = {"paths": {}, "streams": {}, "values": {}, "gradients": {}, "fed": {}, "functions": {}, "own": {}}
for name, (slots, hyperparameters) in request["rules"].items():
    rule = getattr(rules, name)
    answer["paths"][name] = positions(rule, slots, hyperparameters, request["start"], on_rosenbrock, steps)
    answer["streams"][name] = positions(rule, slots, hyperparameters, request["start"], on_stream, steps)
for name, landscape in landscapes.LANDSCAPES.items():
    points = request["points"][name]
    answer["values"][name] = [landscape.value(x, y) for x, y in points]
    answer["gradients"][name] = [landscape.gradient(x, y) for x, y in points]
for name, settings in request["settings"].items():
    answer["fed"][name] = [streams.STREAMS[name](t, *settings) for t in range(1, 201)]
for name, count in request["functions"].items():
    for numbers in choices(request["numbers"], count):
        text = name + "(" + ", ".join(numbers) + ("," if count == 1 else "") + ")"
        answer["functions"][text] = result(getattr(np, name), [float(number) for number in numbers])
for name, (reference, arguments) in request["own"].items():
    answer["own"][name] = main.function(reference)(*arguments)
print(json.dumps(answer))
