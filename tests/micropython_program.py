"""What test_micropython runs in MicroPython: the package's rules and landscapes over plain floats."""

import json

import landscapes
import rules


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


def on_rosenbrock(point, t):
    return landscapes.rosenbrock.gradient(*point)


def on_stream(point, t):
    return request["gradients"][t - 1]


with open("/request.json") as file:
    request = json.load(file)
steps = len(request["gradients"])
answer = {"paths": {}, "streams": {}, "values": {}, "gradients": {}}
for name, (slots, hyperparameters) in request["rules"].items():
    rule = getattr(rules, name)
    answer["paths"][name] = positions(rule, slots, hyperparameters, request["start"], on_rosenbrock, steps)
    answer["streams"][name] = positions(rule, slots, hyperparameters, request["start"], on_stream, steps)
for name, landscape in landscapes.LANDSCAPES.items():
    points = request["points"][name]
    answer["values"][name] = [landscape.value(x, y) for x, y in points]
    answer["gradients"][name] = [landscape.gradient(x, y) for x, y in points]
print(json.dumps(answer))
