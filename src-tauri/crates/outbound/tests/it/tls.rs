//! Secured connections with an authority of the test's own.

use std::{future, net::SocketAddr, sync::Arc};

use hearth_outbound::{
    CONNECT_TIME, CertificateFault, Error, Outbound, Outcome, Target, WHOLE_TIME,
};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    task::JoinHandle,
    time,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        HandshakeKind, ServerConfig, SupportedProtocolVersion, crypto::ring,
        pki_types::PrivatePkcs8KeyDer, version,
    },
};

use crate::support::{Lies, Lines, answering, lied_to, local, post, read_request, server};

const FINE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// Signs certificates for the test.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        Self::named("Authority of a test")
    }

    fn named(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    fn acceptor(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
        versions: &[&'static SupportedProtocolVersion],
    ) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }

    /// A server of this name. It tells the name that was asked for in the greeting, and the request.
    async fn server(&self, name: &str) -> (SocketAddr, JoinHandle<Option<(String, String)>>) {
        self.server_with(name, |_| {}, &[&version::TLS13, &version::TLS12]).await
    }

    async fn server_with(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
        versions: &[&'static SupportedProtocolVersion],
    ) -> (SocketAddr, JoinHandle<Option<(String, String)>>) {
        let acceptor = self.acceptor(name, change, versions);
        server(async move |stream| {
            // The other end may not believe us.
            let mut stream = acceptor.accept(stream).await.ok()?;
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
            let name = stream.get_ref().1.server_name().unwrap_or_default().to_owned();
            let request = read_request(&mut stream).await;
            stream.write_all(FINE).await.unwrap();
            let _ = stream.shutdown().await;
            Some((name, request))
        })
        .await
    }
}

/// A way out that believes this authority, where `hook.example` is at the address.
fn believing(authority: &Authority, address: SocketAddr) -> (Outbound, Arc<Lines>) {
    let (outbound, lines, _) = lied_to(Lies::new(&[&["10.0.0.9"]]).leading_to(address));
    (outbound.with_roots(authority.pem.as_bytes()).unwrap(), lines)
}

fn hook() -> Target {
    local("https://hook.example/a?b")
}

#[tokio::test]
async fn a_server_whose_authority_is_believed_gets_the_request_and_its_name_in_the_greeting() {
    let authority = Authority::new();
    for versions in [&[&version::TLS13][..], &[&version::TLS12]] {
        let (address, server) = authority.server_with("hook.example", |_| {}, versions).await;
        let (outbound, lines) = believing(&authority, address);
        assert_eq!(post(&outbound, &hook()).await.unwrap().status, 200);
        let (name, request) = server.await.unwrap().unwrap();
        assert_eq!(name, "hook.example");
        assert!(request.starts_with("POST /a?b HTTP/1.1\r\nhost: hook.example\r\n"), "{request}");
        let line = lines.only();
        assert!(line.attempt.tls && line.outcome == Outcome::Answered(200));
        assert!(line.sent > request.len() as u64, "what TLS needs is counted too");
    }
}

#[tokio::test]
async fn a_server_that_is_only_an_address_shows_a_certificate_for_it() {
    let authority = Authority::new();
    let (address, server) = authority.server("127.0.0.1").await;
    let (outbound, _) = crate::support::outbound();
    let outbound = outbound.with_roots(authority.pem.as_bytes()).unwrap();
    let target = local(&format!("https://{address}/"));
    assert_eq!(post(&outbound, &target).await.unwrap().status, 200);
    let (name, request) = server.await.unwrap().unwrap();
    assert_eq!(name, "", "an address is no name of a greeting");
    assert!(request.contains(&format!("host: {address}\r\n")));
}

#[tokio::test]
async fn a_server_of_an_unknown_authority_is_not_believed_also_where_it_has_the_name_of_a_known_one()
 {
    for other in [Authority::named("Another"), Authority::new()] {
        let (address, server) = Authority::new().server("hook.example").await;
        let (outbound, lines) = believing(&other, address);
        let untrusted = Error::Certificate(CertificateFault::Untrusted);
        assert_eq!(post(&outbound, &hook()).await, Err(untrusted));
        assert!(server.await.unwrap().is_none(), "no request was sent");
        assert_eq!(lines.only().outcome, Outcome::Failed(untrusted));
    }
}

#[tokio::test]
async fn the_roots_of_the_system_do_not_know_an_authority_of_our_own() {
    let authority = Authority::new();
    let (address, server) = authority.server("hook.example").await;
    let (outbound, _, lies) = lied_to(Lies::new(&[&["10.0.0.9"]]).leading_to(address));
    match post(&outbound, &hook()).await.unwrap_err() {
        Error::Certificate(CertificateFault::Untrusted) => {
            assert!(server.await.unwrap().is_none(), "no request was sent");
        }
        // A bare machine: nothing was asked or connected to.
        error => {
            assert_eq!(error, Error::NoRoots);
            assert_eq!((lies.asked().len(), lies.dialed().len()), (0, 0));
        }
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_believed() {
    let authority = Authority::new();
    for name in ["other.example", "*.hook.example", "example", "10.0.0.9"] {
        let (address, server) = authority.server(name).await;
        let (outbound, _) = believing(&authority, address);
        let wrong = Error::Certificate(CertificateFault::WrongName);
        assert_eq!(post(&outbound, &hook()).await, Err(wrong), "{name}");
        assert!(server.await.unwrap().is_none(), "no request was sent");
    }
}

#[tokio::test]
async fn a_certificate_of_another_time_or_for_another_use_is_not_believed() {
    let over = |params: &mut CertificateParams| params.not_after = date_time_ymd(2001, 1, 1);
    let early = |params: &mut CertificateParams| params.not_before = date_time_ymd(4000, 1, 1);
    let unfit = |params: &mut CertificateParams| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    };
    let cases: [(fn(&mut CertificateParams), _); 3] = [
        (over, CertificateFault::Expired),
        (early, CertificateFault::Expired),
        (unfit, CertificateFault::Unfit),
    ];
    let authority = Authority::new();
    for (change, fault) in cases {
        let versions = [&version::TLS13];
        let (address, _) = authority.server_with("hook.example", change, &versions).await;
        let (outbound, _) = believing(&authority, address);
        assert_eq!(post(&outbound, &hook()).await, Err(Error::Certificate(fault)));
    }
}

#[tokio::test]
async fn a_server_without_tls_and_one_that_hangs_up_are_no_matter_of_certificates() {
    let authority = Authority::new();
    let (plain, _) = server(async |mut stream| {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    })
    .await;
    let (outbound, _) = believing(&authority, plain);
    assert_eq!(post(&outbound, &hook()).await, Err(Error::Tls));
    let (gone, _) = server(async |stream| drop(stream)).await;
    let (outbound, _) = believing(&authority, gone);
    assert_eq!(post(&outbound, &hook()).await, Err(Error::Broken));
}

#[tokio::test]
async fn a_server_that_never_greets_ends_with_the_time_to_connect() {
    let (address, _) = server(async |mut stream| {
        stream.read_u8().await.unwrap();
        time::pause();
        future::pending::<()>().await;
    })
    .await;
    let (outbound, lines) = believing(&Authority::new(), address);
    assert_eq!(post(&outbound, &hook()).await, Err(Error::TimedOut));
    let took = lines.only().took;
    assert!(took >= CONNECT_TIME && took < WHOLE_TIME, "{took:?}");
}

#[tokio::test]
async fn a_server_cannot_tell_by_the_greeting_that_it_was_asked_before() {
    let authority = Authority::new();
    for version in [&version::TLS13, &version::TLS12] {
        let acceptor = authority.acceptor("127.0.0.1", |_| {}, &[version]);
        let (outbound, _) = crate::support::outbound();
        let outbound = outbound.with_roots(authority.pem.as_bytes()).unwrap();
        for _ in 0..3 {
            let acceptor = acceptor.clone();
            let (address, greeted) = server(async move |stream| {
                let mut stream = acceptor.accept(stream).await.unwrap();
                read_request(&mut stream).await;
                stream.write_all(FINE).await.unwrap();
                stream.get_ref().1.handshake_kind()
            })
            .await;
            post(&outbound, &local(&format!("https://{address}/"))).await.unwrap();
            assert_eq!(greeted.await.unwrap(), Some(HandshakeKind::Full));
        }
    }
}

#[tokio::test]
async fn a_request_to_a_plain_address_is_never_secured_behind_ones_back() {
    let (address, server) = answering(FINE).await;
    let (outbound, _) = believing(&Authority::new(), address);
    post(&outbound, &local("http://hook.example/")).await.unwrap();
    assert!(server.await.unwrap().starts_with("POST / "));
}

#[test]
fn roots_that_are_no_certificates_are_refused() {
    let other = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in ["", "hello", other] {
        let (outbound, _) = crate::support::outbound();
        let refused = outbound.with_roots(pem.as_bytes()).map(|_| ());
        assert_eq!(refused, Err(Error::InvalidRoots), "{pem:?}");
    }
}
