# SPDX-License-Identifier: Apache-2.0
"""Roles, projects, users, the service catalogue."""
from settings import ADDRESS, ADMIN_PASSWORD, REGION, SERVICE_PASSWORD, cloud

keystone = cloud.identity

ROLES = ("service", "member", "reader", "heat_stack_user", "heat_stack_owner", "creator")
SERVICE_USERS = ("glance", "nova", "placement", "neutron", "cinder", "heat")
CATALOGUE = (
    ("image", "glance", "http://%s:9292"),
    ("placement", "placement", "http://%s:8778"),
    ("compute", "nova", "http://%s:8774/v2.1"),
    ("network", "neutron", "http://%s:9696"),
    ("volumev3", "cinderv3", "http://%s:8776/v3/%%(project_id)s"),
    ("orchestration", "heat", "http://%s:8004/v1/%%(project_id)s"),
    ("cloudformation", "heat-cfn", "http://%s:8000/v1"),
)


def create():
    roles = ensure_roles()
    default = keystone.find_domain("default")
    projects = {name: ensure_project(name, default) for name in ("service", "demo")}
    for name in SERVICE_USERS:
        user = ensure_user(name, SERVICE_PASSWORD, default)
        # "service" as well: Debian's Cinder carries the fix for CVE-2023-2088, which asks for it.
        for role in ("admin", "service"):
            keystone.assign_project_role_to_user(projects["service"], user, roles[role])
    demo = ensure_user("demo", ADMIN_PASSWORD, default)
    for role in ("member", "heat_stack_owner"):
        keystone.assign_project_role_to_user(projects["demo"], demo, roles[role])
    keystone.assign_project_role_to_user(
        keystone.find_project("admin"), keystone.find_user("admin"), roles["heat_stack_owner"])
    ensure_heat_domain(roles["admin"])
    for type_, name, url in CATALOGUE:
        ensure_endpoints(type_, name, url % ADDRESS)


def ensure_roles():
    roles = {role.name: role for role in keystone.roles()}
    for name in ROLES:
        if name not in roles:
            roles[name] = keystone.create_role(name=name)
    return roles


def ensure_project(name, domain):
    return keystone.find_project(name) or keystone.create_project(name=name, domain_id=domain.id)


def ensure_user(name, password, domain):
    found = next(iter(keystone.users(name=name, domain_id=domain.id)), None)
    return found or keystone.create_user(name=name, password=password, domain_id=domain.id)


def ensure_heat_domain(admin_role):
    """Where Heat makes the users of its stacks."""
    domain = keystone.find_domain("heat") or keystone.create_domain(name="heat")
    user = ensure_user("heat_domain_admin", SERVICE_PASSWORD, domain)
    keystone.assign_domain_role_to_user(domain, user, admin_role)


def ensure_endpoints(type_, name, url):
    service = keystone.find_service(name) or keystone.create_service(type=type_, name=name)
    present = {endpoint.interface for endpoint in keystone.endpoints(service_id=service.id)}
    for interface in ("public", "internal", "admin"):
        if interface not in present:
            keystone.create_endpoint(service_id=service.id, interface=interface, url=url, region_id=REGION)
