"""Time one step of each rule, side by side: `make bench` writes book/data/bench.json and prints a table.

Every implementation of a rule takes a step in turn, round after round, so that what else the
machine does falls on all of them. Each number of threads, and each measurement of memory, has a
process of its own, held to that many cores.
"""

import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "data" / "bench.json"
SIZES = (2, 1_000, 100_000, 1_000_000, 20_000_000)
DTYPES = ("float64", "float32")
ROUNDS = 9
SECONDS = 0.02  # the least that one turn of an implementation lasts

# What each rule is called elsewhere, and in which forms PyTorch has it.
TORCH = {
    "sgd": ("SGD", {"momentum": 0.9}, ("for-loop", "foreach", "fused")),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}, ("for-loop", "foreach", "fused")),
    "adagrad": ("Adagrad", {}, ("for-loop", "foreach", "fused")),
    "rmsprop": ("RMSprop", {}, ("for-loop", "foreach")),
    "adam": ("Adam", {}, ("for-loop", "foreach", "fused")),
    "adamw": ("AdamW", {}, ("for-loop", "foreach", "fused")),
    "amsgrad": ("Adam", {"amsgrad": True}, ("for-loop", "foreach", "fused")),
    "radam": ("RAdam", {}, ("for-loop", "foreach")),
}
OPTAX = {
    "sgd": ("sgd", {"momentum": 0.9}),
    "nesterov": ("sgd", {"momentum": 0.9, "nesterov": True}),
    "adabelief": ("adabelief", {}),
} | {name: (name, {}) for name in ("adagrad", "rmsprop", "adam", "adamw", "amsgrad", "radam")}
RULES = (*TORCH, "adabelief")


class SlideAdam:
    """The class of the second slide, as it stands there but for its layout."""

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.learning_rate, self.beta1, self.beta2, self.epsilon = learning_rate, beta1, beta2, epsilon
        self.m, self.v, self.t = None, None, 0

    def update(self, params, grads):
        import numpy as np

        if self.m is None:
            self.m, self.v = np.zeros(params.shape), np.zeros(params.shape)
        self.t += 1
        self.m = self.beta1 * self.m + (1 - self.beta1) * grads
        self.v = self.beta2 * self.v + (1 - self.beta2) * np.square(grads)
        m_hat = self.m / (1 - self.beta1**self.t)
        v_hat = self.v / (1 - self.beta2**self.t)
        params -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return params


def ours(rule, p, g):
    """The package: each engine, in place and into new arrays."""
    from adamlearn import Optimizer, rules

    momentum = {"momentum": 0.9} if rule == "sgd" else {}
    for engine in ("numpy", "numba"):
        made = [Optimizer(getattr(rules, rule), engine=engine, **momentum) for _ in range(3)]
        in_place, pure, unchecked = made
        q, r = p.copy(), p.copy()
        yield f"adamlearn {engine}", lambda o=in_place, q=q: o.update(q, g, out=q)
        yield f"adamlearn {engine}, new arrays", lambda o=pure: o.update(p, g)
        yield (
            f"adamlearn {engine}, unchecked",
            lambda o=unchecked, q=r: o.update(q, g, out=q, check_finite=False),
        )


def slide(rule, p, g):
    if rule == "adam":
        optimizer, q = SlideAdam(), p.copy()
        yield "slide 2", lambda: optimizer.update(q, g)


def torch_forms(rule, p, g):
    import torch

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    name, options, forms = TORCH.get(rule, ("", {}, ()))
    for form in forms:
        q = torch.from_numpy(p.copy()).requires_grad_()
        q.grad = torch.from_numpy(g.copy())  # Nesterov's foreach form writes into it
        flags = {"foreach": form == "foreach"} | ({"fused": True} if form == "fused" else {})
        yield f"torch {form}", getattr(torch.optim, name)([q], lr=1e-3, **options, **flags).step


def optax_form(rule, p, g):
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    name, options = OPTAX[rule]
    optimizer = getattr(optax, name)(1e-3, **options)

    def step(params, state, grads):
        updates, state = optimizer.update(grads, state, params)
        return optax.apply_updates(params, updates), state

    jitted = jax.jit(step, donate_argnums=(0, 1))
    grads = jax.numpy.array(g)
    held = [jax.numpy.array(p)]
    held.append(optimizer.init(held[0]))

    def run():
        held[:] = jitted(*held, grads)
        held[0].block_until_ready()

    yield "optax jit", run


def scikit_learn(rule, p, g):
    from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

    q = [p.copy()]
    if rule == "adam":
        optimizer = AdamOptimizer(q)
    elif rule in ("sgd", "nesterov"):
        optimizer = SGDOptimizer(q, momentum=0.9, nesterov=rule == "nesterov")
    else:
        return
    yield "scikit-learn", lambda: optimizer.update_params(q, [g])


