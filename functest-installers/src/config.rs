// SPDX-License-Identifier: Apache-2.0
//! What a user says about the system under test: a file, flags and variables, all with the same keys.

use std::path::{Path, PathBuf};

use functest_core::suggest::did_you_mean;
use functest_core::sut::{Access, Identity};
use functest_ssh::{Deadlines, HostKeyPolicy, HostKeys, Login, Target};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// How the system under test is reached. Everything has a default; its `Debug` shows no secret.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SutConfig {
    /// What deployed it, such as `apex`; `None` finds out.
    pub installer: Option<String>,
    /// Where the installer is: a name or an address. `None` is the installer's usual one, or this machine.
    pub address: Option<String>,
    /// The port of SSH there.
    pub port: Option<u16>,
    /// Who logs in there; `None` is the installer's usual one.
    pub user: Option<String>,
    /// With which password; `None` is the installer's usual one, if it has one.
    #[serde(deserialize_with = "secret")]
    pub password: Option<SecretString>,
    /// With which private key.
    pub key_file: Option<PathBuf>,
    /// What `sudo` there is told when it asks; `None` is the password.
    #[serde(deserialize_with = "secret")]
    pub sudo_password: Option<SecretString>,
    /// Hosts on the way there, from here outwards.
    pub jump: Vec<Hop>,
    /// How nodes are logged in to, where the installer's usual way is not taken.
    pub node: NodeConfig,
    /// A file that lists nodes: `pod.yaml`, a Pharos PDF, an Ansible inventory, or an SSH config. For an installer whose
    /// machine has such a file: its path there.
    pub inventory: Option<PathBuf>,
    /// Host keys that are trusted; `None` are those of OpenSSH.
    pub known_hosts: Option<PathBuf>,
    /// What is done about a host whose key is not known.
    pub host_keys: HostKeyChoice,
    /// What was deployed, as `DEPLOY_SCENARIO` says it; `None` is told by what is there.
    pub scenario: Option<String>,
    /// The pod's name, as `NODE_NAME` says it.
    pub pod: Option<String>,
    /// Multiplies every deadline; 0 is 1.
    pub deadline_factor: f64,
}

/// How nodes are logged in to.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NodeConfig {
    /// Who logs in.
    pub user: Option<String>,
    /// With which password.
    #[serde(deserialize_with = "secret")]
    pub password: Option<SecretString>,
    /// With which private key here.
    pub key_file: Option<PathBuf>,
    /// What `sudo` there is told when it asks.
    #[serde(deserialize_with = "secret")]
    pub sudo_password: Option<SecretString>,
    /// Nodes are reached from here, not through the installer's machine.
    pub direct: bool,
}

/// A host on the way.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hop {
    /// A name or an address.
    pub address: String,
    /// The port.
    #[serde(default = "ssh_port")]
    pub port: u16,
    /// Who logs in.
    pub user: String,
    /// With which password.
    #[serde(default, deserialize_with = "secret")]
    pub password: Option<SecretString>,
    /// With which private key; that of the installer's machine unless said otherwise.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
}

fn ssh_port() -> u16 {
    22
}

/// The parser does not place unknown keys at the top; their line is the first that begins with them.
fn located(text: &str, error: &serde_yaml::Error) -> String {
    let message = error.to_string();
    let Some(key) = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next()) else {
        return functest_core::words::without_text(&message);
    };
    let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
    let is_of_key = |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    let line = text.lines().position(is_of_key).map(|line| format!("line {}: ", line + 1)).unwrap_or_default();
    let suggestion = did_you_mean(key, known.iter().copied());
    format!("{line}there is no key `{key}`{suggestion}; known: {}", known.join(", "))
}

/// A secret may look like a number, and is what was written all the same; and no complaint may show it.
fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    let written = Option::<String>::deserialize(deserializer);
    let written = written.map_err(|_| serde::de::Error::custom("a secret is a text: put it between quotes"))?;
    Ok(written.map(Into::into))
}

