// SPDX-License-Identifier: Apache-2.0
//! Which release of OpenStack a version of Nova belongs to (releases.openstack.org).

/// Releases by the first part of Nova's version, from 12 on.
const RELEASES: [&str; 21] = [
    "Liberty",
    "Mitaka",
    "Newton",
    "Ocata",
    "Pike",
    "Queens",
    "Rocky",
    "Stein",
    "Train",
    "Ussuri",
    "Victoria",
    "Wallaby",
    "Xena",
    "Yoga",
    "Zed",
    "2023.1 Antelope",
    "2023.2 Bobcat",
    "2024.1 Caracal",
    "2024.2 Dalmatian",
    "2025.1 Epoxy",
    "2025.2 Flamingo",
];

/// The first thing in `text` that is a version of Nova, with its release: `Zed (26.1.0)`.
pub fn of_nova(text: &str) -> Option<String> {
    // Packages write `2:26.1.0-0ubuntu1`.
    let words = text.split(|c: char| c.is_whitespace() || c == ':');
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).find_map(|word| {
        let version: String = word.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let version = version.trim_end_matches('.');
        let major: usize = version.contains('.').then(|| version.split('.').next())??.parse().ok()?;
        Some(match RELEASES.get(major.checked_sub(12)?) {
            Some(release) => format!("{release} ({version})"),
            None if major < 100 => format!("Nova {version}"),
            None => return None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_tell_releases() {
        let table = [
            ("26.1.0\n", Some("Zed (26.1.0)")),
            ("Option \"logdir\" is deprecated.\n17.0.5-0.20180704053229.el7\n", Some("Queens (17.0.5)")),
            ("2:13.1.4-0ubuntu4", Some("Mitaka (13.1.4)")),
            ("31.0.1.dev7", Some("2025.1 Epoxy (31.0.1)")),
            ("40.0.0", Some("Nova 40.0.0")),
            ("bash: nova-manage: command not found", None),
            ("7", None),
        ];
        for (text, release) in table {
            assert_eq!(of_nova(text).as_deref(), release, "{text}");
        }
    }
}
