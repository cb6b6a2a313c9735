# SPDX-License-Identifier: Apache-2.0
"""The layer between the machine's own file system and a host's: hides what is the machine's, and has what every
Debian host has. And what is a host's own: accounts, keys, the settings of its SSH server."""

import crypt
import glob
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "programs/common/usr/local/lib/functest-lab"))
import labtool  # noqa: E402

# Of the machine's own folders hosts see these, and of /etc these entries; nothing else shows through.
SHOWN = {"bin", "lib", "lib32", "lib64", "libx32", "sbin", "usr", "etc"}
EMPTY = {
    "boot": 0o755,
    "dev": 0o755,
    "home": 0o755,
    "media": 0o755,
    "mnt": 0o755,
    "opt": 0o755,
    "proc": 0o555,
    "root": 0o700,
    "run": 0o755,
    "srv": 0o755,
    "sys": 0o555,
    "tmp": 0o1777,
    "var": 0o755,
    "etc": 0o755,
    "usr/local": 0o755,
    "usr/src": 0o755,
    "usr/share/doc": 0o755,
}
ETC = [
    "alternatives",
    "bash.bashrc",
    "debian_version",
    "gai.conf",
    "host.conf",
    "inputrc",
    "issue",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "login.defs",
    "mime.types",
    "networks",
    "nsswitch.conf",
    "os-release",
    "profile",
    "protocols",
    "python3",
    "python3.11",
    "rpc",
    "security",
    "services",
    "skel",
    "ssl/openssl.cnf",
    "sudo.conf",
    "terminfo",
    "timezone",
    "ssh/moduli",
    "ssh/ssh_config",
]
DIRECTORIES = [
    "run/sshd",
    "run/lock",
    "var/log",
    "var/tmp",
    "var/lib/sudo",
    "var/lib/dpkg",
    "var/cache",
    "var/spool",
    "usr/local/bin",
    "usr/local/sbin",
    "usr/local/lib",
    "etc/functest-lab",
    "etc/ssh",
    "etc/pam.d",
    "var/lib/functest-lab/pods",
]
# Programs of the machine that say what a host is, or do what only the machine should do: a host has those of its
# own or none.
HIDDEN = [
    "openstack",
    "nova-manage",
    "ovs-vsctl",
    "mysql",
    "nova*",
    "neutron*",
    "glance*",
    "keystone*",
    "cinder*",
    "heat*",
    "placement*",
    "swift*",
    "mysql*",
    "mariadb*",
    "ovs-*",
    "virsh",
    "qemu-*",
    "docker*",
    "podman*",
    "kubectl*",
    "helm*",
    "juju*",
    "maas*",
    "salt*",
    "ansible*",
    "fuel*",
    "daisy*",
    "crudini",
    "systemctl",
    "journalctl",
    "service",
    "reboot",
    "shutdown",
    "poweroff",
    "halt",
    "telinit",
    "apt*",
    "dpkg*",
    "yum",
    "dnf",
    "rpm",
    "snap",
    "microk8s*",
    "tempest*",
    "rally*",
    "rabbitmq*",
    "containerd*",
    "runc",
    "nft",
    "chromium*",
    "google-*",
    "gcloud*",
    "libvirt*",
    "virt-*",
]
ACCOUNTS = [
    ("root", 0, "/root", "/bin/bash"),
    ("daemon", 1, "/usr/sbin", "/usr/sbin/nologin"),
    ("bin", 2, "/bin", "/usr/sbin/nologin"),
    ("sys", 3, "/dev", "/usr/sbin/nologin"),
    ("nobody", 65534, "/nonexistent", "/usr/sbin/nologin"),
    ("sshd", 105, "/run/sshd", "/usr/sbin/nologin"),
    ("systemd-network", 106, "/", "/usr/sbin/nologin"),
]
GROUPS = [
    ("root", 0),
    ("daemon", 1),
    ("bin", 2),
    ("sys", 3),
    ("adm", 4),
    ("tty", 5),
    ("disk", 6),
    ("sudo", 27),
    ("shadow", 42),
    ("utmp", 43),
    ("users", 100),
    ("sshd", 105),
    ("systemd-network", 106),
    ("docker", 998),
    ("kvm", 997),
    ("nogroup", 65534),
]
FIRST_UID = 1000

