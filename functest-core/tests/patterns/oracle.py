# SPDX-License-Identifier: Apache-2.0
"""Says of [pattern, text] pairs (JSON, on standard input) what Python's re says: true, false, or null for no pattern."""

import json
import re
import sys
import warnings

warnings.simplefilter("ignore")


def found(pattern, text):
    try:
        return re.search(pattern, text) is not None
    except (re.error, ValueError, OverflowError, RecursionError):
        return None


json.dump([found(pattern, text) for pattern, text in json.load(sys.stdin)], sys.stdout)
