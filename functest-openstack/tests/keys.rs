// SPDX-License-Identifier: Apache-2.0
//! Every key of a cloud that OpenStack's SDK knows is known here, and `docs/clouds.md` says what becomes of it.
//!
//! `FUNCTEST_UPDATE=1 cargo test -p functest-openstack --test keys` writes that page anew.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test says what is wrong by ending")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use functest_openstack::connect::{Fate, Place, known_keys};

/// Prints the keys of the SDK's defaults, and the options of the ways to log in that functest knows.
const SDK: &str = "
from keystoneauth1 import loading
from openstack.config import defaults

for key in defaults.get_defaults():
    print('cloud', key)
for kind in ['password', 'v3password', 'token', 'v3token', 'v3applicationcredential']:
    for option in loading.get_plugin_options(kind):
        print('auth', option.dest)
";

#[test]
fn every_key_of_the_sdk_is_known() {
    // The system's own: it is where the package is.
    let output = Command::new("/usr/bin/python3").args(["-c", SDK]).output();
    let Some(output) = output.ok().filter(|output| output.status.success()) else {
        eprintln!("skipped: every_key_of_the_sdk_is_known needs the package python3-openstacksdk");
        return;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    let keys: BTreeSet<(&str, &str)> = text.lines().filter_map(|line| line.split_once(' ')).collect();
    assert!(keys.len() > 20, "{keys:?}");
    let unknown: Vec<_> = keys.into_iter().filter(|(place, key)| !is_known(place, key)).collect();
    assert!(unknown.is_empty(), "functest-openstack/src/connect/keys.rs lacks {unknown:?}");
}

fn is_known(place: &str, key: &str) -> bool {
    known_keys().any(|(where_to, known, _)| match where_to {
        Place::Auth => place == "auth" && known == key,
        Place::Cloud => place == "cloud" && known == key,
        Place::Service => place == "cloud" && key.strip_suffix(known).is_some_and(|service| service.ends_with('_')),
    })
}

const INTRODUCTION: &str = "\
# Clouds

A cloud is named by `--cloud`, by `OS_CLOUD`, or described by the `OS_*` variables. `clouds.yaml`, `secure.yaml` and
`clouds-public.yaml` are looked for where OpenStack's clients look: in the file that `OS_CLIENT_CONFIG_FILE` (`OS_CLIENT_SECURE_FILE`)
names, in the working folder, in `~/.config/openstack` and in `/etc/openstack`. A name that no file has may be the path of an openrc
file, whose `OS_*` variables count.

Whatever decides who logs in, where and how is honoured as OpenStack's SDK honours it, or refused by its name. A scalar is the text
that was written: a password of digits needs no quotation marks. A key that is in none of the tables is a warning, and has no effect;
so is one of how requests are made, for which functest has settings of its own.
The tables are generated, and a test holds them against the SDK's own list.

* Keys of `auth` may stand beside it. Each key is also a variable: `OS_` and the key in capital letters.
* `regions`: the one that `region_name` names, or the first, with its `values`. Where no region is given and the catalog has several,
  the first of the catalog is used for all services, and that is said. `OS_REGION_NAME` counts beside `OS_CLOUD`, and not beside `--cloud`.
* `cacert`: authorities that are believed beside those of this machine, or the server's own certificate.
* `cert` and `key`: the certificate that functest shows; the key may be in the same file.
* An identity service that the catalog does not have in the region, or not at all, is asked where the login went.
* A login may be for a project, a domain, the system (`system_scope: all`) or a trust.
* `~/` is the home folder, in every path.
";

#[test]
fn the_page_about_clouds_is_up_to_date() {
    let mut page = INTRODUCTION.to_owned();
    for (place, title) in [
        (Place::Auth, "Keys of `auth`"),
        (Place::Cloud, "Keys of a cloud"),
        (Place::Service, "Keys of one service, behind its type: `compute_endpoint_override`"),
    ] {
        write!(page, "\n## {title}\n\n| Honoured | Refused | Said to have no effect | Without effect |\n| --- | --- | --- | --- |\n").unwrap();
        let of = |fate: Fate| {
            let keys = known_keys().filter(|(where_to, _, of_key)| (*where_to, *of_key) == (place, fate));
            keys.map(|(_, key, _)| format!("`{key}`")).collect::<Vec<_>>().join(", ")
        };
        let fates = [Fate::Honoured, Fate::Refused, Fate::Unheeded, Fate::WithoutEffect].map(of);
        writeln!(page, "| {} |", fates.join(" | ")).unwrap();
    }
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/clouds.md"));
    if std::env::var_os("FUNCTEST_UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(path, &page).unwrap();
    }
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(page == checked_in, "FUNCTEST_UPDATE=1 cargo test -p functest-openstack --test keys brings it up to date");
}
