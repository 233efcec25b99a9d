"""From the slide's class to the limit of memory: one step of Adam, written in ever faster ways.

The chapter "How fast can a formula be?" shows these functions and checks that they agree;
`PYTHONPATH=book python -m measuring.bench ladder` times them, and what the machine allows.
"""

from pathlib import Path

import numba
import numpy as np
from adamlearn import Adam, rules
from measuring.timing import ROUNDS, SlideAdam, cores, in_turn, map_in_threads, seven_streams_step

SIZES = {
    "float64": (2, 100, 1_000, 4_096, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 20_000_000),
    "float32": (4_096, 20_000_000),
}
TILES = [2**k for k in range(8, 24)]
TILED = 10_000_000  # elements that are cut in tiles
FEW = 5  # rounds with arrays so long that a step takes a good part of a second
STEPS = (1, 10, 100, 1_000, 10_000, 60_000, 100_000)
NEAR = 512  # elements of which four arrays stay in the nearest cache
HYPERPARAMETERS = (1e-3, 0.9, 0.999, 1e-8)
T = 1_000  # the step at which the rungs are timed


def whole_arrays(p, g, m, v, t):
    """The rule over whole arrays, and back into them."""
    p[:], m[:], v[:] = rules.adam(p, g, m, v, t)


# fmt: off
def whole_arrays_out(p, g, m, v, a, b, t,
        learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """The same operations, and no new array: ``a`` and ``b`` are kept."""
    np.multiply(m, beta1, out=m)
    np.multiply(g, 1 - beta1, out=a)
    np.add(m, a, out=m)
    np.multiply(v, beta2, out=v)
    np.square(g, out=a)
    np.multiply(a, 1 - beta2, out=a)
    np.add(v, a, out=v)
    np.divide(m, 1 - beta1**t, out=a)
    np.multiply(a, learning_rate, out=a)
    np.divide(v, 1 - beta2**t, out=b)
    np.sqrt(b, out=b)
    np.add(b, epsilon, out=b)
    np.divide(a, b, out=a)
    np.subtract(p, a, out=p)
# fmt: on


def in_tiles(p, g, m, v, t, tile=8_192):
    """The rule, handed short pieces of the arrays."""
    for start in range(0, p.size, tile):
        piece = slice(start, start + tile)
        whole_arrays(p[piece], g[piece], m[piece], v[piece], t)


def in_tiles_out(p, g, m, v, a, b, t, tile=8_192):
    """Both: short pieces, and no new array."""
    for start in range(0, p.size, tile):
        piece = slice(start, start + tile)
        size = p[piece].size
        whole_arrays_out(p[piece], g[piece], m[piece], v[piece], a[:size], b[:size], t)


# fmt: off
def adam_by_products(p, g, m, v, t,
        learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Adam, with products in place of its divisions by numbers."""
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m * (1 / (1 - beta1**t))
    v_hat = v * (1 / (1 - beta2**t))
    return p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v
# fmt: on


def compiled_loops(rule=rules.adam, **options):
    """A rule in a compiled loop: in place, and into another array."""
    compiled = numba.njit(**options)(rule)

    @numba.njit(**options)
    def in_place(p, g, m, v, t, rate, beta1, beta2, eps):
        for i in range(p.size):
            new = compiled(p[i], g[i], m[i], v[i], t, rate, beta1, beta2, eps)
            p[i], m[i], v[i] = new

    @numba.njit(**options)
    def into(p, g, m, v, out, t, rate, beta1, beta2, eps):
        for i in range(p.size):
            new = compiled(p[i], g[i], m[i], v[i], t, rate, beta1, beta2, eps)
            out[i], m[i], v[i] = new

    return in_place, into


def multiply_add(x, repeats):
    """Sixteen operations an element on what stays in the nearest cache: what arithmetic allows."""
    for _ in range(repeats):
        for i in range(x.size):
            y = x[i]
            for _ in range(8):
                y = y * 0.5 + 0.25
            x[i] = y


def rungs(p, g):
    """Every rung's step, by name; with more than one thread only those that use them."""
    compiled, q = Adam(engine="numba"), p.copy()
    steps = {
        "adamlearn, numba": lambda: compiled.update(q, g, out=q),
        "seven streams": seven_streams_step(p, g),
    }
    if cores() > 1:
        return steps

    slide, slide_p, engine, engine_p = SlideAdam(), p.copy(), Adam(), p.copy()
    state = p.copy(), g, np.zeros_like(p), np.zeros_like(p)  # one for all the others: it saves memory
    scratch = np.zeros_like(p), np.zeros_like(p)
    checked, _ = compiled_loops()
    unchecked, into = compiled_loops(error_model="numpy")
    products, _ = compiled_loops(adam_by_products, error_model="numpy")
    return {
        "the slide's class": lambda: slide.update(slide_p, g),
        "whole arrays, out=": lambda: whole_arrays_out(*state, *scratch, T),
        "the rule in tiles": lambda: in_tiles(*state, T),
        "tiles and out=": lambda: in_tiles_out(*state, *scratch, T),
        "the rule over arrays": lambda: whole_arrays(*state, T),
        "adamlearn, numpy": lambda: engine.update(engine_p, g, out=engine_p),
        "compiled, t an integer": lambda: checked(*state, T, *HYPERPARAMETERS),
        "compiled, t a float": lambda: checked(*state, float(T), *HYPERPARAMETERS),
        "no check, t an integer": lambda: unchecked(*state, T, *HYPERPARAMETERS),
        "no check of divisors": lambda: unchecked(*state, float(T), *HYPERPARAMETERS),
        "products for quotients": lambda: products(*state, float(T), *HYPERPARAMETERS),
        "into another array": lambda: into(*state, scratch[0], float(T), *HYPERPARAMETERS),
        "into the same array": lambda: into(*state, state[0], float(T), *HYPERPARAMETERS),
    } | steps


def draw(size, dtype="float64"):
    rng = np.random.default_rng(0)
    return rng.standard_normal(size).astype(dtype), rng.standard_normal(size).astype(dtype)


def climb(dtype):
    """Seconds of a step of every rung, for every size; for the largest, its stops for new memory too."""
    rows = []
    for size in SIZES[dtype]:
        steps = rungs(*draw(size, dtype))
        row = {"size": size, "dtype": dtype, "threads": cores()}
        rows.append(row | {"seconds": in_turn(steps, ROUNDS if size < 10_000_000 else FEW)})
    rows[-1]["faults"] = {name: faults(step) for name, step in steps.items()}
    return rows


def faults(step):
    """How often a step is stopped while the system lays out new memory, a page of any size."""
    from resource import RUSAGE_SELF, getrusage  # Windows has none

    before = getrusage(RUSAGE_SELF).ru_minflt
    step()
    return getrusage(RUSAGE_SELF).ru_minflt - before


def tiles():
    """Seconds an element, by the size of the tiles; the largest tile is the whole."""
    arrays = [*draw(TILED), np.zeros(TILED), np.zeros(TILED)]
    steps = {tile: lambda tile=tile: in_tiles(*arrays, T, tile) for tile in (*TILES, TILED)}
    return [
        {"tile": tile, "seconds": {quartile: value / TILED for quartile, value in found.items()}}
        for tile, found in in_turn(steps, FEW).items()
    ]


def roofs():
    """Seconds an element of loops whose arrays stay in the nearest cache: what arithmetic allows."""
    threads = range(cores())
    repeats = 200_000  # some hundredths of a second: a second thread takes a while to be awake

    def repeated(rule):
        rule = numba.njit(error_model="numpy")(rule)

        @numba.njit(nogil=True, error_model="numpy")
        def loop(p, g, m, v):
            for _ in range(repeats):
                for i in range(p.size):
                    p[i], m[i], v[i] = rule(p[i], g[i], m[i], v[i], float(T), *HYPERPARAMETERS)

        arrays = [(*draw(NEAR), np.zeros(NEAR), np.zeros(NEAR)) for _ in threads]
        return lambda: list(map_in_threads(lambda thread: loop(*arrays[thread]), threads))

    adds, xs = numba.njit(nogil=True, fastmath={"contract"})(multiply_add), np.zeros((len(threads), NEAR))
    steps = {
        "multiply-add": lambda: list(map_in_threads(lambda thread: adds(xs[thread], repeats), threads)),
        "adam": repeated(rules.adam),
        "adam by products": repeated(adam_by_products),
    }
    count = NEAR * len(threads) * repeats
    return {
        name: {quartile: value / count for quartile, value in found.items()}
        for name, found in in_turn(steps).items()
    }


def powers():
    """Seconds an element of a compiled step by its number, the number an integer and a float."""
    loop, _ = compiled_loops(error_model="numpy")
    size = 4_096
    arrays = [*draw(size), np.zeros(size), np.zeros(size)]
    steps = {t: lambda t=t: loop(*arrays, t, *HYPERPARAMETERS) for t in STEPS}
    steps |= {repr(float(t)): lambda t=t: loop(*arrays, float(t), *HYPERPARAMETERS) for t in STEPS}
    seconds = {str(t): found["median"] / size for t, found in in_turn(steps).items()}
    return [{"t": t, "integer": seconds[str(t)], "float": seconds[repr(float(t))]} for t in STEPS]


def caches():
    """The sizes in bytes of the caches of the first core, by level, where Linux tells them."""
    found = {}
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((index / name).read_text("utf-8").strip() for name in ("level", "type", "size"))
        if kind != "Instruction":
            found[level] = int(size.removesuffix("K")) * 1024
    return found


def torch_operations():
    """What a step of PyTorch's optimizers does to whole arrays: operations; arrays read, written, new."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    size = 1000

    def arrays(tree):
        return {
            leaf.data_ptr() for leaf in tree_leaves(tree) if torch.is_tensor(leaf) and leaf.numel() == size
        }

    class Count(TorchDispatchMode):
        def __init__(self):
            super().__init__()
            self.found = {"operations": 0, "read": 0, "written": 0, "new": 0}

        def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
            result = operation(*args, **(kwargs or {}))
            read, new = arrays((args, kwargs)), arrays(result) - arrays((args, kwargs))
            changed = arrays(args[0]) if operation._schema.name.endswith("_") else set()
            for name, these in {
                "operations": read and [0],
                "read": read,
                "written": changed | new,
                "new": new,
            }.items():
                self.found[name] += len(these)
            return result

    def counted(name, foreach):
        q = torch.ones(size, dtype=torch.float64).requires_grad_()
        q.grad = torch.ones_like(q)
        optimizer = getattr(torch.optim, name)([q], lr=1e-3, foreach=foreach)
        for _ in range(10):  # past RAdam's plain steps
            optimizer.step()
        with Count() as count:
            optimizer.step()
        return count.found

    return {
        name: {"for-loop": counted(name, False), "foreach": counted(name, True)} for name in ("Adam", "RAdam")
    }
