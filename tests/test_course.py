"""The plans for a course hang together, and the answers that the first readings call right are right."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from adamlearn import AdaBelief, Adam, AdamW, Optimizer, RAdam, rules

BOOK = Path(__file__).parents[1] / "book"
COURSE = (BOOK / "course.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in COURSE.splitlines()
    if re.match(r"\| \d+ \|", line)
]
READING = [row for row in ROWS if "{minutes}" in row[2]]


def test_each_plan_has_its_hours():
    for found in (READING, [row for row in ROWS if row not in READING]):
        assert [int(row[0]) for row in found] == [*range(1, 7), *range(1, 13)]


@pytest.mark.parametrize("row", READING, ids=lambda row: row[1][:40])
def test_the_minutes_are_those_of_the_pages_to_read(row):
    linked = re.findall(r"\]\(([\w-]+)\.ipynb\)", row[1])
    (counted,) = re.findall(r"\{minutes\}`([^`]+)`", row[2])
    assert counted.split() == linked


def test_what_the_plans_name_is_there():
    source = "\n".join(path.read_text("utf-8") for path in BOOK.glob("*.ipynb"))
    for name in re.findall(r"\{numref\}`([\w-]+)`", COURSE):
        assert f":label: {name}\\n" in source or f'"name": "{name}"' in source, name
    headings = re.findall(r"#+ ([^\"\\]*)", source)
    left_out = "".join(row[2] for row in ROWS if row not in READING)
    quoted = [name for name in re.findall(r'"([^"]+)"', left_out) if name != "The rules before Adam"]
    assert [name for name in [*quoted, "The rules before Adam"] if name not in headings] == []


# The right answers, computed. An optimizer's steps are counted in learning rates.


def steps(optimizer, gradients):
    places = [0.0]
    for g in gradients:
        places.append(float(optimizer.update(np.array([places[-1]]), np.array([float(g)]))[0]))
    return [(a - b) / optimizer.learning_rate for a, b in pairwise(places)]


def test_of_the_primer():
    assert (1 - 0.1 * 2, 1 - 0.1 * 50) == (0.8, -4)
    average = 0.0
    for _ in range(100):
        average = 0.99 * average + 0.01
    assert round(average, 2) == 0.63
    assert np.isclose(0.2 * np.sqrt(25 / 100), 0.1)
    least = np.random.default_rng(0).standard_normal((10_000, 10)).min(axis=1)
    assert least.mean() < -1  # of ten losses that differ by chance alone, the smallest is too small
    w1, w2, w3, w4, w5, w6 = -3, 0.5, -1, 1, 2, -1
    h1, h2 = max(0, w1 + 2 * w2), max(0, w3 + 2 * w4)
    assert (w1 + 2 * w2, h1, w5 * h1 + w6 * h2) == (-2, 0, -1)


def test_of_adam():
    moved = sum(steps(Adam(), np.ones(1000)))
    assert np.isclose(moved, sum(steps(Adam(), np.full(1000, 100.0))), rtol=1e-6)
    assert np.isclose(moved * 0.001, 1)
    assert abs(steps(Adam(), 3.0 * (-1.0) ** np.arange(500))[-1]) < 0.1
    assert np.isclose(0.1 / np.sqrt(0.1), 0.316, atol=1e-3)
    assert 2 < steps(Adam(), [*np.full(3000, 1e-3), 1000.0])[-1] < 3.5
    assert np.isclose(steps(Adam(), [1e-8])[0], 0.5)


def test_of_implementation():
    tiny = rules.adam(0.0, 3.0, 0.0, 0.0, 1, learning_rate=0.1)[0] + 0.1
    assert abs(tiny) < 1e-9  # what epsilon does to the known steps


def test_of_linear_regression():
    assert 1000 * 0.01 < 16.6 < 100 * 0.5
    gradients = np.random.default_rng(0).normal(-5, 1, 100)
    assert np.allclose(steps(Adam(), gradients), steps(Adam(), gradients / 2), rtol=1e-6)


def test_of_the_network():
    z1, w2, b2 = 1 * 2 - 3, 2, -6
    a1 = max(0, z1)
    dz2 = 1 / (1 + np.exp(-(w2 * a1 + b2))) - 1
    dz1 = dz2 * w2 * (z1 > 0)
    assert (dz1 * 2, dz1, dz2 * a1) == (0, 0, 0)
    assert -1 < dz2 < -0.99
    assert np.allclose([steps(Adam(0.1), [g])[0] for g in (-2, -1)], -1)
    assert round(np.log(10), 1) == 2.3


def test_of_training():
    differences = np.array([20, 30, 40]) - np.array([21, 29, 43])
    assert differences.mean() == -1 and differences.std(ddof=1) == 2
    assert round(2 / np.sqrt(3), 2) == 1.15
    grows = steps(Adam(), -0.01 * np.array([1, 1.4, 1.9]))
    assert all(0.95 < -step <= 1 for step in grows)


def test_of_adamw():
    p, optimizer = np.ones(1), AdamW(0.1, weight_decay=0.5)
    for _ in range(2):
        p = optimizer.update(p, np.zeros(1))
    assert np.isclose(p, 0.9025)
    assert round((1 - 0.01 * 0.01) ** 1000, 1) == 0.9
    p, optimizer = np.zeros(1), AdamW(0.05, weight_decay=0.1)
    for _ in range(3000):
        p = optimizer.update(p, np.full(1, -2.0))
    assert np.isclose(p, 10)


def test_of_adamw_and_a_loss_ten_times_as_large():
    def penalized(p, g, m, v, t, learning_rate=1e-3):
        return rules.adam(p, g + 0.1 * p, m, v, t, learning_rate)

    pulled = []
    for size in (1.0, 10.0):
        p, optimizer = np.ones(1), Optimizer(penalized, learning_rate=0.001)
        path = [p := optimizer.update(p, np.full(1, size * (-1) ** t)) for t in range(1000)]
        pulled.append(path[99][0] - path[-1][0])
    assert 8 < pulled[0] / pulled[1] < 12


def test_of_amsgrad():
    signs = np.sign([5, -1, -1, -1])
    assert signs.sum() == -2 and sum([5, -1, -1, -1]) / 5 == 0.4
    for first in ([3, -1, -1], [-1, 3, -1]):
        for beta1 in (0.0, 0.9):
            one = rules.adam(0.0, first[0], 0.0, 0.0, 1, beta1=beta1)[0]
            assert one == rules.amsgrad(0.0, first[0], 0.0, 0.0, 0.0, 1, beta1=beta1)[0]
    assert np.isclose(1 / np.sqrt(1 - 0.99), 10)
    spike = [1000.0, *np.ones(12_000)]
    adam = steps(Adam(), spike)
    assert adam[100] < 0.1 and adam[-1] > 0.9
    amsgrad = steps(Optimizer(rules.amsgrad, learning_rate=0.001), spike)
    assert 0.0005 < amsgrad[-1] < 0.002


def test_of_the_comparison():
    m = 0.9 * (0.1 * 1) + 0.1 * -150
    assert round(m, 2) == -14.91


def test_of_radam():
    assert np.allclose([steps(Adam(), [g])[0] for g in (1, 0.01)], 1, rtol=1e-5)
    small, large = steps(RAdam(), np.full(6, 4.0)), steps(RAdam(), np.full(6, 400.0))
    assert np.allclose(np.divide(large, small), [100] * 4 + [1] * 2)
    assert np.isclose(steps(RAdam(beta1=0.0), [7])[0], steps(RAdam(), [7])[0])


def test_of_adabelief():
    settled = steps(AdaBelief(), np.resize([9.0, 11.0], 20_000))[-2:]
    assert all(9 < step < 12 for step in settled)
    assert np.isclose(steps(AdaBelief(beta1=0.5), [3])[0], 2)
    under_the_root = [0.9 * g / np.sqrt((0.9 * g) ** 2 + 1e-8) for g in (1e-3, 1e-4, 1e-5)]
    assert under_the_root[0] > 0.98 > under_the_root[1] > 0.5 > under_the_root[2]
