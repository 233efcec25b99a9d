"""Time the package beside others: `make bench` writes book/data/bench.json and prints a table.

`PYTHONPATH=book python -m measuring.bench network` does one part of it alone, or several; PARTS names them.

Every implementation of a rule takes a step in turn, round after round, so that what else the
machine does falls on all of them. Each number of threads, and each measurement of memory, has a
process of its own, held to that many cores. The machine must have nothing else to do: PyTorch's
threads wait for one another, and for whatever keeps one of them from its core.
"""

import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from copy import deepcopy
from importlib.metadata import version
from pathlib import Path

import numpy as np
from adamlearn import Optimizer, models, rules
from measuring.timing import SlideAdam, cores, in_turn, seven_streams_step, turn
from tqdm import tqdm

BOOK = Path(__file__).parents[1]
RESULTS = BOOK / "data" / "bench.json"
SIZES = (2, 1_000, 100_000, 1_000_000, 20_000_000)
DTYPES = ("float64", "float32")
LAYERS = 100  # of the network: a matrix of 64 x 64 and a vector of 64 each
PROCESSES = 3  # what can be done but once in a process is done in so many; the median counts

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
# The rules that the pages on speed are about; bench.json holds them and no other.
RULES = ("sgd", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "amsgrad", "radam", "adabelief")


def leaves(tree):
    """The arrays of a network, in order; a lone array is its own."""
    if isinstance(tree, np.ndarray):
        return [tree]
    return [array for layer in tree for array in layer.values()]


# Each of the following yields names and steps of one rule. ``p`` and ``g`` are arrays, or networks of them.


def slide(rule, p, g):
    """The class of the second slide, an object for each array."""
    if rule == "adam":
        parts = [(SlideAdam(), q, h) for q, h in zip(leaves(deepcopy(p)), leaves(g), strict=True)]
        yield "slide 2", lambda: [optimizer.update(q, h) for optimizer, q, h in parts]


def optimizer_of(rule, engine):
    momentum = {"momentum": 0.9} if rule == "sgd" else {}
    return Optimizer(getattr(rules, rule), engine=engine, **momentum)


def ours(rule, p, g):
    """The package: each engine, in place and into new arrays."""
    for engine in ("numpy", "numba"):
        in_place, pure, unchecked = (optimizer_of(rule, engine) for _ in range(3))
        q, r = deepcopy(p), deepcopy(p)
        yield f"adamlearn {engine}", lambda o=in_place, q=q: o.update(q, g, out=q)
        yield f"adamlearn {engine}, new arrays", lambda o=pure: o.update(p, g)
        yield (
            f"adamlearn {engine}, unchecked",
            lambda o=unchecked, q=r: o.update(q, g, out=q, check_finite=False),
        )


def ours_other_gradients(rule, p, g):
    """The package, handed other gradient arrays than in the step before; and its own results too."""
    for engine in ("numpy", "numba"):
        in_place, pure, q = optimizer_of(rule, engine), optimizer_of(rule, engine), deepcopy(p)
        gradients, params = itertools.cycle([deepcopy(g), deepcopy(g)]), [deepcopy(p)]

        def in_place_step(o=in_place, q=q, gradients=gradients):
            o.update(q, next(gradients), out=q)

        def pure_step(o=pure, params=params, gradients=gradients):
            params[0] = o.update(params[0], next(gradients))

        yield f"adamlearn {engine}, other gradients", in_place_step
        yield f"adamlearn {engine}, new arrays, other gradients", pure_step


def torch_forms(rule, p, g):
    import torch

    torch.set_num_threads(cores())
    name, options, forms = TORCH.get(rule, ("", {}, ()))
    for form in forms:
        tensors = [torch.from_numpy(q.copy()).requires_grad_() for q in leaves(p)]
        for tensor, h in zip(tensors, leaves(g), strict=True):
            tensor.grad = torch.from_numpy(h.copy())  # Nesterov's foreach form writes into it
        flags = {"foreach": form == "foreach"} | ({"fused": True} if form == "fused" else {})
        yield f"torch {form}", getattr(torch.optim, name)(tensors, lr=1e-3, **options, **flags).step


def optax_form(rule, p, g):
    import jax
    import optax

    if rule not in OPTAX:
        return
    jax.config.update("jax_enable_x64", True)
    name, options = OPTAX[rule]
    optimizer = getattr(optax, name)(1e-3, **options)

    def step(params, state, grads):
        updates, state = optimizer.update(grads, state, params)
        return optax.apply_updates(params, updates), state

    jitted = jax.jit(step, donate_argnums=(0, 1))
    params, grads = jax.block_until_ready([jax.tree.map(jax.numpy.array, tree) for tree in (p, g)])
    held = [params]
    del params  # it is donated, and its memory with it
    ready = (lambda array: array.block_until_ready()) if isinstance(p, np.ndarray) else jax.block_until_ready

    def run():
        if len(held) == 1:
            held.append(optimizer.init(held[0]))  # in the first step, as elsewhere: its memory counts
        held[:] = jitted(*held, grads)
        ready(held[0])

    yield "optax jit", run


