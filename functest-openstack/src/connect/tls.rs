// SPDX-License-Identifier: Apache-2.0
//! The HTTP client of a cloud.

use std::path::Path;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use url::Url;

use super::{Tls, trust};
use crate::error::Error;
use crate::rest::is_this_machine;

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
    match &tls.cacert {
        Some(path) if tls.verify => builder = builder.use_preconfigured_tls(trust(path, tls)?),
        _ => {
            if let Some(cert) = &tls.cert {
                let pem = own_pem(cert, tls.key.as_deref())?;
                builder = builder.identity(reqwest::Identity::from_pem(&pem).map_err(|_| no_identity(cert))?);
            }
        }
    }
    builder.build().map_err(|e| Error::Internal(format!("cannot build an HTTP client: {e}")))
}

/// Trust in what the file of `cacert` holds.
fn trust(cacert: &Path, tls: &Tls) -> Result<rustls::ClientConfig, Error> {
    let unusable = |message: String| Error::Config { origin: cacert.display().to_string(), message };
    let named = CertificateDer::pem_slice_iter(&read(cacert)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| unusable(format!("not a PEM file of certificates: {e}")))?;
    if named.is_empty() {
        return Err(unusable("there is no certificate in it".into()));
    }
    let own = tls.cert.as_deref().map(|cert| own_identity(cert, tls.key.as_deref())).transpose()?;
    trust::trusting(named, own).map_err(unusable)
}

/// The certificate that we show, with its key.
fn own_identity(cert: &Path, key: Option<&Path>) -> Result<trust::Identity, Error> {
    let pem = own_pem(cert, key)?;
    let chain = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    match (chain, PrivateKeyDer::from_pem_slice(&pem)) {
        (Ok(chain), Ok(key)) if !chain.is_empty() => Ok((chain, key)),
        _ => Err(no_identity(cert)),
    }
}

/// The files of the certificate that we show and its key: one, or two.
fn own_pem(cert: &Path, key: Option<&Path>) -> Result<Vec<u8>, Error> {
    let mut pem = read(cert)?;
    if let Some(key) = key {
        pem.push(b'\n');
        pem.extend(read(key)?);
    }
    Ok(pem)
}

fn no_identity(cert: &Path) -> Error {
    let message = "expected a certificate and its private key in PEM (the key may be in a file of its own: `key`)";
    Error::Config { origin: cert.display().to_string(), message: message.to_owned() }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::File { path: path.to_owned(), source })
}
