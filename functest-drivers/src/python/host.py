# SPDX-License-Identifier: Apache-2.0
"""Runs one test case, a class with the methods of Xtesting's TestCase, and says what became of it.

The case is in the variable FUNCTEST_CASE, in JSON. What became of it is one line of JSON on descriptor 3, which nothing that
the case prints or starts can reach.
"""

import importlib
import importlib.metadata
import json
import logging
import os
import sys
import traceback

CHANNEL = 3
GROUP = "xtesting.testcase"


def say(**words):
    """The last word: the process ends here, whatever threads the case has left."""
    try:
        line = json.dumps(words, default=str, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        # Whatever else cannot be written, the verdict can.
        words["details"] = "the details or the result cannot be written as JSON: %s" % error
        words["result"] = str(type(words.get("result")))
        line = json.dumps(words, default=str)
    data = (line + "\n").encode("utf-8", "backslashreplace")
    while data:
        data = data[os.write(CHANNEL, data):]
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # The case has closed it.
    os._exit(0)


def errored(what):
    """Says that the case could not be run, because of the exception that is being handled."""
    traceback.print_exc()
    kind, error, _ = sys.exc_info()
    say(said="errored", reason="%s: %s: %s" % (what, kind.__name__, error))


def announced(name):
    points = importlib.metadata.entry_points()
    found = points.select(group=GROUP) if hasattr(points, "select") else points.get(GROUP, [])
    for point in found:
        if point.name == name:
            return point.load()
    raise ImportError("no package announces the test case %r" % name)


def find(run):
    if "name" in run:
        return announced(run["name"])
    return getattr(importlib.import_module(run["module"]), run["class"])


def make(kind, entry, folder):
    """An object of the class, which keeps its files in a folder of the run where Xtesting has one of the machine."""
    above, last = os.path.split(folder)
    kind.dir_results = above if last == entry["case_name"] else folder
    case = kind(**entry)
    case.res_dir = folder
    return case


def is_exit_status(code):
    return isinstance(code, int) and not isinstance(code, bool) and abs(code) < 2**63


def percentage(result):
    is_number = isinstance(result, (int, float)) and not isinstance(result, bool)
    return result if is_number and 0 <= result <= 100 else None


def main():
    os.set_inheritable(CHANNEL, False)
    order = json.loads(os.environ.pop("FUNCTEST_CASE"))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(name)s: %(message)s")
    try:
        case = make(find(order["run"]), order["case"], order["folder"])
    except BaseException:  # Also what ends an interpreter: the case is not run.
        errored("the class cannot be had")
    try:
        case.check_requirements()
        if getattr(case, "is_skipped", False):
            say(said="skipped")
    except BaseException:
        errored("check_requirements failed")
    try:
        code = case.run(**order["args"])
    except BaseException:
        errored("run ended with an exception, which it should not")
    try:
        successful = case.is_successful() == os.EX_OK
    except BaseException:
        errored("is_successful failed")
    try:
        if order["clean"] and hasattr(case, "clean"):
            case.clean()
    except BaseException:
        errored("clean failed")
    say(
        said="ended",
        successful=successful,
        return_code=code if is_exit_status(code) else None,
        success_rate=percentage(getattr(case, "result", None)),
        result=getattr(case, "result", None),
        details=getattr(case, "details", None),
    )


main()
