"""Run a function for many settings, here or elsewhere; what fails does not take the rest along."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, as_completed
from typing import Any

from tqdm.auto import tqdm


class SweepError(RuntimeError):
    """Some settings of a :func:`sweep` failed; all others have run.

    Parameters
    ----------
    failures : list of (dict, Exception)
        The settings that failed, and what each raised. The first of these is the error's cause.
    results : list
        One for each setting, in their order: what ``run`` returned, or the exception.

    Examples
    --------
    >>> from adamlearn.descent import SweepError, sweep
    >>> try:
    ...     sweep(lambda x: 1 / x, [{"x": 2}, {"x": 0}])
    ... except SweepError as error:
    ...     print(error)
    ...     print(error.results)
    1 of 2 settings failed; the others' results are in .results
    {'x': 0}: ZeroDivisionError: division by zero
    [0.5, ZeroDivisionError('division by zero')]
    """

    def __init__(self, failures: list[tuple[Mapping[str, Any], Exception]], results: list[Any]):
        super().__init__(failures, results)  # what a pickle calls the class with
        self.failures, self.results = failures, results

    def __str__(self) -> str:
        counts = f"{len(self.failures)} of {len(self.results)} settings failed"
        lines = [f"{setting}: {type(error).__name__}: {error}" for setting, error in self.failures]
        return "\n".join([f"{counts}; the others' results are in .results", *lines])


def sweep(
    run: Callable[..., Any],
    settings: Iterable[Mapping[str, Any]],
    *,
    executor: Executor | None = None,
    progress: bool = False,
) -> list[Any]:
    """Call ``run(**setting)`` for every setting and return the results in the settings' order.

    Parameters
    ----------
    run : callable
        An executor of processes needs one that pickles: a function of a module.
    settings : iterable of dict
        The arguments of each call, such as ``sklearn.model_selection.ParameterGrid`` makes them.
    executor : concurrent.futures.Executor, optional
        Where the calls run: threads, processes, or a cluster (Dask's ``Client.get_executor()``).
        Without one they run here, one after the other.
    progress : bool, default False
        Show a progress bar.

    Raises
    ------
    SweepError
        If settings failed, after all have run; the results of the others are in it. An interrupt
        ends the sweep at once.
    TypeError
        If ``executor`` is none.

    Examples
    --------
    >>> from adamlearn import Adam
    >>> from adamlearn.descent import descend, sweep
    >>> from adamlearn.landscapes import bowl
    >>> def end(learning_rate):
    ...     return descend(Adam(learning_rate), bowl(), (1, 1), steps=100).values[-1].item()
    >>> [round(value, 3) for value in sweep(end, [{"learning_rate": 0.001}, {"learning_rate": 0.01}])]
    [4.472, 0.277]
    """
    if executor is not None and not isinstance(executor, Executor):
        raise TypeError(
            f"executor is {executor!r}; expected a concurrent.futures.Executor, such as ThreadPoolExecutor(2)"
        )
    settings = list(settings)
    if executor is None:
        outcomes = [_attempt(_call, run, setting) for setting in tqdm(settings, disable=not progress)]
    else:
        futures = [executor.submit(_call, run, setting) for setting in settings]
        try:
            for future in tqdm(as_completed(futures), total=len(futures), disable=not progress):
                _attempt(future.result)  # an interrupt in a call goes through
        except BaseException:
            for future in futures:
                future.cancel()
            raise
        outcomes = [_attempt(future.result) for future in futures]
    results = [result for result, _ in outcomes]
    failures = [
        (setting, error) for setting, (_, error) in zip(settings, outcomes, strict=True) if error is not None
    ]
    if failures:
        raise SweepError(failures, results) from failures[0][1]
    return results


def _call(run: Callable[..., Any], setting: Mapping[str, Any]) -> Any:
    """One call. ``executor.submit(run, **setting)`` would take some names for its own."""
    return run(**setting)


def _attempt(function: Callable[..., Any], *args: Any) -> tuple[Any, Exception | None]:
    """The result and None; of a call that failed, the exception twice."""
    try:
        return function(*args), None
    except Exception as error:
        return error, error
