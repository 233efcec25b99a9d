"""What quantities and hyperparameters are called where a reader sees or hears them, as the page takes it."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Name:
    """What one of them is called.

    Attributes
    ----------
    label : str
        Beside a slider, or above a panel.
    spoken : str
        To a screen reader.
    row : str
        At the head of a row of a table.
    math : str
        In a picture: for Matplotlib.
    """

    label: str
    spoken: str
    row: str
    math: str = ""


NAMES = {
    "learning_rate": Name("learning rate", "learning rate", "learning rate"),
    "beta1": Name("β₁", "beta 1", "β₁"),
    "beta2": Name("β₂", "beta 2", "β₂"),
    "epsilon": Name("ε", "epsilon", "ε"),
    "g": Name("g", "gradient", "gradient", "$g$"),
    "p": Name("θ", "parameter", "θ", "$\\theta$"),
    "m": Name("m", "m", "m", "$m$"),
    "v": Name("v", "v", "v", "$v$"),
    "s": Name("s", "s", "s", "$s$"),
    "r": Name("r", "r", "r", "$r$"),
    "m_hat": Name("m̂", "m hat", "m̂", "$\\hat m$"),
    "v_hat": Name("v̂", "v hat", "v̂", "$\\hat v$"),
    "s_hat": Name("ŝ", "s hat", "ŝ", "$\\hat s$"),
    "v_max": Name("v̂ max", "v hat max", "v̂ max", "$\\hat v^{\\max}$"),
    "step": Name("step / learning rate", "step over learning rate", "step / η", "step / $\\eta$"),
}


def described_names() -> dict[str, dict[str, str]]:
    """For the page, which makes do with the bare name of what a reader's own rule has."""
    return {name: {k: v for k, v in asdict(of).items() if k != "math"} for name, of in NAMES.items()}
