// SPDX-License-Identifier: Apache-2.0
//! What keeps a TLS connection from being made, in words, with the way out. None of it changes by being tried again.

use std::error::Error as StdError;
use std::io;

use rustls::{AlertDescription, CertificateError, Error as TlsError};

/// What is wrong with a handshake, where that is what ended a connection and would end the next one.
pub(super) fn problem(cause: &(dyn StdError + 'static)) -> Option<&'static str> {
    match tls_error(cause)? {
        TlsError::InvalidCertificate(certificate) => Some(of_certificate(certificate)),
        TlsError::InvalidMessage(_) => Some("this is no TLS: is it an http URL?"),
        TlsError::AlertReceived(alert) => of_alert(*alert),
        TlsError::PeerIncompatible(_) => Some("the server has no version or cipher of TLS that is still safe"),
        TlsError::NoCertificatesPresented => Some("the server shows no certificate"),
        _ => None,
    }
}

/// An error of the system may wrap one of TLS, more than once, without naming it as its source.
fn tls_error<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a TlsError> {
    match cause.downcast_ref::<io::Error>() {
        Some(wrapped) => tls_error(wrapped.get_ref()?),
        None => cause.downcast_ref::<TlsError>(),
    }
}

fn of_certificate(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::UnknownIssuer => {
            "it is signed by an authority that is not known here: name that one in `cacert`"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another name than the URL's"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its time is over, or a clock is wrong",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its time has not come, or a clock is wrong"
        }
        CertificateError::BadSignature => {
            "it is not signed with the key of the authority that it names: `cacert` may hold an older one of the same name"
        }
        CertificateError::Revoked => "it is revoked",
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            "it is the certificate of an authority, not of a server: have one signed by it, or set `verify: false`"
        }
        CertificateError::Other(other) if other.to_string().contains("UnsupportedCertVersion") => {
            "it is of an old version (X.509 v1), which cannot be verified: `verify: false` does without"
        }
        _ => "it cannot be verified: have a better one made, or set `verify: false`",
    }
}

fn of_alert(alert: AlertDescription) -> Option<&'static str> {
    match alert {
        AlertDescription::CertificateRequired => Some("the server wants one of ours: name it in `cert` and `key`"),
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied => Some("the server does not accept the certificate of `cert`"),
        AlertDescription::HandshakeFailure
        | AlertDescription::ProtocolVersion
        | AlertDescription::InsufficientSecurity
        | AlertDescription::NoApplicationProtocol => {
            Some("the server has no version or cipher of TLS in common with functest")
        }
        AlertDescription::UnrecognisedName => Some("the server does not know the name in the URL"),
        // The server is in disorder, and may be in order a little later.
        _ => None,
    }
}
