"""A build that is ended by a key leaves no process behind that waits for another."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

EXTENSIONS = Path(__file__).parents[1] / "book" / "_ext"
PROGRAM = """
import signal
import sys
from pathlib import Path
from run_ahead import run_all

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # even where a shell had it ignored
    for path, result in run_all([(Path(name), 120) for name in sys.argv[1:]]):
        print(path.name, "failed" if result.err else "done", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="a key reaches all processes of a group on POSIX alone")
def test_notebooks_that_run_are_ended_by_a_key(tmp_path):
    def notebook(name, code):
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]), path)
        return path

    names = [notebook("quick", "1"), *(notebook(f"slow{i}", "import time; time.sleep(90)") for i in range(3))]
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, "utf-8")
    paths = os.pathsep.join([str(EXTENSIONS), str(EXTENSIONS.parent)])
    with subprocess.Popen(
        [sys.executable, program, *names],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "quick.ipynb done\n"
        time.sleep(5)  # the next one's kernel is there
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(timeout=30)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode != 0
