// SPDX-License-Identifier: Apache-2.0
//! Every verb, by its noun: what each front end offers, under the same words.

/// Every verb, by its noun, in the order of help texts. Where there is no second word, the noun is its own verb.
///
/// A front end is tested against it, so that none lacks a verb or has one that the others have not.
pub const VERBS: &[(&str, Option<&str>)] = &[
    ("run", None),
    ("tier", Some("list")),
    ("tier", Some("show")),
    ("testcase", Some("list")),
    ("testcase", Some("show")),
    ("openstack", Some("check")),
    ("openstack", Some("clean")),
    ("nodes", Some("list")),
    ("nodes", Some("show")),
    ("nodes", Some("exec")),
    ("nodes", Some("ssh")),
    ("nodes", Some("put")),
    ("nodes", Some("get")),
    ("nodes", Some("logs")),
    ("nodes", Some("service")),
    ("nodes", Some("detect")),
    ("sut", Some("info")),
    ("sut", Some("credentials")),
    #[cfg(feature = "sandbox")]
    ("sandbox", Some("serve")),
    #[cfg(feature = "sandbox")]
    ("sandbox", Some("matrix")),
    ("report", None),
    ("config", Some("show")),
];
