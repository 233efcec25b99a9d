"""A figure as the bytes of a PNG, for the still pictures."""

import io

from matplotlib.figure import Figure


def png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=150)
    return file.getvalue()
