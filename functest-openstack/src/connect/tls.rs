// SPDX-License-Identifier: Apache-2.0
//! The HTTP client of a cloud.

use std::path::Path;
use std::time::Duration;

use url::{Host, Url};

use super::Tls;
use crate::error::Error;

/// A client that verifies as `tls` says. It follows no redirects: a token must not go to another host.
pub(super) fn client(tls: &Tls, at: &Url, connect_deadline: Duration) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(connect_deadline)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("functest/", env!("CARGO_PKG_VERSION")))
        .danger_accept_invalid_certs(!tls.verify);
    if is_this_machine(at) {
        // A proxy for the world is no way to it.
        builder = builder.no_proxy();
    }
    if let Some(path) = &tls.cacert {
        let pem = std::fs::read(path).map_err(|source| Error::File { path: path.clone(), source })?;
        let unusable = |message: String| Error::Config { origin: path.display().to_string(), message };
        let certificates = reqwest::Certificate::from_pem_bundle(&pem)
            .map_err(|e| unusable(format!("not a PEM file of certificates: {e}")))?;
        if certificates.is_empty() {
            return Err(unusable("there is no certificate in it".into()));
        }
        for certificate in certificates {
            builder = builder.add_root_certificate(certificate);
        }
    }
    if let Some(cert) = &tls.cert {
        builder = builder.identity(own_certificate(cert, tls.key.as_deref())?);
    }
    builder.build().map_err(|e| Error::Internal(format!("cannot build an HTTP client: {e}")))
}

/// Whether that is a server on this machine.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The certificate that we show, with its key: in one file, or in two.
fn own_certificate(cert: &Path, key: Option<&Path>) -> Result<reqwest::Identity, Error> {
    let read = |path: &Path| std::fs::read(path).map_err(|source| Error::File { path: path.to_owned(), source });
    let mut pem = read(cert)?;
    if let Some(key) = key {
        pem.push(b'\n');
        pem.extend(read(key)?);
    }
    let message = "expected a certificate and its private key in PEM (the key may be in a file of its own: `key`)";
    let unusable = |_| Error::Config { origin: cert.display().to_string(), message: message.to_owned() };
    reqwest::Identity::from_pem(&pem).map_err(unusable)
}
