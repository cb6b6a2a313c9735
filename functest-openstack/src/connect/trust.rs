// SPDX-License-Identifier: Apache-2.0
//! Whom we believe to be the cloud where `cacert` names certificates: whom the authorities among them vouch for, and who shows
//! one of them itself.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

/// A certificate of ours, with those that lead to its authority, and its key.
pub(super) type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// What an HTTP client needs to trust `named`, and the authorities of this machine.
///
/// # Errors
/// In words, when one of the certificates or the key cannot be used.
pub(super) fn trusting(named: Vec<CertificateDer<'static>>, own: Option<Identity>) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Named::new(named, &provider)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    match own {
        Some((chain, key)) => builder
            .with_client_auth_cert(chain, key)
            .map_err(|error| format!("the certificate and the key of `cert` and `key` do not go together: {error}")),
        None => Ok(builder.with_no_client_auth()),
    }
}

#[derive(Debug)]
struct Named {
    authorities: Arc<WebPkiServerVerifier>,
    named: Vec<CertificateDer<'static>>,
}

impl Named {
    fn new(named: Vec<CertificateDer<'static>>, provider: &Arc<CryptoProvider>) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        for certificate in &named {
            let unusable = |error| format!("a certificate in it cannot be used: {error}");
            roots.add(certificate.clone()).map_err(unusable)?;
        }
        // What of the machine's own cannot be read vouches for nobody.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let authorities = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { authorities, named })
    }

    /// Whether a server was only refused because its certificate could be an authority's: it is believed if that very
    /// certificate was named. When this is found out, its time has been looked at.
    fn is_named_itself(&self, shown: &CertificateDer<'_>, error: &rustls::Error) -> bool {
        let rustls::Error::InvalidCertificate(CertificateError::Other(reason)) = error else { return false };
        reason.to_string().contains("CaUsedAsEndEntity") && self.named.iter().any(|named| named == shown)
    }
}

impl ServerCertVerifier for Named {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match self.authorities.verify_server_cert(shown, between, name, ocsp, now) {
            Err(error) if self.is_named_itself(shown, &error) => {
                verify_server_name(&ParsedCertificate::try_from(shown)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.authorities.verify_tls12_signature(message, shown, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.authorities.verify_tls13_signature(message, shown, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}