SSHD = """\
# Debian's own settings, without what looks at the world outside.
Port 22
ListenAddress 0.0.0.0
HostKey /etc/ssh/ssh_host_{kind}_key
PermitRootLogin yes
UseDNS no
PrintMotd no
AcceptEnv LANG LC_*
"""
SUDOERS = """\
Defaults env_reset
Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
root ALL=(ALL:ALL) ALL
%docker ALL=(root) NOPASSWD: /usr/local/lib/functest-lab/containers docker *
@includedir /etc/sudoers.d
"""
PAM = "".join(f"{kind} required pam_unix.so\n" for kind in ("auth", "account", "password", "session"))


def write(path, text, mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def opaque(folder):
    os.setxattr(folder, "trusted.overlay.opaque", b"y")


def whiteout(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mknod(path, 0o000 | 0o020000, os.makedev(0, 0))


def make_base(layer):
    """The layer that all hosts share."""
    layer.mkdir(parents=True)
    for name in os.listdir("/"):
        if name not in SHOWN and name not in EMPTY:
            whiteout(layer / name)
    for name, mode in EMPTY.items():
        folder = layer / name
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
        opaque(folder)
    for name in ETC:
        copy(Path("/etc") / name, layer / "etc" / name)
    for name in DIRECTORIES:
        (layer / name).mkdir(parents=True, exist_ok=True)
    for name in ("var/tmp", "var/lib/functest-lab/pods"):
        (layer / name).chmod(0o1777)
    (layer / "var/run").symlink_to("/run")
    (layer / "var/lock").symlink_to("/run/lock")
    for folder in ("usr/bin", "usr/sbin"):
        for pattern in HIDDEN:
            # Those without a wildcard also when they are not there: they may be installed while the lab is up.
            for path in glob.glob(f"/{folder}/{pattern}") if "*" in pattern else [pattern]:
                hide(layer / folder / os.path.basename(path))
    for service in ("sshd", "sudo", "su", "other", "login"):
        write(layer / "etc/pam.d" / service, PAM)
    write(layer / "etc/sudoers", SUDOERS, 0o440)
    (layer / "etc/sudoers.d").mkdir()
    write(layer / "etc/environment", "")
    (layer / "etc/profile.d").mkdir()


def hide(path):
    try:
        whiteout(path)
    except FileExistsError:
        pass


def copy(source, target):
    if not os.path.lexists(source):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink() or source.is_file():
        shutil.copy2(source, target, follow_symlinks=False)
    else:
        shutil.copytree(source, target, symlinks=True)


def put_tree(source, target):
    """Lays a tree of the repository over a host's files; whoever checked it out, root owns it."""
    for folder, _, files in os.walk(source):
        into = target / os.path.relpath(folder, source)
        into.mkdir(exist_ok=True, parents=True)
        for name in files:
            path = Path(folder) / name
            (into / name).unlink(missing_ok=True)
            if path.is_symlink():
                (into / name).symlink_to(os.readlink(path))
            else:
                shutil.copyfile(path, into / name)
                (into / name).chmod(0o755 if os.access(path, os.X_OK) and path.stat().st_mode & 0o100 else 0o644)


HASHES = {}


def password_hash(password):
    """Few rounds: hundreds of logins are made in a test."""
    if password is None:
        return "*"
    if password not in HASHES:
        HASHES[password] = crypt.crypt(password, "$6$rounds=1000$" + crypt.mksalt(crypt.METHOD_SHA512)[3:])
    return HASHES[password]


def make_key(path, kind, comment, bits=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", comment, "-f", str(path)]
    subprocess.run(command + (["-b", str(bits)] if bits else []), check=True, stdin=subprocess.DEVNULL)


def make_accounts(host, etc):
    passwd, shadow, groups, users = [], [], {name: (gid, []) for name, gid in GROUPS}, {}
    known = {name: (uid, home, shell) for name, uid, home, shell in ACCOUNTS}
    passwords = {}
    for login in host.logins:
        passwords[login.user] = login.password
        if login.user not in known:
            uid = FIRST_UID + len(users)
            known[login.user] = (uid, login.home or f"/home/{login.user}", login.shell)
            groups.setdefault(login.user, (uid, []))
        users[login.user] = known[login.user]
        for group in login.groups:
            groups.setdefault(group, (900 - len(groups), []))[1].append(login.user)
    for name, (uid, home, shell) in known.items():
        gid = groups[name][0] if name in groups else 65534
        passwd.append(f"{name}:x:{uid}:{gid}:{name},,,:{home}:{shell}")
        shadow.append(f"{name}:{password_hash(passwords.get(name))}:19600:0:99999:7:::")
    write(etc / "passwd", "\n".join(passwd) + "\n")
    write(etc / "shadow", "\n".join(shadow) + "\n", 0o640)
    os.chown(etc / "shadow", 0, 42)
    write(etc / "group", "".join(f"{name}:x:{gid}:{','.join(of)}\n" for name, (gid, of) in groups.items()))
    sudoers = []
    for login in host.logins:
        if login.sudo != "no" and login.user != "root":
            sudoers.append(f"{login.user} ALL=(ALL) {'NOPASSWD: ' if login.sudo == 'free' else ''}ALL\n")
    write(etc / "sudoers.d/lab", "".join(sudoers), 0o440)
    return {name: (uid, groups.get(name, (65534,))[0], home) for name, (uid, home, _) in known.items()}


def own(path, uid, gid):
    for folder, _, files in os.walk(path):
        os.chown(folder, uid, gid)
        for name in files:
            os.chown(os.path.join(folder, name), uid, gid, follow_symlinks=False)


def make_homes(host, upper, accounts, authorised):
    """`authorised(deployment, key)` is the text of a public key, `.private(...)` of the private one."""
    for login in host.logins:
        uid, gid, home = accounts[login.user]
        folder = upper / home.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        ssh = folder / ".ssh"
        ssh.mkdir(exist_ok=True)
        keys = "".join(authorised.public(host.deployment, name) for name in login.accepts)
        if keys:
            write(ssh / "authorized_keys", keys, 0o600)
        for name, key in login.holds.items():
            write(ssh / name, authorised.private(host.deployment, key), 0o600)
            write(ssh / f"{name}.pub", authorised.public(host.deployment, key))
        ssh.chmod(0o700)
        folder.chmod(0o700 if login.user == "root" else 0o755)
        own(folder, uid, gid)


def write_facts(host, folder):
    """What the host's programs answer from."""
    services, containers = {}, {}
    for text in host.services:
        name, _, description = text.partition(": ")
        state = {"!": "failed", "-": "inactive"}.get(name[0], "active")
        name = name.lstrip("!-")
        services[f"{name}.service"] = {"state": state, "description": description or f"OpenStack {name}"}
    for text in host.containers:
        text, _, health = text.partition(" (")
        name, _, state = text.partition("=")
        containers[name] = {"state": state or "running", "image": host.image.format(name=name.replace("_", "-"))}
        if health:
            containers[name]["health"] = health.rstrip(")")
    if services:
        write(folder / "services.json", json.dumps(services, indent=1) + "\n")
    if containers:
        write(folder / "containers.json", json.dumps(containers, indent=1) + "\n")
    for name, text in host.facts.items():
        write(folder / name, text + "\n")


def make_host(host, upper, root, authorised, others):
    """Everything that is the host's own, before its file system is put together."""
    upper.mkdir(parents=True)
    for tree in [*host.trees, host.name]:
        put_tree(root / "deployments" / host.deployment / tree / "root", upper)
    # What cannot be a file in the repository, because a real tool makes it.
    prepare = root / "deployments" / host.deployment / host.name / "prepare"
    if prepare.exists():
        subprocess.run([str(prepare), str(upper)], check=True, stdin=subprocess.DEVNULL)
    etc = upper / "etc"
    etc.mkdir(exist_ok=True)
    accounts = make_accounts(host, etc)
    make_homes(host, upper, accounts, authorised)
    write(etc / "hostname", host.hostname + "\n")
    names = [f"127.0.0.1 localhost\n{host.address} {host.hostname}\n"]
    names += [f"{other.address} {other.hostname}\n" for other in others if other.address != host.address]
    own_names = etc / "hosts"
    write(own_names, "".join(names) + (own_names.read_text(encoding="utf-8") if own_names.exists() else ""))
    lines = [SSHD.format(kind=host.host_key)]
    lines.append(
        "UsePAM yes\nPasswordAuthentication no\nPubkeyAuthentication no\nKbdInteractiveAuthentication yes\n"
        if host.pam
        else "UsePAM no\nKbdInteractiveAuthentication no\n"
    )
    if host.sftp:
        lines.append("Subsystem sftp /usr/lib/openssh/sftp-server\n")
    # The first value counts in this file: a host's own lines come before.
    write(etc / "ssh/sshd_config", "".join(f"{line}\n" for line in host.sshd) + "".join(lines))
    write_facts(host, etc / "functest-lab")
    for path in host.logs:
        write(upper / path.lstrip("/"), "".join(f"{line}\n" for line in labtool.oslo_log(Path(path).stem)))
    if host.variant:
        write(etc / "functest-lab/variant", host.variant + "\n")
    for path, mode in host.modes.items():
        bits, owner = mode.split()
        user, group = owner.split(":")
        target = upper / path
        os.chown(target, accounts[user][0], accounts[group][1])
        target.chmod(int(bits, 8))
