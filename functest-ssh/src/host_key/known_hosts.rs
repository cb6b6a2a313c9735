// SPDX-License-Identifier: Apache-2.0
//! Files in the form of OpenSSH's `known_hosts` (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").

use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use russh::keys::PublicKey;
use sha1::Sha1;
use ssh_key::known_hosts::{Entry, HostPatterns, Marker};
use tokio::io::AsyncWriteExt;
use tokio::sync::Mutex;

use crate::error::Error;

/// A key of a host, and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) key: PublicKey,
    pub(super) file: PathBuf,
    /// From 1.
    pub(super) line: usize,
    pub(super) revoked: bool,
}

/// What a file says.
#[derive(Debug)]
pub(super) struct KnownHosts {
    file: PathBuf,
    entries: Vec<(usize, Entry)>,
}

impl KnownHosts {
    /// Reads `file`; one that does not exist is empty. Lines that are not understood are passed over, as OpenSSH does:
    /// they can only make a host unknown.
    pub(super) async fn read(file: &Path) -> Result<Self, Error> {
        let bytes = match tokio::fs::read(file).await {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(Error::local(file)(error)),
        };
        Ok(Self { file: file.to_owned(), entries: entries(&String::from_utf8_lossy(&bytes)) })
    }

    /// The keys of the host that is written so.
    pub(super) fn of(&self, name: &str) -> impl Iterator<Item = Known> {
        self.entries.iter().filter(move |(_, entry)| matches(entry.host_patterns(), name)).filter_map(
            |(line, entry)| {
                // Certificates are not asked for, so the key of an authority is of no use.
                let revoked = match entry.marker() {
                    None => false,
                    Some(Marker::Revoked) => true,
                    Some(Marker::CertAuthority) => return None,
                };
                Some(Known { key: entry.public_key().clone(), file: self.file.clone(), line: *line, revoked })
            },
        )
    }
}

fn entries(text: &str) -> Vec<(usize, Entry)> {
    let entry = |(number, line): (usize, &str)| {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_entry = !line.is_empty() && !line.starts_with('#');
        is_entry.then(|| line.parse().ok()).flatten().map(|entry| (number + 1, entry))
    };
    text.lines().enumerate().filter_map(entry).collect()
}

/// How a host is written: its name alone on port 22.
pub(super) fn written(host: &str, port: u16) -> String {
    let host = host.to_lowercase();
    if port == 22 { host } else { format!("[{host}]:{port}") }
}

fn matches(patterns: &HostPatterns, name: &str) -> bool {
    match patterns {
        HostPatterns::Patterns(patterns) => {
            let found = |negated: bool| {
                patterns.iter().any(|pattern| match pattern.strip_prefix('!') {
                    Some(pattern) => negated && glob(pattern.to_lowercase().as_bytes(), name.as_bytes()),
                    None => !negated && glob(pattern.to_lowercase().as_bytes(), name.as_bytes()),
                })
            };
            found(false) && !found(true)
        }
        HostPatterns::HashedName { salt, hash } => Hmac::<Sha1>::new_from_slice(salt)
            .is_ok_and(|hmac| hmac.chain_update(name.as_bytes()).verify_slice(hash).is_ok()),
    }
}

/// `*` is any text, `?` any byte. Linear in the text for each star.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == b'?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

/// One writer at a time: two new hosts may be met at once.
static WRITING: Mutex<()> = Mutex::const_new(());

/// Writes the key of a new host down.
pub(super) async fn add(file: &Path, name: &str, key: &PublicKey) -> Result<(), Error> {
    let _turn = WRITING.lock().await;
    let failed = |error| Error::local(file)(error);
    let text = key.to_openssh().map_err(|error| failed(std::io::Error::other(error)))?;
    // The key's comment is not ours to keep.
    let words: Vec<&str> = text.split(' ').take(2).collect();
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        tokio::fs::create_dir_all(folder).await.map_err(failed)?;
    }
    let before = tokio::fs::read(file).await.unwrap_or_default();
    let line_is_open = before.last().is_some_and(|last| *last != b'\n');
    let line = format!("{}{name} {}\n", if line_is_open { "\n" } else { "" }, words.join(" "));
    let mut options = tokio::fs::OpenOptions::new();
    let mut opened = options.append(true).create(true).mode(0o600).open(file).await.map_err(failed)?;
    opened.write_all(line.as_bytes()).await.map_err(failed)?;
    opened.sync_data().await.map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";

    fn known(text: &str, name: &str) -> Vec<(usize, bool)> {
        let hosts = KnownHosts { file: "f".into(), entries: entries(text) };
        hosts.of(name).map(|known| (known.line, known.revoked)).collect()
    }

    #[test]
    fn hosts_are_found_as_openssh_finds_them() {
        let text = format!(
            "# comment\n\nnode1,10.0.0.? {KEY} me@here\n*.lab,!bad.lab\t {KEY}\n[node1]:2222 {KEY}\n@revoked * {KEY}\n\
             @cert-authority * {KEY}\nrubbish\nnode1 ssh-ed25519 rubbish\n"
        );
        assert_eq!(known(&text, &written("node1", 22)), [(3, false), (6, true)]);
        assert_eq!(known(&text, &written("NODE1", 22)), [(3, false), (6, true)]);
        assert_eq!(known(&text, &written("node1", 2222)), [(5, false), (6, true)]);
        assert_eq!(known(&text, "10.0.0.7"), [(3, false), (6, true)]);
        assert_eq!(known(&text, "10.0.0.17"), [(6, true)]);
        assert_eq!(known(&text, "good.lab"), [(4, false), (6, true)]);
        assert_eq!(known(&text, "bad.lab"), [(6, true)]);
    }

    #[test]
    fn hashed_names_are_found() {
        let salt = [7_u8; 20];
        let hash = Hmac::<Sha1>::new_from_slice(&salt).unwrap().chain_update(b"192.0.2.53").finalize().into_bytes();
        let patterns = HostPatterns::HashedName { salt: salt.to_vec(), hash: hash.into() };
        let text = format!("{} {KEY}\n", patterns.to_string());
        assert_eq!(known(&text, "192.0.2.53"), [(1, false)]);
        assert_eq!(known(&text, "192.0.2.54"), []);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(text in ".{0,200}", name in ".{0,20}") {
            known(&text, &name);
        }

        #[test]
        fn a_glob_agrees_with_its_definition(pattern in "[ab*?]{0,6}", text in "[ab]{0,6}") {
            fn slow(p: &[u8], t: &[u8]) -> bool {
                match (p.split_first(), t.split_first()) {
                    (None, None) => true,
                    (Some((b'*', rest)), _) => slow(rest, t) || t.split_first().is_some_and(|(_, more)| slow(p, more)),
                    (Some((c, p)), Some((d, t))) => (*c == b'?' || c == d) && slow(p, t),
                    _ => false,
                }
            }
            assert_eq!(glob(pattern.as_bytes(), text.as_bytes()), slow(pattern.as_bytes(), text.as_bytes()));
        }
    }
}
