"""How far apart two colors look: to whom, and in which theme."""

import numpy as np
from matplotlib.colors import to_rgb

# Red, green and blue light as seen without one of the three receptors of
# the eye (Machado et al. 2009).
VISIONS = {
    "full vision": np.eye(3),
    "no red (protanopia)": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green (deuteranopia)": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue (tritanopia)": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# From linear light to OKLab (Ottosson 2020).
TO_LMS = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
TO_LAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]
# The filters of the style sheet: invert(1) hue-rotate(180deg).
TURN = [
    [-0.574, 1.430, 0.144],
    [0.426, 0.430, 0.144],
    [0.426, 1.430, -0.856],
]


def in_the_dark(rgb):
    return np.clip((1 - rgb) @ np.transpose(TURN), 0, 1)


def linear(rgb):
    """The light of the numbers that a color is written with."""
    return np.where(
        rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4
    )


def place(color, vision="full vision", dark=False):
    """The place of a color in OKLab, as it is seen."""
    rgb = np.array(to_rgb(color))
    light = linear(in_the_dark(rgb) if dark else rgb)
    seen = np.clip(light @ np.transpose(VISIONS[vision]), 0, 1)
    return np.cbrt(seen @ np.transpose(TO_LMS)) @ np.transpose(TO_LAB)


def distance(a, b, vision, dark=False):
    """How far apart two colors look, in OKLab."""
    places = place(a, vision, dark), place(b, vision, dark)
    return np.linalg.norm(np.subtract(*places))
