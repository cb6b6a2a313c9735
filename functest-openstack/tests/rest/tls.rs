// SPDX-License-Identifier: Apache-2.0
//! Whom we believe to be the cloud, and what is said when we do not.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use functest_openstack::connect::Tls;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto};

use super::*;

/// A certificate and its key.
struct Own {
    der: CertificateDer<'static>,
    pem: String,
    key: KeyPair,
}

fn params(name: &str, is_authority: bool) -> CertificateParams {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.is_ca = if is_authority { IsCa::Ca(BasicConstraints::Unconstrained) } else { IsCa::ExplicitNoCa };
    params
}

fn self_signed(params: &CertificateParams) -> Own {
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Own { der: certificate.der().clone(), pem: certificate.pem(), key }
}

/// An authority, and a certificate that it has signed.
fn signed(name: &str) -> (Own, Own) {
    signed_as(&params(name, false))
}

fn signed_as(params_of_server: &CertificateParams) -> (Own, Own) {
    let issuer = CertifiedIssuer::self_signed(params("an-authority", true), KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = params_of_server.signed_by(&key, &issuer).unwrap();
    let authority = Own { der: issuer.der().clone(), pem: issuer.pem(), key: KeyPair::generate().unwrap() };
    (authority, Own { der: certificate.der().clone(), pem: certificate.pem(), key })
}

/// Speaks TLS before a cloud that does not. Where `wants` names an authority, it wants certificates that it has signed.
async fn tls_before(cloud: &FakeCloud, own: &Own, wants: Option<&Own>) -> SocketAddr {
    let provider = Arc::new(crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let key = PrivateKeyDer::try_from(own.key.serialize_der()).unwrap();
    let key = provider.key_provider.load_private_key(key).unwrap();
    let builder = match wants {
        None => builder.unwrap().with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der.clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.unwrap().with_client_cert_verifier(verifier)
        }
    };
    // What is wrong with the certificate is for the other side to say.
    let shown = SingleCertAndKey::from(CertifiedKey::new(vec![own.der.clone()], key));
    let acceptor = TlsAcceptor::from(Arc::new(builder.with_cert_resolver(Arc::new(shown))));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let behind = cloud.url().parse::<url::Url>().unwrap().socket_addrs(|| None).unwrap()[0];
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut tls) = acceptor.accept(stream).await else { return };
                let mut plain = TcpStream::connect(behind).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut tls, &mut plain).await;
            });
        }
    });
    address
}

/// A way to `address` that counts how often it is taken.
async fn counting(address: SocketAddr) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let counted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&counted);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut behind = TcpStream::connect(address).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut behind).await;
            });
        }
    });
    (port, counted)
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

async fn open(cloud: &FakeCloud, host: &str, port: u16, tls: Tls) -> Result<Connection, Error> {
    let mut config = cloud.config(password(), Some(by_id(PROJECT)));
    config.auth_url = format!("https://{host}:{port}/identity/v3").parse().unwrap();
    config.tls = tls;
    Connection::open(&config, ConnectionOptions { policy: patient(), events: Emitter::discarding() }).await
}

fn trusting(cacert: PathBuf) -> Tls {
    Tls { cacert: Some(cacert), ..Tls::verified() }
}

#[tokio::test]
async fn an_authority_that_is_named_vouches_for_a_server() {
    let (cloud, folder) = (FakeCloud::start().await, Folder::new());
    let (authority, server) = signed("localhost");
    let address = tls_before(&cloud, &server, None).await;
    let ca = folder.file("ca.pem", &authority.pem);
    open(&cloud, "localhost", address.port(), trusting(ca.clone())).await.unwrap();
    let error = open(&cloud, "localhost", address.port(), Tls::verified()).await.unwrap_err().to_string();
    assert!(error.contains("an authority that is not known here: name that one in `cacert`"), "{error}");
    let error = open(&cloud, "127.0.0.1", address.port(), trusting(ca)).await.unwrap_err().to_string();
    assert!(error.contains("it is for another name than the URL's"), "{error}");
}

#[tokio::test]
async fn a_certificate_that_is_named_itself_is_believed() {
    let (cloud, folder) = (FakeCloud::start().await, Folder::new());
    // What `openssl req -x509` makes may be an authority's.
    for is_authority in [true, false] {
        let server = self_signed(&params("localhost", is_authority));
        let address = tls_before(&cloud, &server, None).await;
        let named = folder.file("server.pem", &server.pem);
        open(&cloud, "localhost", address.port(), trusting(named.clone())).await.unwrap();
        let error = open(&cloud, "127.0.0.1", address.port(), trusting(named)).await.unwrap_err().to_string();
        assert!(error.contains("it is for another name than the URL's"), "{error}");
        let other = folder.file("other.pem", &self_signed(&params("localhost", is_authority)).pem);
        let error = open(&cloud, "localhost", address.port(), trusting(other.clone())).await.unwrap_err().to_string();
        assert!(error.contains("/identity/v3/auth/tokens got no answer: "), "{error}");
        let unverified = Tls { verify: false, ..trusting(other) };
        open(&cloud, "localhost", address.port(), unverified).await.unwrap();
    }
}

