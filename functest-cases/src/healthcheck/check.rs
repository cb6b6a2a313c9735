// SPDX-License-Identifier: Apache-2.0
//! What checks are made of: expectations about answers.

use functest_core::case::{Check, CheckError, Make};
use functest_openstack::Error;

/// The mark of a check whose original only tested its own argument checking.
const CLOUD_RULE: &str = "the original tested its own arguments; this tests the cloud's rule for that input";

/// A check of the cloud's rule for input that the original refused by itself.
pub(super) const fn rule<C>(name: &'static str, states: &'static str, make: Make<C>) -> Check<C> {
    Check::marked(name, states, CLOUD_RULE, make)
}

/// Fails with `message` unless `holds`.
pub(super) fn ensure(holds: bool, message: impl FnOnce() -> String) -> Result<(), CheckError> {
    if holds { Ok(()) } else { Err(CheckError::failed(message())) }
}

/// Fails unless the two are the same.
pub(super) fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: T, found: T) -> Result<(), CheckError> {
    ensure(expected == found, || format!("{what}: expected {expected:?}, found {found:?}"))
}

/// Fails unless the cloud refused with one of these statuses. What is expected to be refused is `what`.
pub(super) fn refused<T>(what: &str, result: Result<T, Error>, statuses: &[u16]) -> Result<(), CheckError> {
    let words = || statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(" or ");
    match result {
        Ok(_) => Err(CheckError::failed(format!("{what}: the cloud accepted it, expected {}", words()))),
        Err(error) => match error.status() {
            Some(status) if statuses.contains(&status) => Ok(()),
            Some(_) => Err(CheckError::Failed {
                message: format!("{what}: expected {}, but {error}", words()),
                request: error.request().cloned(),
            }),
            None => Err(error.into()),
        },
    }
}

/// What is wrong with the setting `cidr`.
pub(super) fn cidr_problem(cidr: &str) -> Option<(&'static str, String)> {
    let parsed = cidr.split_once('/').and_then(|(base, bits)| {
        let base: std::net::Ipv4Addr = base.parse().ok()?;
        let bits: u8 = bits.parse().ok()?;
        Some((base, bits))
    });
    let fits = parsed.is_some_and(|(_, bits)| (8..=29).contains(&bits));
    (!fits).then(|| ("cidr", format!("`{cidr}` is not an IPv4 range of /8 to /29, such as 10.0.0.0/24")))
}
