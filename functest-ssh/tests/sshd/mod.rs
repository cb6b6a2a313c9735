// SPDX-License-Identifier: Apache-2.0
//! An OpenSSH server of our own on loopback, for one test.

#![allow(dead_code, reason = "each test program uses its own part of this")]

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use functest_ssh::{Deadlines, HostKeys, Login, Target};

/// Runs until it is dropped.
pub(crate) struct Sshd {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
    user: String,
}

impl Sshd {
    /// Starts one with more lines in its settings; `None`, and said so, where there is no OpenSSH server.
    pub(crate) fn start(settings: &str) -> Option<Self> {
        if !Path::new("/usr/sbin/sshd").exists() {
            let _ = writeln!(std::io::stderr(), "skipped: there is no OpenSSH server (apt-get install openssh-server)");
            return None;
        }
        // Where it drops its privileges; Debian makes it when the service starts.
        let _ = std::fs::create_dir_all("/run/sshd");
        let folder = tempfile::tempdir().unwrap();
        for kind in ["ed25519", "rsa", "ecdsa"] {
            keygen(&folder.path().join(format!("host_{kind}")), kind, "");
            keygen(&folder.path().join(format!("id_{kind}")), kind, "");
        }
        keygen(&folder.path().join("id_locked"), "ed25519", "open sesame");
        let keys: String = ["ed25519", "rsa", "ecdsa", "locked"]
            .iter()
            .map(|kind| std::fs::read_to_string(folder.path().join(format!("id_{kind}.pub"))).unwrap())
            .collect();
        std::fs::write(folder.path().join("authorized"), keys).unwrap();
        // Free now; nobody else on this machine takes it in the moment until it is bound again.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at = folder.path().display();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host_ed25519\nHostKey {at}/host_rsa\nHostKey {at}/host_ecdsa\n\
             AuthorizedKeysFile {at}/authorized\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             UsePAM no\nPermitRootLogin yes\nPidFile none\nMaxStartups 100\n{settings}\n"
        );
        std::fs::write(folder.path().join("config"), format!("{config}Subsystem sftp internal-sftp\n")).unwrap();
        if settings.contains("Subsystem") {
            std::fs::write(folder.path().join("config"), config).unwrap();
        }
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let child = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f"])
            .arg(folder.path().join("config"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let user = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap().trim().to_owned();
        let mut sshd = Self { child, folder, port, user };
        sshd.wait();
        std::fs::write(sshd.folder.path().join("known_hosts"), sshd.known("ed25519")).unwrap();
        Some(sshd)
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(self.child.try_wait().unwrap().is_none(), "sshd ended: {}", log());
            assert!(begun.elapsed() < Duration::from_secs(60), "sshd does not answer: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A line of known_hosts for one of its keys.
    pub(crate) fn known(&self, kind: &str) -> String {
        let text = std::fs::read_to_string(self.folder.path().join(format!("host_{kind}.pub"))).unwrap();
        format!("[127.0.0.1]:{} {text}", self.port)
    }

    /// Its folder: `id_ed25519`, `known_hosts`, ...
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// It without anything to log in with.
    pub(crate) fn bare(&self) -> Target {
        Target::new("127.0.0.1", &self.user)
            .port(self.port)
            .host_keys(HostKeys::in_file(self.path("known_hosts")))
            .deadlines(Deadlines::default().scaled(4.0))
    }

    /// It with a key that it accepts.
    pub(crate) fn target(&self) -> Target {
        self.bare().login(Login::key_file(self.path("id_ed25519")))
    }

    /// Ends every connection at once, as a network that is cut: the processes that serve them are killed.
    pub(crate) fn cut(&self) {
        let parent = self.child.id().to_string();
        let status = Command::new("pkill").args(["-KILL", "-P", &parent]).status().unwrap();
        assert!(status.success(), "there was no connection to cut");
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn keygen(path: &Path, kind: &str, passphrase: &str) {
    let output =
        Command::new("ssh-keygen").args(["-q", "-t", kind, "-N", passphrase, "-f"]).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