#[tokio::test]
async fn a_time_that_is_over_is_said_also_of_a_certificate_that_is_named_itself() {
    let (cloud, folder) = (FakeCloud::start().await, Folder::new());
    let mut expired = params("localhost", true);
    expired.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let server = self_signed(&expired);
    let address = tls_before(&cloud, &server, None).await;
    let named = folder.file("server.pem", &server.pem);
    let error = open(&cloud, "localhost", address.port(), trusting(named)).await.unwrap_err().to_string();
    assert!(error.contains("its time is over, or a clock is wrong"), "{error}");
}

#[tokio::test]
async fn a_certificate_of_ours_is_shown() {
    let (cloud, folder) = (FakeCloud::start().await, Folder::new());
    let (authority, server) = signed("localhost");
    let (clients, own) = signed("a-client");
    let address = tls_before(&cloud, &server, Some(&clients)).await;
    let ca = folder.file("ca.pem", &authority.pem);
    let (cert, key) = (folder.file("own.pem", &own.pem), folder.file("own.key", &own.key.serialize_pem()));
    let both = folder.file("both.pem", &format!("{}{}", own.key.serialize_pem(), own.pem));
    let shown = Tls { cert: Some(cert.clone()), key: Some(key.clone()), ..trusting(ca.clone()) };
    open(&cloud, "localhost", address.port(), shown).await.unwrap();
    let in_one = Tls { cert: Some(both), ..trusting(ca.clone()) };
    open(&cloud, "localhost", address.port(), in_one).await.unwrap();
    let unverified = Tls { cert: Some(cert.clone()), key: Some(key), verify: false, cacert: None };
    open(&cloud, "localhost", address.port(), unverified).await.unwrap();
    let error = open(&cloud, "localhost", address.port(), trusting(ca.clone())).await.unwrap_err().to_string();
    assert!(error.contains("the server wants one of ours: name it in `cert` and `key`"), "{error}");
    let other = folder.file("other.key", &KeyPair::generate().unwrap().serialize_pem());
    let mixed = Tls { cert: Some(cert.clone()), key: Some(other), ..trusting(ca.clone()) };
    let error = open(&cloud, "localhost", address.port(), mixed).await.unwrap_err().to_string();
    assert!(error.contains("do not go together"), "{error}");
    let keyless = Tls { cert: Some(cert), ..trusting(ca) };
    let error = open(&cloud, "localhost", address.port(), keyless).await.unwrap_err().to_string();
    assert!(error.contains("expected a certificate and its private key in PEM"), "{error}");
}

#[tokio::test]
async fn files_without_certificates_are_named() {
    let (cloud, folder) = (FakeCloud::start().await, Folder::new());
    for (name, text, words) in [
        ("empty.pem", "", "there is no certificate in it"),
        ("torn.pem", "-----BEGIN CERTIFICATE-----\nno", "not a PEM file of certificates"),
        ("odd.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be used"),
    ] {
        let error = open(&cloud, "localhost", 1, trusting(folder.file(name, text))).await.unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(words), "{error}");
    }
}

/// The same certificate, as if it were of another version. Who looks at versions does not come as far as its signature.
fn of_version_1(own: Own) -> Own {
    let mut der = own.der.to_vec();
    let version_3 = [0xa0, 3, 2, 1, 2];
    let place = der.windows(version_3.len()).position(|bytes| bytes == version_3).unwrap();
    der[place + version_3.len() - 1] = 0;
    Own { der: der.into(), ..own }
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_said_in_words_and_at_once() {
    let (cloud, folder) = (FakeCloud::start().await, Folder::new());
    let mut early = params("localhost", false);
    early.not_before = rcgen::date_time_ymd(3000, 1, 1);
    let mut late = params("localhost", false);
    late.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let (authority, server) = signed("localhost");
    let (renewed, _) = signed("localhost");
    let mut of_another_name = params("an-authority", true);
    of_another_name.distinguished_name.push(rcgen::DnType::CommonName, "another");
    for ((authority, server), words) in [
        (signed_as(&early), "its time has not come, or a clock is wrong"),
        (signed_as(&late), "its time is over, or a clock is wrong"),
        (signed_as(&params("localhost", true)), "it is the certificate of an authority, not of a server"),
        (signed("elsewhere"), "it is for another name than the URL's"),
        ((authority, of_version_1(server)), "it is of an old version (X.509 v1), which cannot be verified"),
        ((self_signed(&of_another_name), signed("localhost").1), "it is signed by an authority that is not known here"),
        ((renewed, signed("localhost").1), "`cacert` may hold an older one of the same name"),
    ] {
        let (port, counted) = counting(tls_before(&cloud, &server, None).await).await;
        let ca = folder.file("ca.pem", &authority.pem);
        let text = open(&cloud, "localhost", port, trusting(ca)).await.unwrap_err().to_string();
        assert!(text.contains(words), "{words}: {text}");
        assert_eq!(counted.load(Ordering::SeqCst), 1, "what cannot change is not tried again: {text}");
    }
    assert!(cloud.server_requests().await.is_empty());
}
