"""The explorables in a running JupyterLab: what is done in the page reaches the kernel, and the other way."""

import base64
import io
import json
import math
import os
import subprocess
import sys
import time

import nbformat
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.image import imread
from playwright.sync_api import expect

from adamlearn import Adam, Optimizer, plots
from adamlearn.descent import descend
from adamlearn.explorables.edits import function_of
from tests.browser import chromium, own_host_page

expect.set_options(timeout=30_000)

RULE = """\
def half_speed(p, g, t, learning_rate=0.003):
    return (p - learning_rate * g / 2,)
"""
MOMENTUM = """\
def half_speed(p, g, velocity, t, learning_rate=0.003):
    velocity = 0.9 * velocity + g
    return p - learning_rate * velocity / 2, velocity
"""
# The observer runs in the kernel: what it writes the kernel knows, and what it sets the page must show.
CELL = f"""
import json
import math
import os
from adamlearn import Adam
from adamlearn.explorables import landscape

def valley(x, y):
    wave = x**2 + math.sin(2 * x)
    if y > 0:
        return wave + y**2
    return wave + 3 * y**2

{RULE}
figure = landscape(valley, [Adam(learning_rate=0.1), half_speed], start=(-2.0, 1.5))

def note(change):
    figure.steps = 120
    state = {{name: getattr(figure, name) for name in ("start", "edited", "hyperparameters")}}
    paths = {{label: run.positions.tolist() for label, run in figure.paths.items()}}
    with open("writing.json", "w", encoding="utf-8") as file:
        json.dump({{**state, "paths": paths}}, file)
    os.replace("writing.json", "known.json")

figure.observe(note, "paths")
figure
"""
SECOND = 'figure.hyperparameters["Adam"]["learning_rate"] = 0.5'
OWN = "half_speed, edited"

# The corners of a line on the map, as x and y; the line is known by the colors that it has in the table.
CORNERS = """(label) => {
    const names = [...document.querySelectorAll(".ex-results .ex-name")];
    const style = names.find((name) => name.textContent === label)?.closest(".ex-line").getAttribute("style");
    const line = document.querySelector(`.ex-paths .ex-line[style="${style}"] .ex-stroke`);
    const size = document.querySelector(".ex-paths svg").width.baseVal.value;
    const pairs = line?.getAttribute("d").slice(1).split(/[ML]/).map((pair) => pair.split(",")) ?? [];
    return pairs.map(([x, y]) => [(6 * x) / size - 3, 3 - (6 * y) / size]);
}"""
# How many of the map's bands, each above a height, hold a point.
BANDS = """([x, y]) => {
    const size = document.querySelector(".ex-ground svg").width.baseVal.value;
    const point = new DOMPoint(((x + 3) * size) / 6, ((3 - y) * size) / 6);
    return [...document.querySelectorAll(".ex-band")].filter((band) => band.isPointInFill(point)).length;
}"""
SIZE = {"width": 1400, "height": 1200}
NOTEBOOK = "jupyterapp.shell.currentWidget.content"


def valley(point):
    x, y = point
    return x**2 + math.sin(2 * x) + (1 if y > 0 else 3) * y**2


def central(function, h=1e-6):
    """The gradient by central differences, as for any function that comes without one."""
    steps = h * np.eye(2)
    return lambda point: np.array([(function(point + s) - function(point - s)) / (2 * h) for s in steps])


def rule_of(text):
    return Optimizer(function_of(text, {}))


def path_of(optimizer, start=(-2.0, 1.5), steps=120):
    return descend(optimizer, valley, start, steps, gradient=central(valley)).positions


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A notebook in a JupyterLab: its page, what goes wrong there, and the notebook's folder."""
    folder = tmp_path_factory.mktemp("lab")
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in (CELL, SECOND)]
    notebook = nbformat.v4.new_notebook(cells=cells)
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
        address = address_of(server, folder)
        with chromium() as browser, own_host_page(browser, address, viewport=SIZE) as (page, faults):
            open_notebook(page, address)
            yield page, faults, folder
    finally:
        server.terminate()
        server.wait(30)


