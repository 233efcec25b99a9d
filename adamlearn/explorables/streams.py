"""Where :mod:`adamlearn.streams` stood: programs that figures have written out import it from here."""

from adamlearn.streams import STREAMS, alternating, constant, noisy, periodic, sparse, spike, worst

__all__ = ["STREAMS", "alternating", "constant", "noisy", "periodic", "sparse", "spike", "worst"]
