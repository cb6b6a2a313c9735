# SPDX-License-Identifier: Apache-2.0
"""What a fresh cloud needs that only the OpenStack client can do.

Usage: python3 provision STEP..., where STEP is
  identity               roles, projects, users, services, endpoints
  resources              flavors, images, the external network
  agents                 a first network, so that the agents start what they need one after the other
  tempest-conf           tempest.conf for exactly this cloud
  reports SECS NAME@TIME...  succeed when each service has reported later than TIME (seconds since
                         1970); look for at most SECS seconds. Takes the rest of the line.

Every step looks before it creates, so it can be repeated after being cut at any point.
"""
import sys

import agents
import identity
import reports
import resources
import tempest_conf


def main(words):
    while words:
        step = words.pop(0)
        if step == "identity":
            identity.create()
        elif step == "resources":
            resources.create()
        elif step == "agents":
            agents.use()
        elif step == "tempest-conf":
            tempest_conf.write()
        elif step == "reports":
            return reports.wait(float(words[0]), words[1:])
        else:
            sys.exit("provision: unknown step %s" % step)
    return 0


if len(sys.argv) < 2:
    sys.exit(__doc__)
sys.exit(main(sys.argv[1:]))