def address_of(server, folder):
    """Where the server has said that it listens."""
    for _ in range(600):
        assert server.poll() is None, "JupyterLab did not start"
        if found := list(folder.glob("runtime/jpserver-*.json")):
            return json.loads(found[0].read_text("utf-8"))["url"]
        time.sleep(0.1)
    raise TimeoutError("JupyterLab did not say where it listens")


def open_notebook(page, address):
    page.goto(f"{address}lab/tree/figure.ipynb")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=90_000)
    page.wait_for_function(
        "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'",
        timeout=90_000,
    )


@pytest.fixture
def figure(lab):
    """The first cell, run anew: the page, and the file in which the kernel says what it knows."""
    page, faults, folder = lab
    page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    expect(page.locator(".ex")).to_have_count(0)
    run_cell(page, 0)
    page.locator(".ex-ring").wait_for(timeout=90_000)
    known = folder / "known.json"
    known.unlink(missing_ok=True)
    yield page, known
    assert not [fault for fault in faults if "another host" in fault]


def run_cell(page, number):
    page.evaluate(
        f"""async () => {{
            {NOTEBOOK}.activeCellIndex = {number};
            await jupyterapp.commands.execute("notebook:run-cell");
        }}"""
    )


def wait_until(known, condition, seconds=30):
    """What the kernel has written, once the condition holds of it."""
    for _ in range(10 * seconds):
        if known.exists() and condition(state := json.loads(known.read_text("utf-8"))):
            return state
        time.sleep(0.1)
    raise TimeoutError("the kernel did not learn of the change")


def assert_drawn(page, label, path):
    """The page's line goes along a path, from its start to its end."""
    page.wait_for_function(
        f"""([label, ends]) => {{
            const corners = ({CORNERS})(label);
            const near = ([x, y], [u, v]) => Math.hypot(x - u, y - v) < 0.02;
            return corners.length > 1 && near(corners[0], ends[0]) && near(corners.at(-1), ends[1]);
        }}""",
        arg=[label, [list(path[0]), list(path[-1])]],  # an older path may have the same end
    )
    corners = np.array(page.evaluate(CORNERS, label))
    apart = np.linalg.norm(corners[:, None] - np.array(path)[None], axis=2)
    assert len(corners) > 5 and apart.min(axis=1).max() < 0.003 and apart[0, 0] < 0.003


def test_a_function_of_ones_own_is_drawn(figure):
    page, _ = figure
    paths = {"Adam": path_of(Adam(0.1), steps=200), "half_speed": path_of(rule_of(RULE), steps=200)}
    for label, path in paths.items():
        assert_drawn(page, label, path)
    points = [(-0.5, 0.0), (0.2, 0.5), (0.2, -0.7), (0.2, 1.6), (0.2, -1.6), (0.2, 2.9), (0.2, -2.5)]
    held = [page.evaluate(BANDS, point) for point in points]
    assert sorted(set(held)) == held and [valley(p) for p in points] == sorted(map(valley, points)), held
    data = page.evaluate(f"{NOTEBOOK}.widgets[0].model.outputs.get(0).data")
    picture = imread(io.BytesIO(base64.b64decode(data["image/png"])))
    for label, style in plots.styles(paths).items():
        apart = np.abs(picture[..., :3] - to_rgb(style["color"])).max(axis=2)
        assert np.count_nonzero(apart < 0.01) > 100, f"{label} is not in the picture"
    assert "half_speed: f = " in data["text/html"]


def test_a_drag_changes_the_kernel_and_the_kernel_the_page(figure):
    page, known = figure
    box = page.locator(".ex-ring").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y + 60, steps=5)
    page.mouse.up()
    wait_until(known, lambda state: state["start"][0] > -1.8 and state["start"][1] < 1.4)
    page.locator(".ex").get_by_role("textbox", name="start x").fill("1.25")
    page.keyboard.press("Tab")
    state = wait_until(known, lambda state: state["start"][0] == 1.25 and len(state["paths"]["Adam"]) == 121)
    expect(page.locator(".ex").get_by_role("textbox", name="steps")).to_have_value("120")
    np.testing.assert_allclose(state["paths"]["Adam"], path_of(Adam(0.1), state["start"]), rtol=1e-6)
    assert_drawn(page, "Adam", state["paths"]["Adam"])
    assert page.locator(".ex tbody tr").count() == 2


