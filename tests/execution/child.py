"""Runs the Python files of cases and tells what their sinks got: one line of JSON in per case, one line out.

`tests.executing` starts it in a process of its own. Each case runs in a fork of it, in a folder of its own, without
network, child processes or files elsewhere. Declared fields hold markers, the sinks are stand-ins that look for them.

A case runs twice. *Strictly*: modules are imported and functions called with values of the types they name; whatever
a sink gets then, Python lets it get. *Generously*, only asked for flows that did not show: every read of a declared
field gives a marker, parameters without a type are tried with objects of the case's classes, and a change of the
marker that changes what the sink gets counts as well (a hash, an encoding).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import privlint
from tests.execution import django_world, flask_world
from tests.execution.markers import Markers
from tests.execution.project import read_project
from tests.execution.run import SECONDS, Run, TooLong
from tests.execution.sinks import Notes, fence, stand_in

NEEDED = privlint  # is imported before a case puts a folder of its own first


def run_once(case: dict[str, Any], generous: bool, turned: str = "") -> dict[str, Any]:
    """Runs a case in this process, which is spent afterwards."""
    with tempfile.TemporaryDirectory() as made:
        folder = os.path.realpath(made)
        for path, text in case["files"].items():
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        os.chdir(folder)
        sys.path[:0] = [folder, str(Path(folder, "src"))]
        sys.path += case["packages"]
        sys.dont_write_bytecode = True
        try:
            project = read_project(folder, case["files"], case["data"])
        except SyntaxError as error:
            return {"problems": [f"SyntaxError: {error}"], "found": [], "texts": []}
        markers = Markers(turned=turned)
        for category in case["categories"]:
            markers.text(category)
        notes = Notes(folder, markers)
        fence(folder)
        stand_in(notes)
        run = Run(project, markers, generous=generous)
        if django_world.asks_for(case["files"]) and case["packages"]:
            run.guarded("django", lambda: run.begin(django_world.begin, case["files"]))
        if flask_world.asks_for(case["files"]) and case["packages"]:
            run.guarded("flask", lambda: flask_world.begin(markers))
        run.all()
        return {
            "problems": run.problems,
            "found": [[*place, sorted(found)] for place, found in sorted(notes.found.items())],
            "texts": [[*place, texts] for place, texts in sorted(notes.texts.items())],
        }


def in_a_fork(case: dict[str, Any], generous: bool, turned: str = "") -> dict[str, Any]:
    """What a run in a process of its own gives; a problem if it dies."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        _work(case, generous, turned, write)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    died: dict[str, Any] = {"problems": ["the process died"], "found": [], "texts": []}
    return json.loads(text) if text else died


def _work(case: dict[str, Any], generous: bool, turned: str, write: int) -> NoReturn:
    signal.signal(signal.SIGALRM, _too_long)
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_VIRTUAL, 20 * SECONDS)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    try:
        done = run_once(case, generous, turned)
    except BaseException as error:  # nothing of the fork may run on in the parent's code
        done = {"problems": [f"the harness failed: {error!r}"], "found": [], "texts": []}
    with os.fdopen(write, "w") as pipe:
        pipe.write(json.dumps(done))
    os._exit(0)


def _too_long(*_: object) -> NoReturn:
    raise TooLong


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """The strict run, and if it does not show all that is expected, the generous ones."""
    strict = in_a_fork(case, generous=False)
    reached = {(path, line): set(found) for _, path, line, found in strict["found"]}
    wanted = [(path, line, category) for path, line, category in case["wanted"]]
    loose: list[list[Any]] = []
    if any(category not in reached.get((path, line), ()) for path, line, category in wanted):
        generous = in_a_fork(case, generous=True)
        loose += generous["found"]
        for category in case["categories"]:
            loose += _changed(generous, in_a_fork(case, True, category), category)
    return {"problems": strict["problems"], "strict": strict["found"], "loose": loose}


def _changed(one: dict[str, Any], two: dict[str, Any], category: str) -> Iterator[list[Any]]:
    before = {tuple(place): texts for *place, texts in one["texts"]}
    for *place, texts in two["texts"]:
        if tuple(place) in before and before[tuple(place)] != texts:
            yield [*place, [category]]


def main() -> None:
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        answered = json.dumps(answer(json.loads(line)))
        sys.stdout.write(f"{answered}\n")
        sys.stdout.flush()
