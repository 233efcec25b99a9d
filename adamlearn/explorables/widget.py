"""What all kinds of explorables share: inputs from the page or from Python, and what the kernel answers."""

import base64
import html
import json
from collections.abc import Mapping
from itertools import count, islice
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from adamlearn import plots
from adamlearn.explorables.answer import answer
from adamlearn.explorables.edits import edited_entry, values_for, why
from adamlearn.explorables.goals import Goal, described_presets
from adamlearn.explorables.names import described_names
from adamlearn.explorables.options import EDITED, Entry, drawn
from adamlearn.hyperparameters import checked
from adamlearn.optimizers import Adam

HERE = Path(__file__).parent
SCRIPT, EDITOR, STYLE = HERE / "built/explorable.js", HERE / "built/editor.js", HERE / "built/explorable.css"
MOST_STEPS = 5000
INPUT = {"sync": True, "input": True}  # of a trait that the reader sets, and that the answer depends on
ADAM = Adam(learning_rate=0.1)


class Values(dict[str, Any]):
    """Hyperparameters by label and name: setting one of them sets the widget's."""

    def __init__(self, values: Mapping[str, Any], changed: Any):
        super().__init__(values)
        self._changed = changed

    def __setitem__(self, name: str, value: Any) -> None:
        self._changed({**self, name: value})

    def _refused(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(
            "set one value, w.hyperparameters[label][name] = x, or all: w.hyperparameters = {...}"
        )

    __delitem__ = __ior__ = update = pop = popitem = clear = setdefault = _refused  # type: ignore[assignment]

    def __reduce__(self) -> Any:
        return dict, (dict(self),)


class Explorable(anywidget.AnyWidget):
    """What all kinds share.

    Attributes
    ----------
    steps : int
        The number of updates.
    hyperparameters : dict
        Label to name to value; ``w.hyperparameters["Adam"]["beta1"] = 0.5`` sets one.
    shown : list of str
        The labels of the optimizers that are switched on.
    edited : dict
        What the reader has made of a rule's text: label to text. The rule that it says is drawn beside
        the original, under the label ``"Adam, edited"``.
    """

    figure = traitlets.Dict().tag(sync=True)
    edited = traitlets.Dict().tag(**INPUT)
    steps = traitlets.Int().tag(**INPUT)
    hyperparameters = traitlets.Dict().tag(**INPUT)
    shown = traitlets.List(traitlets.Unicode()).tag(**INPUT)
    _problems = traitlets.Dict().tag(sync=True)
    _result = traitlets.Dict().tag(sync=True)

    kind: Any  # the module of its answers
    traced = False  # whether its rules also return the values that they have names for

    def __init__(self, entries: list[Entry], figure: dict[str, Any], **traits: Any):
        if not SCRIPT.exists():
            raise FileNotFoundError(
                f"{SCRIPT} is missing: `pip install` of the package builds it, and `make widgets` in a clone"
            )
        self._esm = SCRIPT.read_text(encoding="utf-8")
        self._css = STYLE.read_text(encoding="utf-8")
        self.inputs = self.trait_names(input=True)
        self._entries = {entry.label: entry for entry in entries}
        self._known: dict[str, Any] = {}  # of the answers before; see answer.py
        self._computed: Any = None
        hyperparameters = {label: entry.hyperparameters for label, entry in self._entries.items()}
        shown = traits.pop("shown")
        shown = list(self._entries) if shown is None else list(shown)
        goal: Goal | None = traits.pop("goal")
        taken = [entry.style for entry in entries]
        free = (style for style in map(plots.own_style, count()) if style not in taken)
        self._own = list(islice(free, 4))  # of edited rules
        figure = {
            "kind": self.kind.__name__.split(".")[-2],  # its folder, whose files the page loads
            **figure,
            "inputs": self.inputs,
            "names": described_names(),
            "question": traits.pop("question"),
            "goal": goal.described() if goal else None,
            "presets": described_presets(traits.pop("presets"), self.inputs),
            "optimizers": [entry.described(self.traced) for entry in entries],
            "most_steps": MOST_STEPS,
            "own": list(map(drawn, self._own)),
        }
        super().__init__(figure=figure, hyperparameters=hyperparameters, shown=shown, **traits)
        self.on_msg(self._told)
        self.observe(lambda change: self._compute(), names=self.inputs)
        self._compute()

    def _told(self, widget: Any, content: Any, buffers: Any) -> None:
        """The page asks for the editor when the reader does."""
        if content == "editor":
            self.send({"editor": EDITOR.read_text(encoding="utf-8")})

    @traitlets.validate("steps")
    def _check_steps(self, proposal: Any) -> int:
        if not 1 <= proposal["value"] <= MOST_STEPS:
            raise traitlets.TraitError(f"steps is {proposal['value']}; expected 1 to {MOST_STEPS}")
        return proposal["value"]

    @traitlets.validate("hyperparameters")
    def _check_hyperparameters(self, proposal: Any) -> Values:
        values = proposal["value"]
        if values.keys() != self._entries.keys():
            raise traitlets.TraitError(f"hyperparameters has {[*values]}; expected {[*self._entries]}")
        for label, entry in self._entries.items():
            given, expected = [*values[label]], [*entry.hyperparameters]
            if set(given) != set(expected):
                raise traitlets.TraitError(f"hyperparameters[{label!r}] has {given}; expected {expected}")
        try:
            numbers = {
                label: {name: checked(name, values[label][name]) for name in entry.hyperparameters}
                for label, entry in self._entries.items()
            }
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from None
        return self._values(numbers)

    def _values(self, numbers: Mapping[str, Mapping[str, float]]) -> Values:
        def set_all(new: Any) -> None:
            self.hyperparameters = new

        def set_one(label: str) -> Any:
            return lambda new: set_all({**self.hyperparameters, label: new})

        return Values({label: Values(of, set_one(label)) for label, of in numbers.items()}, set_all)

    @traitlets.validate("shown")
    def _check_shown(self, proposal: Any) -> list[str]:
        for label in proposal["value"]:
            if label not in self._entries:
                raise traitlets.TraitError(f"shown has {label!r}; expected labels of {[*self._entries]}")
        return [label for label in self._entries if label in proposal["value"]]

    @traitlets.validate("edited")
    def _check_edited(self, proposal: Any) -> dict[str, str]:
        known = self._editable()
        for name, text in proposal["value"].items():
            if name not in known:
                raise traitlets.TraitError(f"edited has {name!r}; expected some of {known}")
            if not isinstance(text, str):
                raise traitlets.TraitError(f"edited[{name!r}] is {type(text).__name__}; expected text")
        return dict(proposal["value"])

    def _editable(self) -> list[str]:
        return [label for label, entry in self._entries.items() if entry.of is None]

    @traitlets.observe("edited")
    def _edit(self, change: Any) -> None:
        """Have the rules that the texts say beside the originals; of a wrong text what it was before."""
        problems: dict[str, str] = {}
        originals = {label: entry for label, entry in self._entries.items() if entry.of is None}
        entries, values, shown = dict(originals), dict(self.hyperparameters), list(self.shown)
        for i, label in enumerate(label for label in originals if label in self.edited):
            before = made = self._entries.get(label + EDITED)
            try:
                made = edited_entry(originals[label], self.edited[label], self._own[i % len(self._own)])
            except Exception as error:  # whatever the text is: it is said, and the last good one stays
                problems[label] = why(error)
            if made is not None:
                entries[made.label] = made
                set_before = values.get(made.label, values[label])
                values[made.label] = values_for(made, before or originals[label], set_before)
                shown += [made.label] * (before is None)
        values = {label: values[label] for label in entries}
        optimizers = [entry.described(self.traced) for entry in entries.values()]
        self._entries = entries
        self._computed = ""  # not before all is as the texts say
        changed = self._edited_figure(problems)
        with self.hold_sync():
            self._problems = problems
            self.hyperparameters = values
            self.shown = [label for label in shown if label in entries]
            self.figure = {**self.figure, "optimizers": optimizers, **changed}
            self._computed = None

    def _edited_figure(self, problems: dict[str, str]) -> dict[str, Any]:
        """What else of the figure follows the texts; what is wrong with one goes among the problems."""
        return {}

    def _live(self) -> dict[str, Any]:
        """The figure with the functions themselves, as the answers need it."""
        entries = self._entries.values()
        optimizers = [
            {**described, "rule": entry.function(self.traced)}
            for described, entry in zip(self.figure["optimizers"], entries, strict=False)
        ]
        return {**self.figure, "optimizers": optimizers}

    def _inputs(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.inputs}

    def _compute(self) -> None:
        """Run what is switched on, once for each state of the inputs."""
        if self._computed in ("", repr(self._inputs())):
            return
        self._computed = repr(self._inputs())
        self._run()

    def _run(self) -> None:
        with np.errstate(all="ignore"):
            blocks, errors = answer(self.kind.runs(self._live(), self._inputs()), self._known, why)
        columns = [[label, column] for label, names, _, _ in blocks for column in names]
        data = b"".join(np.asarray(numbers, "<f8").tobytes() for *_, numbers in blocks)
        rows = blocks[0][2] if blocks else self.steps
        self._result = {"columns": columns, "rows": rows, "errors": errors, "data": data}
        # Last, since who observes what is kept may set an input, and what follows from that must stay.
        self._keep({label: _columns(names, numbers) for label, names, _, numbers in blocks})

    def _keep(self, found: dict[str, dict[str, np.ndarray]]) -> None:
        """Let Python have the numbers: label to column to array."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self._words()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The widget; where there is none, a picture and words; for the book's pages all that they need."""
        data, metadata = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        data["text/plain"] = repr(self)  # whole: some versions of anywidget cut it off
        state = {name: getattr(self, name) for name in ("figure", *self.inputs)}
        question = f"<p>{html.escape(self.figure['question'])}</p>" if self.figure["question"] else ""
        data["text/html"] = (
            f'<div class="explorable" data-explorable="{html.escape(json.dumps(state, allow_nan=False))}">'
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


def _columns(names: list[str], numbers: Any) -> dict[str, np.ndarray]:
    return dict(zip(names, np.array(numbers).reshape(len(names), -1), strict=True))
