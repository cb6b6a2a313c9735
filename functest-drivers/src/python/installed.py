# SPDX-License-Identifier: Apache-2.0
"""Says in JSON what this interpreter has: the test cases that packages announce, and the modules at the top."""

import importlib.metadata
import json
import pkgutil
import sys

GROUP = "xtesting.testcase"


def announced():
    points = importlib.metadata.entry_points()
    # Before Python 3.10 it is a dictionary.
    found = points.select(group=GROUP) if hasattr(points, "select") else points.get(GROUP, [])
    return sorted({point.name for point in found})


modules = {module.name for module in pkgutil.iter_modules()} | set(sys.builtin_module_names)
json.dump({"names": announced(), "modules": sorted(modules)}, sys.stdout)