def open_editor(page):
    """The editor of the own rule, with the keyboard in it."""
    page.get_by_role("button", name="Edit the rule").click()
    page.get_by_label("edit", exact=True).select_option("half_speed")
    editor = page.get_by_role("textbox", name="Text of the rule half_speed")
    expect(editor).to_be_focused()
    return editor


def wait_for_edit(known, text):
    """The path of the edited rule in the kernel, once that has the text."""
    return wait_until(known, lambda s: s["edited"] == {"half_speed": text} and OWN in s["paths"])["paths"][
        OWN
    ]


def test_a_rule_is_edited_in_the_editor_that_the_kernel_hands_over(figure):
    page, known = figure
    editor = open_editor(page)
    for key in ["Control+Home", "ArrowDown", *["ArrowRight"] * len("    return (p -"), "Backspace", "+"]:
        page.keyboard.press(key)
    turned = RULE.replace("p -", "p +")
    path = wait_for_edit(known, turned)
    np.testing.assert_allclose(path, path_of(rule_of(turned)), rtol=1e-6)
    lines = page.locator(".ex-paths .ex-line")
    expect(lines).to_have_count(3)
    styles = [line.get_attribute("style") for line in lines.all()]
    assert len(set(styles)) == 3, "two lines look the same"
    assert_drawn(page, OWN, path)
    editor.fill(MOMENTUM)
    path = wait_for_edit(known, MOMENTUM)
    np.testing.assert_allclose(path, path_of(rule_of(MOMENTUM)), rtol=1e-6)
    assert_drawn(page, OWN, path)


WRONG = {
    "1/0": (MOMENTUM.replace("+ g", "+ g * (1 / 0)"), "line 2: ZeroDivisionError"),
    "syntax": (MOMENTUM.replace("return p -", "return p -)"), "line 3: "),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_text_shows_its_line_and_the_last_good_path_stays_until_it_is_undone(figure, text, words):
    page, known = figure
    editor = open_editor(page)
    editor.fill(MOMENTUM)
    good = wait_for_edit(known, MOMENTUM)
    editor.fill(text)
    expect(page.locator(".ex-edit").get_by_role("alert")).to_contain_text(words)
    wrong = page.locator(".ex-edit .ex-wrong-line")
    expect(wrong).to_have_text(text.splitlines()[int(words[5]) - 1])
    assert wait_for_edit(known, text) == good
    assert_drawn(page, OWN, good)
    page.get_by_role("button", name="Back to the book's rule").click()
    state = wait_until(known, lambda state: state["edited"] == {})
    assert state["paths"].keys() == state["hyperparameters"].keys() == {"Adam", "half_speed"}
    expect(page.locator(".ex-paths .ex-line")).to_have_count(2)
    expect(page.locator(".ex-edit").get_by_role("alert")).to_have_count(0)
    assert editor.inner_text().rstrip("\n") == RULE.rstrip("\n")


def test_a_learning_rate_set_in_the_table_reaches_the_kernel(figure):
    page, known = figure
    page.get_by_role("textbox", name="learning rate of Adam").fill("0.25")
    page.keyboard.press("Enter")
    state = wait_until(known, lambda state: state["hyperparameters"]["Adam"]["learning_rate"] == 0.25)
    assert state["hyperparameters"]["half_speed"] == {"learning_rate": 0.003}
    np.testing.assert_allclose(state["paths"]["Adam"], path_of(Adam(0.25)), rtol=1e-6)
    assert_drawn(page, "Adam", state["paths"]["Adam"])


def test_a_value_set_in_another_cell_moves_the_page(figure):
    page, known = figure
    run_cell(page, 1)
    expect(page.get_by_role("textbox", name="learning rate of Adam")).to_have_value("0.5")
    assert_drawn(page, "Adam", path_of(Adam(0.5)))
    state = wait_until(known, lambda state: len(state["paths"]["Adam"]) == 121)
    np.testing.assert_allclose(state["paths"]["Adam"], path_of(Adam(0.5)), rtol=1e-6)
