# SPDX-License-Identifier: Apache-2.0
"""A host: namespaces of its own, its file system, and the first process in it, which is this program."""

import ctypes
import os
import signal
import socket
import subprocess
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = (
    0x00020000,
    0x04000000,
    0x08000000,
    0x20000000,
    0x40000000,
)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = (
    1,
    2,
    4,
    8,
    32,
    4096,
    16384,
    1 << 18,
)
MNT_DETACH = 2
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}[os.uname().machine]
PR_SET_NAME, PR_CAPBSET_DROP = 15, 24
# What only the machine's own root needs: kernel modules, hardware, clock, device nodes, the kernel's log.
DROPPED = {"SYS_MODULE": 16, "SYS_RAWIO": 17, "SYS_TIME": 25, "MKNOD": 27, "SYSLOG": 34}
SSHD_DEADLINE = 60


def check(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source, target, kind=None, flags=0, options=None):
    encode = lambda text: None if text is None else os.fsencode(text)
    check(LIBC.mount(encode(source), encode(target), encode(kind), flags, encode(options)), f"mount {target}")


def start(host, root, lowers, upper, work, log, venv, ready):
    """Starts a host. Returns its first process and the file descriptor on which it waits for its network."""
    told, go = os.pipe()
    answer, pid_of = os.pipe()
    middle = os.fork()
    if middle == 0:
        try:
            os.setsid()
            check(LIBC.unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET), "unshare")
            first = os.fork()
            if first == 0:
                os.close(go)
                os.close(answer)
                os.close(pid_of)
                be_first(host, root, lowers, upper, work, log, venv, told, ready)
            os.write(pid_of, str(first).encode())
        except BaseException as error:  # noqa: BLE001  # whatever it is, it goes to the starter
            os.write(ready, f"{host.address} failed: {error}\n".encode())
        os._exit(0)
    os.close(told)
    os.close(pid_of)
    os.waitpid(middle, 0)
    pid = os.read(answer, 32)
    os.close(answer)
    return (int(pid) if pid else None), go


def be_first(host, root, lowers, upper, work, log, venv, told, ready):
    """The first process of a host: never returns."""
    try:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        for descriptor in (1, 2):
            os.dup2(output, descriptor)
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        os.environ.clear()
        os.environ.update(PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME="/", LANG="C.UTF-8")
        LIBC.prctl(PR_SET_NAME, b"init", 0, 0, 0)
        socket.sethostname(host.hostname)
        make_file_system(root, lowers, upper, work, venv)
        for number in DROPPED.values():
            check(LIBC.prctl(PR_CAPBSET_DROP, number, 0, 0, 0), "dropping a capability")
        if host.mode == "sshd":
            kind = host.host_key
            run(
                [
                    "ssh-keygen",
                    "-q",
                    "-t",
                    kind,
                    "-N",
                    "",
                    "-C",
                    f"root@{host.hostname}",
                    "-f",
                    f"/etc/ssh/ssh_host_{kind}_key",
                ]
            )
        os.read(told, 1)
        os.close(told)
        server = serve(host)
        os.write(ready, f"{host.address} ok\n".encode())
    except BaseException as error:  # noqa: BLE001
        os.write(ready, f"{host.address} failed: {error}\n".encode().replace(b"\n", b" ") + b"\n")
        os._exit(1)
    # Nothing of the starter may stay open here: whoever waits for its output would wait for ever.
    os.closerange(3, server.fileno() if server else 256)
    if server:
        os.closerange(server.fileno() + 1, 256)
    live(server)


def make_file_system(root, lowers, upper, work, venv):
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    mount("overlay", root, "overlay", 0, f"lowerdir={':'.join(lowers)},upperdir={upper},workdir={work},xino=off")
    if venv:
        target = root + venv
        os.makedirs(target, exist_ok=True)
        mount(venv, target, None, MS_BIND)
        mount(None, target, None, MS_REMOUNT | MS_BIND | MS_RDONLY)
    mount("proc", f"{root}/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount("sysfs", f"{root}/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY)
    mount("tmpfs", f"{root}/dev", "tmpfs", MS_NOSUID, "mode=755,size=1m")
    for name, minor in (("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9)):
        os.mknod(f"{root}/dev/{name}", 0o20666, os.makedev(1, minor))
        os.chmod(f"{root}/dev/{name}", 0o666)
    os.mknod(f"{root}/dev/tty", 0o20666, os.makedev(5, 0))
    os.chmod(f"{root}/dev/tty", 0o666)
    os.mkdir(f"{root}/dev/pts")
    os.mkdir(f"{root}/dev/shm", 0o1777)
    os.chmod(f"{root}/dev/shm", 0o1777)
    mount("devpts", f"{root}/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,gid=5,mode=620,ptmxmode=666")
    os.symlink("pts/ptmx", f"{root}/dev/ptmx")
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(target, f"{root}/dev/{name}")
    with open(f"{root}/proc/sys/net/ipv4/ip_forward", "w", encoding="ascii") as switch:
        switch.write("0")
    for name in ("all", "default"):
        with open(f"{root}/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "w", encoding="ascii") as switch:
            switch.write("1")
    # The machine's kernel is not a host's to set.
    for name in filter(lambda name: os.path.exists(f"{root}/proc/{name}"), ("sys", "sysrq-trigger")):
        mount(f"{root}/proc/{name}", f"{root}/proc/{name}", None, MS_BIND)
        mount(None, f"{root}/proc/{name}", None, MS_REMOUNT | MS_BIND | MS_RDONLY)
    os.chdir(root)
    check(LIBC.syscall(SYS_PIVOT_ROOT, b".", b"."), "pivot_root")
    check(LIBC.umount2(b".", MNT_DETACH), "leaving the machine's file system")
    os.chdir("/")


def run(command, **options):
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **options
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout.decode(errors='replace').strip()}")


def serve(host):
    """Starts what listens on port 22, and waits until it does."""
    if host.mode == "silent":
        server = socket.create_server(("0.0.0.0", 22), backlog=64)
        return server
    if host.mode == "sshd":
        subprocess.Popen(["/usr/sbin/sshd", "-D", "-e"], stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + SSHD_DEADLINE
        while not answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"sshd does not answer after {SSHD_DEADLINE} s")
            time.sleep(0.05)
    return None


def answers():
    try:
        with socket.create_connection(("127.0.0.1", 22), timeout=5) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def live(server):
    """What the first process of a system does: it collects the ended. It also holds connections, and says nothing."""
    signal.signal(signal.SIGCHLD, lambda *_: None)
    held = []
    if server:
        server.settimeout(1)
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        if server:
            try:
                held.append(server.accept()[0])
            except TimeoutError:
                pass
            # Those that were given up on.
            held = [connection for connection in held if not at_end(connection)]
        else:
            signal.sigtimedwait([signal.SIGUSR1], 3600) if not children() else wait_for_child()


def children():
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return True
    except ChildProcessError:
        return False


def wait_for_child():
    try:
        os.waitpid(-1, 0)
    except (ChildProcessError, InterruptedError):
        pass


def at_end(connection):
    connection.setblocking(False)
    try:
        return connection.recv(65536) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
