"""How fast the explorables are in a page: `PYTHONPATH=book python -m tests.bench_explorables [name ...]`."""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from _ext.explorables import serve_into

from adamlearn import SGD, AdaBelief, Adam, AMSGrad, RAdam
from adamlearn.explorables import landscape
from adamlearn.landscapes import LANDSCAPES
from tests.browser import chromium, own_host_page, served, weigh
from tests.explorable_pages import HEAD

FIVE = [SGD(0.001), *(kind(learning_rate=0.05) for kind in (Adam, AMSGrad, RAdam, AdaBelief))]
LOADS, FRAMES = 7, 300
BOOK = Path(__file__).parents[1] / "_build/html"

# Drag the start round a circle. "answer": from a change until it is drawn, most of it in the
# worker; "page": what of it the page itself is busy, with style, layout and painting.
DRAG = """async ([name, frames]) => {
    const { model } = document.getElementById(name);
    const [x, y] = model.get("start");
    const times = { answer: [], page: [] };
    const last = (mark) => performance.getEntriesByName(`explorable-${mark}`).at(-1).startTime;
    const task = () => new Promise((done) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = done;
        port2.postMessage(null);
    });
    for (let i = 0; i < frames; i++) {
        model.set("start", [x + 0.3 * Math.cos(i / 20), y + 0.3 * Math.sin(i / 20)]);
        const begun = performance.now();
        model.save_changes();
        const set = performance.now() - begun;
        await model.answered;
        await new Promise((done) => requestAnimationFrame(done));
        await task();
        times.answer.push(last("drawn") - last("change"));
        times.page.push(set + performance.now() - last("computed"));
        performance.clearMarks();
    }
    return times;
}"""
READY = """() => performance.getEntriesByName("explorable-ready").at(-1).startTime
    - performance.getEntriesByType("navigation")[0].loadEventEnd"""


def milliseconds(times):
    median, high = np.percentile(times, [50, 95])
    return f"median {median:6.1f} ms, 95th percentile {high:6.1f} ms"


def ready_after_load(browser, address, page_name, repeat=LOADS):
    times = []
    for _ in range(repeat):
        with own_host_page(browser, address, viewport={"width": 1280, "height": 900}) as (page, _):
            page.goto(address + page_name, wait_until="load")
            page.wait_for_function(
                "[...document.querySelectorAll('.explorable')].every((element) => 'ready' in element.dataset)"
            )
            times.append(page.evaluate(READY))
    return times


def main():
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        serve_into(Path(folder, "_static/explorables"))
        for name in LANDSCAPES:
            html = landscape(LANDSCAPES[name], FIVE)._repr_mimebundle_()[0]["text/html"]
            named = html.replace("<div ", f'<div id="{name}" ', 1)
            Path(folder, f"{name}.html").write_text(f"{HEAD}{named}</main></body></html>")
        with served(Path(folder)) as address:
            print(f"one explorable, five optimizers, 200 steps; load average {os.getloadavg()[0]:.1f}")
            for name in sys.argv[1:] or LANDSCAPES:
                ready = milliseconds(ready_after_load(browser, address, f"{name}.html"))
                print(f"  {name:12} ready after load: {ready}")
                with own_host_page(browser, address, viewport={"width": 1280, "height": 900}) as (page, _):
                    page.goto(f"{address}{name}.html")
                    page.wait_for_selector("[data-ready]")
                    times = page.evaluate(DRAG, [name, FRAMES])
                for part, taken in times.items():
                    print(f"    {part:8} {milliseconds(taken)}")
        pages = [path for path in sorted(BOOK.rglob("*.html")) if "data-explorable=" in path.read_text()]
        with served(BOOK) as address:
            for path in pages:
                page = str(path.relative_to(BOOK))
                sizes = weigh(browser, address, page)
                print(f"{page}: {sum(sizes.values()) / 1000:.0f} kB over the wire")
                for url, size in sorted(sizes.items(), key=lambda item: -item[1])[:12]:
                    print(f"  {size / 1000:7.1f} kB {url}")
                print(f"  ready after load: {milliseconds(ready_after_load(browser, address, page))}")


if __name__ == "__main__":
    main()