def scikit_learn(rule, p, g):
    from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

    q, gradients = leaves(deepcopy(p)), leaves(g)
    if rule not in ("adam", "sgd", "nesterov"):
        return
    made = []

    def run():
        if not made:  # in the first step, as elsewhere: its memory counts
            momentum = {} if rule == "adam" else {"momentum": 0.9, "nesterov": rule == "nesterov"}
            made.append((AdamOptimizer if rule == "adam" else SGDOptimizer)(q, **momentum))
        made[0].update_params(q, gradients)

    yield "scikit-learn", run


def limit(rule, p, g):
    """What memory allows: Adam's streams, without its arithmetic."""
    if rule == "adam":
        flat = (np.concatenate([array.ravel() for array in leaves(tree)]) for tree in (p, g))
        yield "seven streams", seven_streams_step(*flat)


SOURCES = (slide, ours, torch_forms, optax_form, scikit_learn, limit)


def times(rule):
    """Median and quartiles of a step's seconds, by implementation, for every size and dtype."""
    rows = []
    for size in SIZES:
        for dtype in DTYPES:
            rng = np.random.default_rng(0)
            p, g = (rng.standard_normal(size).astype(dtype) for _ in range(2))
            steps = dict(pair for source in SOURCES for pair in source(rule, p, g))
            rows.append({"rule": rule, "size": size, "dtype": dtype, "seconds": in_turn(steps)})
    return rows


def network(dtype):
    """A row of one step of Adam over a network's arrays: two hundred, most of them small."""
    rng = np.random.default_rng(0)
    p, g = (
        [
            {"W": rng.standard_normal((64, 64)).astype(dtype), "b": rng.standard_normal(64).astype(dtype)}
            for _ in range(LAYERS)
        ]
        for _ in range(2)
    )
    steps = dict(pair for source in (*SOURCES, ours_other_gradients) for pair in source("adam", p, g))
    return {"dtype": dtype, "threads": cores(), "seconds": in_turn(steps)}


def implementations():
    """The names of Adam's, each with the place of its source in SOURCES."""
    one = np.ones(1)
    return {name: place for place, source in enumerate(SOURCES) for name, _ in source("adam", one, one)}


def peak(name, size):
    """The most memory that three steps of Adam need beside parameters and gradient, in parameter arrays."""
    source = SOURCES[implementations()[name]]
    for _ in range(3):
        named_step(source, name, np.ones(10), np.ones(10))()  # what a first step compiles is not the step's
    p, g = np.ones(size), np.ones(size)  # held to the end: nothing is freed while it is measured
    step = named_step(source, name, p, g)
    time.sleep(1)  # JAX's threads free their copies a little later
    Path("/proc/self/clear_refs").write_text("5", "utf-8")  # the high-water mark begins at what is in use now
    before = memory("VmRSS")
    for _ in range(3):
        step()
    return (memory("VmHWM") - before) / (8 * size)


def named_step(source, name, p, g):
    """A source's step of Adam of that name; no other is left that holds memory."""
    return next(step for found, step in source("adam", p, g) if found == name)


def memory(what):
    """A figure of this process from Linux, in bytes."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
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
    """Seconds to import the package and then to the first compiled step, cache cold and warm: medians."""
    runs = {"cold": [], "warm": []}
    for _ in range(PROCESSES):
        with tempfile.TemporaryDirectory() as folder:
            for found in runs.values():
                output = run(FIRST_STEP, XDG_CACHE_HOME=folder)
                found.append(tuple(map(float, output.split())))
    return {
        cache: dict(zip(("import", "first step"), np.median(found, axis=0).tolist(), strict=True))
        for cache, found in runs.items()
    }


def slide_convolution(inputs, kernels, bias, grad_output):
    """The tenth slide's loops, and its backward pass completed in the same style."""
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
    import torch

    torch.set_num_threads(cores())
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
        found[dtype] = {name: seconds["median"] for name, seconds in in_turn(passes, 5).items()}
    return found


def descents():
    """Seconds of two whole descents, compiling included, then without."""
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