/// What is done about a host whose key is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HostKeyChoice {
    /// It is refused.
    #[default]
    Strict,
    /// Its key is written down and trusted from now on.
    AcceptNew,
    /// Everything is trusted.
    Off,
}

impl std::str::FromStr for Hop {
    type Err = String;

    /// `user@host`, `user@host:port`, `user@[v6]:port`.
    fn from_str(text: &str) -> Result<Self, String> {
        let malformed = || format!("`{text}` is not a `user@host` or `user@host:port`");
        let (user, place) = text.rsplit_once('@').ok_or_else(malformed)?;
        let (address, port) = match place.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, port.parse().map_err(|_| malformed())?)
            }
            _ => (place, 22),
        };
        let address = address.trim_start_matches('[').trim_end_matches(']');
        if user.is_empty() || address.is_empty() {
            return Err(malformed());
        }
        Ok(Self { address: address.into(), port, user: user.into(), password: None, key_file: None })
    }
}

impl SutConfig {
    /// Reads a file: YAML, with these keys.
    ///
    /// # Errors
    /// When it cannot be read, or has a key or a value that is none.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
        let input = |message| Error::Input { origin: path.display().to_string(), message };
        let config: Self = serde_yaml::from_str(&text).map_err(|error| input(located(&text, &error)))?;
        match config.deadline_factor {
            factor if (0.0..=1000.0).contains(&factor) => Ok(config),
            factor => Err(input(format!("deadline_factor: {factor} is not above 0 and at most 1000"))),
        }
    }

    /// Whether the files that are named can be read: one that is mistyped must not lead to another system than the one that is
    /// meant.
    ///
    /// # Errors
    /// For the first that cannot.
    pub(crate) fn check_files(&self) -> Result<(), Error> {
        // With an installer's machine elsewhere, the list of nodes is there.
        let inventory = self.inventory.as_ref().filter(|_| self.address.is_none());
        let keys = self.jump.iter().filter_map(|hop| hop.key_file.as_ref());
        let mut named = inventory.into_iter().chain(&self.key_file).chain(&self.node.key_file).chain(keys);
        named.try_for_each(|path| readable(path).map_err(|source| Error::File { path: path.clone(), source }))
    }

    fn factor(&self) -> f64 {
        if self.deadline_factor > 0.0 { self.deadline_factor } else { 1.0 }
    }

    /// The way to the installer's machine, and to nodes that are reached from here.
    pub(crate) fn way(&self) -> Option<Box<Access>> {
        self.jump.iter().fold(None, |before, hop| {
            let mut access = Access::new(&hop.address, &hop.user);
            access.port = hop.port;
            access.identities =
                self.identities(hop.key_file.as_ref().or(self.key_file.as_ref()), hop.password.as_ref());
            access.jump = before;
            Some(Box::new(access))
        })
    }

    /// What to log in with: what was given; an agent's keys and the user's own where nothing was.
    pub(crate) fn identities(&self, key_file: Option<&PathBuf>, password: Option<&SecretString>) -> Vec<Identity> {
        let mut identities: Vec<Identity> = key_file.cloned().map(Identity::KeyFile).into_iter().collect();
        if key_file.is_none() {
            if std::env::var_os("SSH_AUTH_SOCK").is_some() {
                identities.push(Identity::Agent);
            }
            // As OpenSSH does.
            let home = std::env::home_dir().unwrap_or_default();
            let usual = ["id_ed25519", "id_ecdsa", "id_rsa"].map(|name| home.join(".ssh").join(name));
            identities.extend(usual.into_iter().filter(|path| path.is_file()).map(Identity::KeyFile));
        }
        identities.extend(password.cloned().map(Identity::Password));
        identities
    }

    /// Where SSH goes for `access`.
    pub(crate) fn target(&self, access: &Access) -> Target {
        let mut target = Target::new(&access.address, &access.user).port(access.port);
        target.logins = access.identities.iter().map(login).collect();
        target.jump = access.jump.as_deref().map(|jump| Box::new(self.target(jump)));
        target.host_keys = self.host_keys();
        target.deadlines = Deadlines::default().scaled(self.factor());
        target
    }

    fn host_keys(&self) -> HostKeys {
        let keys = match &self.known_hosts {
            Some(file) => HostKeys::in_file(file),
            None => HostKeys::default(),
        };
        keys.policy(match self.host_keys {
            HostKeyChoice::Strict => HostKeyPolicy::Strict,
            HostKeyChoice::AcceptNew => HostKeyPolicy::AcceptNew,
            HostKeyChoice::Off => HostKeyPolicy::Off,
        })
    }
}

