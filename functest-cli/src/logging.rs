// SPDX-License-Identifier: Apache-2.0
//! Messages for whoever looks for a fault in functest itself, on standard error.

use tracing_subscriber::EnvFilter;

use crate::global::{ColorChoice, Global};

/// The session crates show passwords in their debug messages: they never get below info, whatever is asked for. What SFTP
/// warns of, an error says as well.
const CAPPED: [&str; 8] = [
    "openstack=info",
    "osauth=info",
    "hyper=warn",
    "hyper_util=warn",
    "reqwest=warn",
    "rustls=warn",
    "russh=warn",
    "russh_sftp=error",
];

/// Starts logging at the level that `-v` and `-q` ask for.
pub(crate) fn start(global: &Global) {
    let level = match i16::from(global.verbose) - i16::from(global.quiet) {
        ..=-1 => "error",
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let filter = CAPPED.iter().fold(EnvFilter::new(level), |filter, directive| match directive.parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    });
    let ansi = match global.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => crate::output::wants_color(&std::io::stderr()),
    };
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(ansi);
    // A second start, in a test, keeps the first.
    let _ = subscriber.try_init();
}
