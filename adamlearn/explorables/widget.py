"""What both kinds of explorables share: inputs from the page or from Python, and what the kernel answers."""

import base64
import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from adamlearn.explorables.options import Entry
from adamlearn.hyperparameters import checked
from adamlearn.optimizers import Adam

HERE = Path(__file__).parent
SCRIPT, STYLE = HERE / "explorable.js", HERE / "explorable.css"
GRID = 96  # points along each side of the map
MOST_STEPS = 5000
ADAM = Adam(learning_rate=0.1)


class Explorable(anywidget.AnyWidget):
    """What both kinds share.

    Attributes
    ----------
    kind : str
        ``"landscape"`` or ``"trace"``.
    steps : int
        The number of updates.
    hyperparameters : dict
        Label to name to value.
    shown : list of str
        The labels of the optimizers that are switched on.
    """

    kind = traitlets.Unicode().tag(sync=True)
    figure = traitlets.Dict().tag(sync=True)
    steps = traitlets.Int().tag(sync=True)
    hyperparameters = traitlets.Dict().tag(sync=True)
    shown = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _result = traitlets.Dict().tag(sync=True)

    inputs: tuple[str, ...] = ("steps", "hyperparameters", "shown")

    def __init__(self, entries: list[Entry], **traits: Any):
        if not SCRIPT.exists():
            raise FileNotFoundError(
                f"{SCRIPT} is missing: it is built from src/ by `make widgets` in a clone of the repository"
            )
        self._esm = SCRIPT.read_text(encoding="utf-8")
        self._css = STYLE.read_text(encoding="utf-8")
        self._entries = {entry.label: entry for entry in entries}
        self._computed: Any = None
        hyperparameters = {label: entry.hyperparameters for label, entry in self._entries.items()}
        shown = traits.pop("shown")
        shown = list(self._entries) if shown is None else list(shown)
        super().__init__(hyperparameters=hyperparameters, shown=shown, **traits)
        self.observe(lambda change: self._compute(), names=list(self.inputs))
        self._compute()

    @traitlets.validate("steps")
    def _check_steps(self, proposal: Any) -> int:
        if not 1 <= proposal["value"] <= MOST_STEPS:
            raise traitlets.TraitError(f"steps is {proposal['value']}; expected 1 to {MOST_STEPS}")
        return proposal["value"]

    @traitlets.validate("hyperparameters")
    def _check_hyperparameters(self, proposal: Any) -> dict[str, dict[str, float]]:
        values = proposal["value"]
        if values.keys() != self._entries.keys():
            raise traitlets.TraitError(f"hyperparameters has {[*values]}; expected {[*self._entries]}")
        for label, entry in self._entries.items():
            given, expected = [*values[label]], [*entry.hyperparameters]
            if set(given) != set(expected):
                raise traitlets.TraitError(f"hyperparameters[{label!r}] has {given}; expected {expected}")
        try:
            return {
                label: {name: checked(name, values[label][name]) for name in entry.hyperparameters}
                for label, entry in self._entries.items()
            }
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from None

    @traitlets.validate("shown")
    def _check_shown(self, proposal: Any) -> list[str]:
        for label in proposal["value"]:
            if label not in self._entries:
                raise traitlets.TraitError(f"shown has {label!r}; expected labels of {[*self._entries]}")
        return [label for label in self._entries if label in proposal["value"]]

    def _compute(self) -> None:
        """Run what is switched on, once for each state of the inputs."""
        state = repr([getattr(self, name) for name in self.inputs])
        if state != self._computed:
            self._computed = state
            self._run()

    def _run(self) -> None:
        raise NotImplementedError

    def _publish(
        self, columns: Mapping[tuple[str, str], np.ndarray], rows: int, errors: dict[str, str]
    ) -> None:
        """Hand the numbers to the page: a layout, and the columns one after the other as doubles."""
        data = np.concatenate([*columns.values(), np.empty(0)]).astype("<f8").tobytes()
        self._result = {"columns": [list(c) for c in columns], "rows": rows, "errors": errors, "data": data}

    def __repr__(self) -> str:
        return self._words()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The widget; where there is none, a picture and words; for the book's pages all that they need."""
        data, metadata = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        state = {name: getattr(self, name) for name in ("kind", "figure", *self.inputs)}
        question = f"<p>{html.escape(self.figure['question'])}</p>" if self.figure["question"] else ""
        data["text/html"] = (
            f'<div class="explorable" data-explorable="{html.escape(json.dumps(state))}">'
            f"{question}<pre>{html.escape(self._words())}</pre></div>"
        )
        try:
            data["image/png"] = base64.b64encode(self._picture()).decode()
        except Exception:  # a function that cannot be drawn still: the figure itself goes on without
            pass
        return data, metadata

    def _words(self) -> str:
        raise NotImplementedError

    def _picture(self) -> bytes:
        raise NotImplementedError