def limit(rule, p, g):
    """Read p, g, m, v and write p, m, v, with no arithmetic to speak of: what memory allows."""
    import numba
    import numpy as np

    from adamlearn.compiled import SHARE, in_threads

    if rule != "adam":
        return

    def streams(p, g, m, v):
        for i in range(p.size):
            p[i] += g[i]
            m[i] += g[i]
            v[i] += g[i]

    loop = numba.njit(nogil=True, error_model="numpy")(streams)
    arrays = [p.copy(), g, np.zeros_like(p), np.zeros_like(p)]
    share = SHARE // p.itemsize
    yield (
        "seven streams",
        lambda: in_threads(lambda part: loop(*(array[part] for array in arrays)), p.size, share),
    )


SOURCES = (slide, ours, torch_forms, optax_form, scikit_learn, limit)


def turn(step, calls):
    begin = time.perf_counter()
    for _ in range(calls):
        step()
    return (time.perf_counter() - begin) / calls


def in_turn(steps, rounds=ROUNDS):
    """Quartiles of each step's seconds; the steps take turns, so that what else runs falls on all."""
    calls = {}
    for name, step in steps.items():
        turn(step, 2)  # compiles, allocates
        calls[name] = max(1, round(SECONDS / turn(step, 1)))
    seconds = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            seconds[name].append(turn(step, calls[name]))
    quartiles = {name: statistics.quantiles(values, n=4) for name, values in seconds.items()}
    return {
        name: dict(zip(("low", "median", "high"), found, strict=True)) for name, found in quartiles.items()
    }


def times(rule):
    """Median and quartiles of a step's seconds, by implementation, for every size and dtype."""
    import numpy as np

    rows = []
    for size in SIZES:
        for dtype in DTYPES:
            rng = np.random.default_rng(0)
            p, g = (rng.standard_normal(size).astype(dtype) for _ in range(2))
            steps = dict(pair for source in SOURCES for pair in source(rule, p, g))
            rows.append({"rule": rule, "size": size, "dtype": dtype, "seconds": in_turn(steps)})
    return rows


def peak(name, size):
    """The most memory that three steps of Adam need beside parameters and gradient, in parameter arrays."""
    for _ in range(3):
        named_step(name, 10)()  # what a first step loads and compiles is not the step's
    step = named_step(name, size)
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins at what is in use now
    before = memory("VmRSS")
    for _ in range(3):
        step()
    return (memory("VmHWM") - before) / (8 * size)


def named_step(name, size):
    """One implementation's step of Adam."""
    import numpy as np

    p, g = np.ones(size), np.ones(size)
    return next(step for source in SOURCES for found, step in source("adam", p, g) if found == name)


def memory(what):
    """A figure of this process from Linux, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(what + ":"))


FIRST_STEP = """
import time; begin = time.perf_counter()
import numpy as np
from adamlearn import Adam
middle = time.perf_counter()
optimizer, p, g = Adam(engine="numba"), np.ones(1000), np.ones(1000)
optimizer.update(p, g, out=p)
print(middle - begin, time.perf_counter() - middle)
"""


def first_steps():
    """Seconds to import the package and then to the first compiled step, cache cold and warm."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"XDG_CACHE_HOME": folder}
        found = {}
        for cache in ("cold", "warm"):
            command = [sys.executable, "-c", FIRST_STEP]
            output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            found[cache] = dict(zip(("import", "first step"), map(float, output.stdout.split()), strict=True))
    return found


def slide_convolution(inputs, kernels, bias, grad_output):
    """The tenth slide's loops, and its backward pass completed in the same style."""
    import numpy as np

    filters, _, k, _ = kernels.shape
    n, _, height, width = inputs.shape
    rows, columns = height - k + 1, width - k + 1
    output = np.zeros((n, filters, rows, columns))
    grad_kernels, grad_inputs = np.zeros_like(kernels), np.zeros_like(inputs)
    for i in range(rows):
        for j in range(columns):
            window = inputs[:, :, i : i + k, j : j + k]
            for f in range(filters):
                output[:, f, i, j] = np.sum(window * kernels[f], axis=(1, 2, 3)) + bias[f]
                g = grad_output[:, f, i, j][:, None, None, None]
                grad_kernels[f] += np.sum(window * g, axis=0)
                grad_inputs[:, :, i : i + k, j : j + k] += kernels[f] * g
    return output, grad_kernels, grad_inputs, grad_output.sum(axis=(0, 2, 3))