/// Whether a file can be read. What is no regular file, such as a pipe, is not opened for nothing.
fn readable(path: &Path) -> std::io::Result<()> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    if metadata.is_file() { std::fs::File::open(path).map(drop) } else { Ok(()) }
}

fn login(identity: &Identity) -> Login {
    match identity {
        Identity::Password(password) => Login::Password(password.clone()),
        Identity::KeyFile(path) => Login::key_file(path),
        Identity::Key { text, origin } => Login::Key { text: text.clone(), passphrase: None, origin: origin.clone() },
        Identity::Agent => Login::Agent { socket: None },
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    #[test]
    fn hops_are_written_as_for_ssh() {
        for (text, address, port) in
            [("me@h", "h", 22), ("me@h:2222", "h", 2222), ("a@b@::1", "::1", 22), ("me@[::1]:23", "::1", 23)]
        {
            let hop: Hop = text.parse().unwrap();
            assert_eq!((hop.address.as_str(), hop.port), (address, port), "{text}");
        }
        for text in ["", "h", "@h", "me@", "me@h:x", "me@h:70000"] {
            assert!(text.parse::<Hop>().unwrap_err().contains("user@host"), "{text}");
        }
    }

    #[test]
    fn a_file_says_what_is_wrong_with_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let read = |text: &str| {
            std::fs::write(file.path(), text).unwrap();
            SutConfig::read(file.path())
        };
        let config = read(
            "installer: apex\naddress: 192.0.2.1\npassword: hidden\njump: [{address: j, user: me}]\nnode: {direct: true}\n",
        );
        let config = config.unwrap();
        assert!(config.node.direct && config.jump[0].port == 22 && !format!("{config:?}").contains("hidden"));
        let error = read("instaler: apex\n").unwrap_err().to_string();
        assert!(error.contains("line 1: there is no key `instaler`; did you mean `installer`?; known: "), "{error}");
        let error = read("deadline_factor: -1\n").unwrap_err().to_string();
        assert!(error.contains("not above 0"), "{error}");
        let error = read("password: [hidden]\n").unwrap_err().to_string();
        assert!(error.contains("between quotes") && !error.contains("hidden"), "{error}");
        for written in ["1234", "0123", "1e10", "yes", "123456789012345678901234567890", "0x10", "1.50"] {
            let password = read(&format!("node: {{password: {written}}}\n")).unwrap().node.password.unwrap();
            assert_eq!(secrecy::ExposeSecret::expose_secret(&password), written);
        }
        assert!(read("password: ~\n").unwrap().password.is_none());
    }

    #[test]
    fn a_file_that_is_named_has_to_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let missing = Some(folder.path().join("missing"));
        let hop = Hop { key_file: missing.clone(), ..Hop::from_str("me@h").unwrap() };
        for config in [
            SutConfig { inventory: missing.clone(), ..SutConfig::default() },
            SutConfig { inventory: Some(folder.path().to_owned()), ..SutConfig::default() },
            SutConfig { key_file: missing.clone(), address: Some("h".into()), ..SutConfig::default() },
            SutConfig {
                node: NodeConfig { key_file: missing.clone(), ..NodeConfig::default() },
                ..SutConfig::default()
            },
            SutConfig { jump: vec![hop], ..SutConfig::default() },
        ] {
            let error = config.check_files().unwrap_err();
            assert!(error.is_usage() && error.to_string().contains(&folder.path().display().to_string()), "{error}");
        }
        // There it is a path of the installer's machine.
        SutConfig { inventory: missing, address: Some("h".into()), ..SutConfig::default() }.check_files().unwrap();
    }
}
