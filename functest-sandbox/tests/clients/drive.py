# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of openstackclient that come on standard input, all in this process.

A process of its own for each of them would spend a second on loading itself. A line is one of

    COMMAND                  that has to succeed
    COMMAND => TEXT          the same, and print TEXT
    ! COMMAND                that has to fail
    NAME = COMMAND           keeps what is printed: later lines may say $NAME
    same COMMAND             has to print now what it prints again when all is over

The first line that does not do so ends all, with its output.
"""

import contextlib
import io
import logging
import re
import shlex
import string
import sys

from openstackclient.common.clientmanager import ClientManager
from openstackclient.shell import OpenStackShell
from osc_lib.clientmanager import ClientCache

ASSIGNMENT = re.compile(r"(\w+) = (.*)")


def forget():
    """Forgets the clients of the command before, which the class keeps for all who come."""
    for owner in ClientManager.__mro__:
        for name, value in vars(owner).items():
            # That of volumes can only be made once, and there are none.
            if isinstance(value, ClientCache) and name != "volume":
                value._handle = None


def run(command):
    """The exit status of one command, and what it printed."""
    forget()
    printed, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complained):
        try:
            status = OpenStackShell().run(shlex.split(command))
        except SystemExit as leaving:
            status = leaving.code or 0
    for handler in list(logging.getLogger().handlers):
        logging.getLogger().removeHandler(handler)
    return status, printed.getvalue(), complained.getvalue()


class Tour:
    def __init__(self):
        self.names = {}
        self.before = {}
        self.count = 0

    def step(self, line):
        line = string.Template(line).substitute(self.names)
        assignment = ASSIGNMENT.fullmatch(line)
        if assignment:
            self.names[assignment[1]] = self.passes(assignment[2]).strip()
        elif line.startswith("same "):
            command = line.removeprefix("same ")
            self.before[command] = self.passes(command)
        elif line.startswith("! "):
            self.passes(line.removeprefix("! "), refused=True)
        else:
            command, _, wanted = line.partition(" => ")
            self.passes(command, wanted)

    def passes(self, command, wanted="", refused=False):
        """What the command printed; ends all if it did not do as it should."""
        status, printed, complained = run(command)
        if (status != 0) != refused or wanted not in printed:
            wish = "it should fail" if refused else f"it should print {wanted!r}" if wanted else "it should succeed"
            sys.exit(f"openstack {command}\n{wish}; status {status}\n{printed}{complained}after {self.count} commands")
        self.count += 1
        return printed

    def close(self):
        for command, before in self.before.items():
            if self.passes(command) != before:
                sys.exit(f"openstack {command}\nsomething is left behind; before it printed\n{before}")


def main():
    tour = Tour()
    for line in sys.stdin:
        if line.strip() and not line.startswith("#"):
            tour.step(line.strip())
    tour.close()
    print(f"{tour.count} commands passed")


main()
