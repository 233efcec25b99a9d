"""The explorables in a running JupyterLab: a drag changes the kernel's traits, and they change the page."""

import json
import os
import subprocess
import sys
import time

import nbformat
import numpy as np
import pytest

from adamlearn import Adam
from adamlearn.descent import descend
from tests.browser import chromium, own_host_page

# The observer runs in the kernel: what it writes the kernel knows, and what it sets the page must show.
CELL = """
import json
import os
from adamlearn import Adam
from adamlearn.explorables import landscape

def valley(x, y):
    return x**2 + 10 * abs(y)

def half_speed(p, g, t, learning_rate=0.05):
    return (p - learning_rate * g / 2,)

figure = landscape(valley, [Adam(learning_rate=0.1), half_speed], start=(-2.0, 1.5))

def note(change):
    figure.steps = 120
    with open("writing.json", "w") as file:
        json.dump({"start": figure.start, "values": list(figure.paths["Adam"].values)}, file)
    os.replace("writing.json", "known.json")

figure.observe(note, "paths")
figure
"""


def valley(point):
    return point[0] ** 2 + 10 * abs(point[1])


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab with one notebook: its address and its folder."""
    folder = tmp_path_factory.mktemp("lab")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL.strip())])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "figure.ipynb")
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    settings = ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True", "--ServerApp.port=0"]
    quiet = ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url="]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *settings, *quiet]
    server = subprocess.Popen(
        command, cwd=folder, env=os.environ | own | {"HOME": str(folder)}, stderr=subprocess.DEVNULL
    )
    try:
        yield address_of(server, folder), folder
    finally:
        server.terminate()
        server.wait(30)


def address_of(server, folder):
    """Where the server has said that it listens."""
    for _ in range(600):
        assert server.poll() is None, "JupyterLab did not start"
        if found := list(folder.glob("runtime/jpserver-*.json")):
            return json.loads(found[0].read_text())["url"]
        time.sleep(0.1)
    raise TimeoutError("JupyterLab did not say where it listens")


def wait_until(known, condition, seconds=30):
    """What the kernel has written, once the condition holds of it."""
    for _ in range(10 * seconds):
        if known.exists() and condition(state := json.loads(known.read_text())):
            return state
        time.sleep(0.1)
    raise TimeoutError("the kernel did not learn of the change")


def test_drag_changes_the_kernel_and_the_kernel_the_page(lab):
    address, folder = lab
    known = folder / "known.json"
    with (
        chromium() as browser,
        own_host_page(browser, address, viewport={"width": 1400, "height": 1200}) as it,
    ):
        page, faults = it
        page.goto(f"{address}lab/tree/figure.ipynb")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=90_000)
        page.wait_for_function(
            "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'",
            timeout=90_000,
        )
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        ring = page.locator(".ex-ring")
        ring.wait_for(timeout=90_000)
        box = ring.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 80, y + 60, steps=5)
        page.mouse.up()
        wait_until(known, lambda state: state["start"][0] > -1.8 and state["start"][1] < 1.4)
        page.locator(".ex").get_by_role("textbox", name="start x").fill("1.25")
        page.keyboard.press("Tab")
        state = wait_until(known, lambda state: state["start"][0] == 1.25 and len(state["values"]) == 121)
        assert page.locator(".ex").get_by_role("textbox", name="steps").input_value() == "120"
        own = central(valley)
        path = descend(Adam(learning_rate=0.1), valley, state["start"], 120, gradient=own)
        np.testing.assert_allclose(state["values"], path.values, rtol=1e-6)
        assert page.locator(".ex tbody tr").count() == 2
        assert not [fault for fault in faults if "another host" in fault]


def central(function, h=1e-6):
    """The gradient by central differences, as for any function that comes without one."""
    steps = h * np.eye(2)
    return lambda point: np.array([(function(point + s) - function(point - s)) / (2 * h) for s in steps])