def convolutions():
    """Seconds of a convolution's forward and backward pass: 32 images 3 x 32 x 32, 16 filters 5 x 5."""
    import numpy as np
    import torch

    from adamlearn import models

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    rng = np.random.default_rng(0)
    found = {}
    for dtype in DTYPES:
        x, kernels, g = (
            rng.standard_normal(shape).astype(dtype)
            for shape in ((32, 3, 32, 32), (16, 3, 5, 5), (32, 16, 28, 28))
        )
        bias = np.zeros(16, dtype)
        layer = {"W": kernels, "b": bias}
        tx, tw, tb = (torch.from_numpy(a.copy()).requires_grad_() for a in (x, kernels, bias))
        tg = torch.from_numpy(g)

        def torch_pass(tx=tx, tw=tw, tb=tb, tg=tg):
            torch.autograd.grad(torch.nn.functional.conv2d(tx, tw, tb), (tx, tw, tb), tg)

        def package_pass(layer=layer, x=x, g=g):
            models.convolution(layer, x)
            models.convolution_backward(layer, x, g)

        def slide_pass(x=x, kernels=kernels, bias=bias, g=g):
            slide_convolution(x, kernels, bias, g)

        passes = {"slide 10": slide_pass, "adamlearn": package_pass, "torch": torch_pass}
        for step in passes.values():
            step()
        seconds = {name: [] for name in passes}
        for _ in range(5):
            for name, step in passes.items():
                seconds[name].append(turn(step, 1))
        found[dtype] = {name: statistics.median(values) for name, values in seconds.items()}
    return found


def descents():
    """Seconds of two whole descents, compiling included, then without."""
    import numpy as np

    from adamlearn import AdaBelief, Adam, AdamW, AMSGrad, RAdam
    from adamlearn.descent import endpoints
    from adamlearn.landscapes import mixture

    side = np.linspace(-4, 4, 512)
    starts = np.meshgrid(side, side)

    def maps():
        for optimizer in (Adam, AdamW, AMSGrad, RAdam, AdaBelief):
            endpoints(optimizer(learning_rate=0.01), mixture, starts, 500)

    def slope(x, t):
        return (1010.0 if t % 101 == 1 else -10.0,)

    def million():
        endpoints(Adam(0.01, beta2=0.99), slope, [[0.0]], 1_000_000, bounds=(-1, 1))

    return {
        "512 x 512 starts, 500 steps, 5 optimizers": [turn(maps, 1), turn(maps, 1)],
        "a million steps of one number": [turn(million, 1), turn(million, 1)],
    }


def child(*arguments):
    """Run this file's part of that name in a new process, and return what it found."""
    command = [sys.executable, __file__, *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def part(name, threads, *arguments):
    """What a child process does: hold itself to some cores, measure, print."""
    os.sched_setaffinity(0, list(os.sched_getaffinity(0))[: int(threads)])
    parts = {"times": times, "peak": peak, "convolutions": convolutions, "descents": descents}
    function = parts[name] if name in parts else getattr(importlib.import_module("ladder"), name)
    found = function(*(int(argument) if argument.isdigit() else argument for argument in arguments))
    print(json.dumps(found))


def machine():
    """What the numbers were measured on."""
    from importlib.metadata import version

    model = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line)
    names = ("numpy", "numba", "torch", "jax", "optax", "scikit-learn")
    return {
        "processor": model.split(":")[1].strip(),
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "versions": {name: version(name) for name in names},
    }


def measure():
    """Everything, in the order of what takes least."""
    from tqdm import tqdm

    cores = len(os.sched_getaffinity(0))
    threads = sorted({1, cores})
    results = {"machine": machine(), "first step": first_steps(), "steps": [], "peak": {}, "convolution": {}}
    for rule, count in tqdm([(rule, count) for count in threads for rule in RULES], desc="steps"):
        results["steps"] += [{**row, "threads": count} for row in child("times", count, rule)]
    adam = [row for row in results["steps"] if row["rule"] == "adam"]
    for name in tqdm([name for name in adam[0]["seconds"] if name != "seven streams"], desc="memory"):
        results["peak"][name] = child("peak", 1, name, 5_000_000)
    results["convolution"] = {count: child("convolutions", count) for count in threads}
    results["descents"] = child("descents", cores)
    results["ladder"] = measure_ladder()
    return results


def measure_ladder():
    """What the chapter "How fast can a formula be?" shows of Adam: ladder.py, on one core and on all."""
    from tqdm import tqdm

    cores = len(os.sched_getaffinity(0))
    results = {"machine": machine(), "caches": child("caches", 1), "steps": [], "roofs": {}}
    for count in tqdm(sorted({1, cores}), desc="ladder"):
        for dtype in DTYPES:
            results["steps"] += child("climb", count, dtype)
        results["roofs"][count] = child("roofs", count)
    results |= {name: child(name, 1) for name in ("tiles", "powers")}
    return results | {"torch": child("torch_operations", 1)}


def table(results):
    """Adam's and the other rules' times in microseconds, a column for each implementation."""
    lines = [f"{value}" for value in results["machine"].values()]
    for row in results["steps"]:
        where = f"{row['rule']:10} {row['size']:>10,} {row['dtype']} {row['threads']} thread(s)"
        cells = [f"{name} {1e6 * value['median']:,.1f}" for name, value in row["seconds"].items()]
        lines.append(f"{where}: {'; '.join(cells)}")
    for name in ("peak", "first step", "convolution", "descents"):
        lines.append(f"{name}: {json.dumps(results[name])}")
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:] == ["ladder"]:
        results = json.loads(RESULTS.read_text()) | {"ladder": measure_ladder()}
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    elif len(sys.argv) > 1:
        part(*sys.argv[1:])
    else:
        results = measure()
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        print(table(results))