def run(program, **environment):
    """What a Python program prints, run in a process of its own."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=BOOK, env=os.environ | environment, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    return done.stdout


def child(threads, function, *arguments, module="measuring.bench", **environment):
    """What a function of a module of this folder returns, in a process that is held to so many cores."""
    program = f"import json, {module}; print(json.dumps({module}.{function}(*{arguments!r})))"
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[:threads])  # a process begins with its parent's
    try:
        return json.loads(run(program, **environment))
    finally:
        os.sched_setaffinity(0, allowed)


def machine():
    """What the numbers were measured on."""
    model = next(
        line for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines() if "model name" in line
    )
    names = ("numpy", "numba", "torch", "jax", "optax", "scikit-learn")
    return {
        "processor": model.split(":")[1].strip(),
        "cores": cores(),
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "versions": {name: version(name) for name in names},
    }


def thread_counts():
    return sorted({1, cores()})


def measure_steps():
    cases = tqdm([(rule, count) for count in thread_counts() for rule in RULES], desc="steps")
    return [{**row, "threads": count} for rule, count in cases for row in child(count, "times", rule)]


def measure_peak():
    names = [name for name in child(1, "implementations") if name != "seven streams"]
    return {name: child(1, "peak", name, 5_000_000) for name in tqdm(names, desc="memory")}


def measure_convolution():
    return {str(count): child(count, "convolutions") for count in thread_counts()}


def measure_descents():
    """Medians of processes that have compiled nothing before."""
    runs = []
    for _ in range(PROCESSES):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(child(cores(), "descents", XDG_CACHE_HOME=folder))
    return {name: np.median([found[name] for found in runs], axis=0).tolist() for name in runs[0]}


def measure_network():
    return [child(count, "network", dtype) for count in thread_counts() for dtype in DTYPES]


def measure_ladder():
    """What the chapter "How fast can a formula be?" shows of Adam: ladder.py, on one core and on all."""

    def ladder(threads, function, *arguments):
        return child(threads, function, *arguments, module="measuring.ladder")

    results = {"machine": machine(), "caches": ladder(1, "caches"), "steps": [], "roofs": {}}
    for count in tqdm(thread_counts(), desc="ladder"):
        for dtype in DTYPES:
            results["steps"] += ladder(count, "climb", dtype)
        results["roofs"][str(count)] = ladder(count, "roofs")
    results |= {name: ladder(1, name) for name in ("tiles", "powers")}
    return results | {"torch": ladder(1, "torch_operations")}


PARTS = {  # by their keys in bench.json
    "machine": machine,
    "first step": first_steps,
    "steps": measure_steps,
    "peak": measure_peak,
    "convolution": measure_convolution,
    "descents": measure_descents,
    "network": measure_network,
    "ladder": measure_ladder,
}


def ratios(seconds):
    """What the book claims of a network's step, as ratios of medians."""
    median = {name: found["median"] for name, found in seconds.items()}
    fastest = min((name for name in median if name.startswith("torch ")), key=median.get)
    found = {}
    for gradients in ("", ", other gradients"):
        numba, numpy = (f"adamlearn {engine}{gradients}" for engine in ("numba", "numpy"))
        found[f"fastest torch form ({fastest}) / {numba}"] = median[fastest] / median[numba]
        found[f"torch fused / {numba}"] = median["torch fused"] / median[numba]
        found[f"torch foreach / {numpy}"] = median["torch foreach"] / median[numpy]
    return found


def microseconds(seconds):
    return "; ".join(f"{name} {1e6 * found['median']:,.1f}" for name, found in seconds.items())


def table(results):
    """The medians of steps in microseconds, by implementation, and the other parts but the ladder."""
    lines = []
    for row in results.get("steps", ()):
        where = f"{row['rule']:10} {row['size']:>10,} {row['dtype']} {row['threads']} thread(s)"
        lines.append(f"{where}: {microseconds(row['seconds'])}")
    for row in results.get("network", ()):
        where = f"network of {2 * LAYERS} arrays, {row['dtype']} {row['threads']} thread(s)"
        lines.append(f"{where}: {microseconds(row['seconds'])}")
        lines += [f"    {name}: {ratio:.2f}" for name, ratio in ratios(row["seconds"]).items()]
    for name in ("machine", "peak", "first step", "convolution", "descents"):
        if name in results:
            lines.append(f"{name}: {json.dumps(results[name])}")
    return "\n".join(lines)


if __name__ == "__main__":
    names = sys.argv[1:] or list(PARTS)
    if not PARTS.keys() >= set(names):
        sys.exit(f"expected no argument, or some of: {', '.join(map(repr, PARTS))}")
    if (load := os.getloadavg()[0]) > 0.5:
        print(f"load {load:.1f}: wait until no other program runs, threads suffer most", file=sys.stderr)
    found = {name: PARTS[name]() for name in names}
    kept = json.loads(RESULTS.read_text("utf-8")) if sys.argv[1:] and RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept | found, indent=1) + "\n", "utf-8")
    print(table(found))
