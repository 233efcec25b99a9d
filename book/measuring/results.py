"""What `make bench` wrote, in the units in which the chapter on speed reads it."""

import json
from pathlib import Path

STREAMS = 7  # of the loop without arithmetic: four arrays read, three of them written
BYTES = {"float64": 8, "float32": 4}


class Measured:
    """The times in a file of `make bench`.

    Parameters
    ----------
    place : str
        Of the file, beside the chapters.
    """

    def __init__(self, place):
        self.all = json.loads(Path(place).read_text("utf-8"))
        self.ladder = self.all["ladder"]
        self.cores = self.ladder["machine"]["cores"]
        self.sizes = sorted({row["size"] for row in self.ladder["steps"] if row["dtype"] == "float64"})
        self.largest = self.sizes[-1]

    def row(self, size=None, threads=1, dtype="float64"):
        """All that was measured of the programs of ladder.py, for so many parameters."""
        wanted = (size or self.largest, threads, dtype)
        return next(
            row for row in self.ladder["steps"] if (row["size"], row["threads"], row["dtype"]) == wanted
        )

    def ns(self, program, size=None, threads=1, dtype="float64", of="median"):
        """Nanoseconds of a step for each parameter; ``of`` may be a quartile, "low" or "high"."""
        row = self.row(size, threads, dtype)
        return 1e9 * row["seconds"][program][of] / row["size"]

    def bandwidth(self, threads=1, dtype="float64"):
        """Bytes a nanosecond, that is gigabytes a second, of the loop that has next to no arithmetic."""
        return STREAMS * BYTES[dtype] / self.ns("seven streams", threads=threads, dtype=dtype)

    def step_rows(self, rule, dtype="float64", threads=None):
        """Quartiles of a step's microseconds, by size and implementation; on all cores unless told."""
        wanted = (rule, dtype, threads or max(row["threads"] for row in self.all["steps"]))
        return {
            row["size"]: {
                name: {quartile: 1e6 * value for quartile, value in found.items()}
                for name, found in row["seconds"].items()
            }
            for row in sorted(self.all["steps"], key=lambda row: row["size"])
            if (row["rule"], row["dtype"], row["threads"]) == wanted
        }

    def steps(self, rule, dtype="float64", threads=None):
        """Medians of a step's microseconds, by size and implementation."""
        return {
            size: {name: found["median"] for name, found in row.items()}
            for size, row in self.step_rows(rule, dtype, threads).items()
        }

    def print_machine(self):
        """What the numbers were measured on."""
        machine, caches = self.ladder["machine"], self.ladder["caches"]
        print(machine["processor"])
        print(f"{self.cores} core{'s' * (self.cores > 1)}, {machine['system']}")
        sizes = ", ".join(f"level {level} {size // 1024:,} KiB" for level, size in caches.items())
        print("caches:", sizes or "not known")
        versions = [f"{name} {version}" for name, version in machine["versions"].items()]
        for start in range(0, len(versions), 3):
            print(", ".join(versions[start : start + 3]))
