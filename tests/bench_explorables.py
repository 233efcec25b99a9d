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
from tests.browser import ZippingHandler, chromium, own_host_page, served, weigh
from tests.explorable_pages import HEAD

FIVE = [SGD(0.001), *(kind(learning_rate=0.05) for kind in (Adam, AMSGrad, RAdam, AdaBelief))]
LOADS, FRAMES = 7, 300
BOOK = Path(__file__).parents[1] / "_build/html"

# Drag the start round a circle with the mouse, to the next position when the one before has been drawn.
# "answer" is the time from a change until it is drawn, most of it in the worker.
DRAG = """async ([name, frames]) => {
    const { model } = document.getElementById(name);
    const map = document.querySelector(".ex-paths");
    const { x, y, width, height } = map.getBoundingClientRect();
    const mouse = (type, radius, angle) => {
        const [dx, dy] = [radius * Math.cos(angle), radius * Math.sin(angle)];
        const at = { clientX: x + width / 2 + dx, clientY: y + height / 2 + dy };
        const event = new MouseEvent(type, { view: window, bubbles: true, cancelable: true, ...at });
        (type === "mousedown" ? map : window).dispatchEvent(event);
    };
    const answer = [];
    const last = (mark) => performance.getEntriesByName(`explorable-${mark}`).at(-1).startTime;
    mouse("mousedown", 0, 0);
    for (let i = 0; i < frames; i++) {
        mouse("mousemove", width / 4, i / 20);
        await model.answered;
        await new Promise((done) => requestAnimationFrame(done));
        answer.push(last("drawn") - last("change"));
        performance.clearMarks();
    }
    mouse("mouseup", 0, 0);
    return answer;
}"""
READY = """() => performance.getEntriesByName("explorable-ready").at(-1).startTime
    - performance.getEntriesByType("navigation")[0].loadEventEnd"""


READY_SINCE_START = """() => performance.getEntriesByName("explorable-ready").at(-1).startTime"""
SLOW_LINE = {"offline": False, "latency": 40, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 1e5}


def milliseconds(times):
    median, high = np.percentile(times, [50, 95])
    return f"median {median:6.1f} ms, 95th percentile {high:6.1f} ms"


def dragged(page, name, slowed, frames=FRAMES):
    """Milliseconds of a frame: its answers, and what the page's own thread is busy, all included."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})

    def busy():
        metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
        return 1000 * metrics["TaskDuration"]

    before = busy()
    answers = page.evaluate(DRAG, [name, frames])
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    return answers, (busy() - before) / frames


def ready_after_load(browser, address, page_name, repeat=LOADS, slow=False):
    """Milliseconds from a page's load until its figures can be played with; on a slow line from the start."""
    times = []
    for _ in range(repeat):
        with own_host_page(browser, address, viewport={"width": 1280, "height": 900}) as (page, _):
            if slow:
                session = page.context.new_cdp_session(page)
                session.send("Network.enable")
                session.send("Network.emulateNetworkConditions", SLOW_LINE)
                session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.goto(address + page_name, wait_until="load")
            page.wait_for_function(
                "[...document.querySelectorAll('.explorable')].every((element) => 'ready' in element.dataset)"
            )
            times.append(page.evaluate(READY_SINCE_START if slow else READY))
    return times


def main():
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        serve_into(Path(folder, "_static/explorables"))
        for name in LANDSCAPES:
            html = landscape(LANDSCAPES[name], FIVE)._repr_mimebundle_()[0]["text/html"]
            named = html.replace("<div ", f'<div id="{name}" ', 1)
            Path(folder, f"{name}.html").write_text(f"{HEAD}{named}</main></body></html>", "utf-8")
        with served(Path(folder)) as address:
            print(f"one explorable, five optimizers, 200 steps; load average {os.getloadavg()[0]:.1f}")
            for name in sys.argv[1:] or LANDSCAPES:
                ready = milliseconds(ready_after_load(browser, address, f"{name}.html"))
                print(f"  {name:12} ready after load: {ready}")
                with own_host_page(browser, address, viewport={"width": 1280, "height": 900}) as (page, _):
                    page.goto(f"{address}{name}.html")
                    page.wait_for_selector("[data-ready]")
                    for slowed in (1, 6):
                        answers, busy = dragged(page, name, slowed)
                        print(f"    processor slowed {slowed} times: the page is busy {busy:.1f} ms a frame;")
                        print(f"      an answer is drawn after {milliseconds(answers)}")
        pages = [
            path for path in sorted(BOOK.glob("book/*.html")) if "data-explorable=" in path.read_text("utf-8")
        ]
        with served(BOOK, ZippingHandler) as address:
            for path in pages:
                page = str(path.relative_to(BOOK))
                sizes = weigh(browser, address, page)
                print(f"{page}: {sum(sizes.values()) / 1000:.0f} kB over the wire")
                for url, size in sorted(sizes.items(), key=lambda item: -item[1])[:12]:
                    print(f"  {size / 1000:7.1f} kB {url}")
                print(f"  ready after load: {milliseconds(ready_after_load(browser, address, page))}")
                slow = ready_after_load(browser, address, page, repeat=3, slow=True)
                print(f"  at 1.6 Mbit/s and a processor slowed 4 times, all told: {milliseconds(slow)}")


if __name__ == "__main__":
    main()
