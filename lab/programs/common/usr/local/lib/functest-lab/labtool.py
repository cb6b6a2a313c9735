# SPDX-License-Identifier: Apache-2.0
"""What the lab's programs have in common: the files they answer from, tables as clients of OpenStack print them, Go's
templates as far as container engines are asked for them, and logs as OpenStack's services write them."""

import json
import os
import re
import signal
import sys
from pathlib import Path

if __name__ == "labtool" and sys.argv[0].startswith("/usr/local/"):
    # A pipe that nobody reads any more ends a program, as it does others.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)

# What a host is, written when the lab starts; and what its programs did to it.
FACTS = Path("/etc/functest-lab")
STATE = Path("/var/lib/functest-lab")


def facts(name, default=None):
    path = FACTS / name
    if not path.exists():
        return default
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if name.endswith(".json") else text.strip()


def has_variant(name):
    return name in (facts("variant", "") or "").split()


def fail(message, code=1):
    print(message, file=sys.stderr)
    sys.exit(code)


def is_root():
    return os.geteuid() == 0


def table(columns, rows, left=True):
    """As prettytable prints it."""

    def cell(value):
        return "None" if value is None else str(value)

    widths = [max([len(str(head))] + [len(cell(row[index])) for row in rows]) for index, head in enumerate(columns)]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    place = (lambda text, width: f" {text:<{width}} ") if left else (lambda text, width: f" {text:^{width}} ")
    line = lambda values: "|" + "|".join(place(cell(value), width) for value, width in zip(values, widths)) + "|"
    return "\n".join([rule, line(columns), rule, *(map(line, rows)), rule]) if rows else ""


class NoField(Exception):
    pass


def go_template(template, data):
    """{{.A.B}}, {{json .A}} and text; NoField with the name of what is not there."""

    def value(path):
        found = data
        for name in filter(None, path.split(".")):
            if not isinstance(found, dict) or name not in found:
                raise NoField(path, name)
            found = found[name]
        return found

    def replace(match):
        words = match.group(1).strip().split()
        if len(words) == 2 and words[0] == "json" and words[1].startswith("."):
            return json.dumps(value(words[1]), separators=(",", ":"), ensure_ascii=False)
        if len(words) == 1 and words[0].startswith("."):
            found = value(words[0])
            if isinstance(found, bool):
                return "true" if found else "false"
            if isinstance(found, (dict, list)):
                return (
                    "map[" + " ".join(f"{k}:{v}" for k, v in found.items()) + "]"
                    if isinstance(found, dict)
                    else "[" + " ".join(map(str, found)) + "]"
                )
            return str(found)
        raise NoField(match.group(1).strip(), match.group(1).strip())

    return re.sub(r"\{\{(.*?)\}\}", replace, template.replace("\\t", "\t").replace("\\n", "\n"))


MESSAGES = [
    ("INFO", "{module}.service", "Starting {program} node (version {version})"),
    ("INFO", "oslo_service.service", "Starting 2 workers"),
    ("DEBUG", "oslo_concurrency.lockutils", 'Lock "compute_resources" acquired by "{module}" :: waited 0.000s'),
    (
        "INFO",
        "{module}.wsgi.server",
        '10.213.16.9 "GET /v2.1/servers/detail HTTP/1.1" status: 200 len: 1893 time: 0.1620619',
    ),
    ("WARNING", "{module}.conf", 'Deprecated: Option "auth_uri" from group "keystone_authtoken" is deprecated.'),
    ("INFO", "{module}.scheduler", "Host filter ignored an aggregate called \u201eRechenzentrum S\u00fcd\u201c"),
    (
        "ERROR",
        "oslo.messaging._drivers.impl_rabbit",
        "[-] AMQP server on 127.0.0.1:5672 is unreachable: timed out. Trying "
        "again in 1 seconds.: socket.timeout: timed out",
    ),
    ("INFO", "oslo.messaging._drivers.impl_rabbit", "[-] Reconnected to AMQP server on 127.0.0.1:5672"),
]


def oslo_log(program, count=40, version="22.1.0"):
    """Lines in the form of oslo.log, always the same ones for a program."""
    module = program.replace("-", ".", 1).replace("-", "_")
    pid = 2000 + sum(map(ord, program)) % 5000
    for number in range(count):
        level, name, text = MESSAGES[number % len(MESSAGES)]
        second = number * 7
        request = f"[req-{pid:08x}-0f1e-4d2c-8b3a-{number:012x} - - - - -] " if not text.startswith("[") else ""
        yield (
            f"2026-11-2{number % 7} 06:{second // 60 % 60:02}:{second % 60:02}.{number * 37 % 1000:03} {pid} {level} "
            f"{name.format(module=module)} {request}{text.format(program=program, module=module, version=version)}"
        )
