//! The port as other computers reach it: TLS with certificates of its own, HTTP/2, the same keys, and nothing
//! that belongs to this computer alone.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::body::Body;
use hearth_domain::{PortRights, PortScope};
use hearth_server::{Error, NetworkConfig};
use http_body_util::BodyExt;
use hyper::{Request, Version, client::conn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{sleep, timeout},
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

use crate::support::{House, PATIENCE};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn config(names: &[&str]) -> NetworkConfig {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    NetworkConfig { host: HERE, port: 0, names }
}

/// Lets others in, and says where.
async fn let_in(house: &mut House, names: &[&str]) -> SocketAddr {
    house.port.keep_network(Some(config(names))).await.unwrap();
    let urls = house.app.server_status().network.unwrap().urls;
    urls[0].strip_prefix("https://").unwrap().parse().unwrap()
}

fn certificate(house: &House) -> String {
    house.app.server_status().network.unwrap().certificate
}

/// A program on another computer that trusts this certificate.
fn connector(pem: &str, protocol: &str) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.into()];
    TlsConnector::from(Arc::new(config))
}

/// Greets under this name, from this address of the computer.
async fn greet(
    pem: &str,
    protocol: &str,
    at: SocketAddr,
    name: &str,
    from: IpAddr,
) -> std::io::Result<TlsStream<TcpStream>> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from, 0))?;
    let stream = socket.connect(at).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    timeout(PATIENCE, connector(pem, protocol).connect(name, stream)).await.unwrap()
}

/// Asks over HTTP/1.1 with these lines of a head, and reads the status and the rest.
async fn ask(pem: &str, at: SocketAddr, name: &str, head: &str) -> (u16, String) {
    let mut stream = greet(pem, "http/1.1", at, name, HERE).await.unwrap();
    let request = format!("{head}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A server may close without the farewell of TLS.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

#[tokio::test]
async fn ac_08_other_computers_are_let_in_only_where_that_is_wanted_and_only_with_a_key() {
    let mut house = House::open_with(None).await;
    let refused = house.port.keep_network(Some(config(&[]))).await;
    assert!(matches!(refused, Err(Error::NoKey)), "{refused:?}");
    assert_eq!(house.app.server_status().network, None);

    let key = house.key("a program", PortRights::full()).await;
    let refused = house.port.keep_network(Some(config(&["no name"]))).await;
    assert!(matches!(refused, Err(Error::NoName(_))), "{refused:?}");
    let at = let_in(&mut house, &["box.lan"]).await;
    let pem = certificate(&house);
    for name in [at.ip().to_string(), "box.lan".into()] {
        let host = format!("Host: {name}:{}", at.port());
        let with_key = format!("GET /v1/models HTTP/1.1\r\n{host}\r\n{key}");
        let (status, answer) = ask(&pem, at, &name, &with_key).await;
        assert!(status == 200 && answer.contains("smollm2-135m-instruct"), "{answer}");
        let (status, answer) =
            ask(&pem, at, &name, &format!("GET /v1/models HTTP/1.1\r\n{host}")).await;
        assert_eq!(status, 401, "{answer}");
    }
    // The list of names is exact there too, though the address is one that everybody may reach.
    for foreign in ["evil.example", "localhost", "x.box.lan"] {
        let head = format!("GET /v1/models HTTP/1.1\r\nHost: {foreign}:{}\r\n{key}", at.port());
        let (status, answer) = ask(&pem, at, "box.lan", &head).await;
        assert!(status == 403 && answer.contains("foreign_origin"), "{foreign}: {answer}");
    }
    let page =
        format!("GET /v1/models HTTP/1.1\r\nHost: {at}\r\nOrigin: https://evil.example\r\n{key}");
    assert_eq!(ask(&pem, at, "box.lan", &page).await.0, 403);

    house.port.keep_network(None).await.unwrap();
    assert_eq!(house.app.server_status().network, None);
    assert!(TcpStream::connect(at).await.is_err(), "nobody listens any longer");
    let folder = house.app.data_folder().logs();
    let logged = async {
        loop {
            let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
            let log: String = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
            if log.lines().count() >= 4 {
                return log;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let log = timeout(PATIENCE, logged).await.unwrap();
    assert!(log.contains("\"network\":true") && !log.contains("\"network\":false"), "{log}");
    house.close().await;
}

#[tokio::test]
async fn what_belongs_to_this_computer_alone_is_not_there_for_others() {
    let mut house = House::open().await;
    let cookie = house.sign_in().await;
    let at = let_in(&mut house, &[]).await;
    let (pem, name) = (certificate(&house), at.ip().to_string());
    let head = |line: &str, more: &str| format!("{line} HTTP/1.1\r\nHost: {at}{more}");
    let page = head("GET /", "");
    assert_eq!(ask(&pem, at, &name, &page).await.0, 404, "no page of ours is served");
    let json = "\r\nContent-Type: application/json\r\nContent-Length: 2";
    let (status, _) = ask(&pem, at, &name, &head("POST /api/session", json)).await;
    assert_eq!(status, 404, "no browser signs in");
    let signed = head("GET /v1/models", &format!("\r\n{cookie}"));
    assert_eq!(ask(&pem, at, &name, &signed).await.0, 401, "a browser's cookie opens nothing");
    // Here it still does.
    assert_eq!(house.ask("GET /v1/models", &[&cookie], "").await.status, 200);

    let mut plain = TcpStream::connect(at).await.unwrap();
    plain.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, plain.read_to_end(&mut answer)).await.unwrap();
    assert!(!answer.starts_with(b"HTTP"), "nothing is said without TLS");
    house.close().await;
}

#[tokio::test]
async fn ac_08_a_program_lets_no_other_computers_in_whatever_its_key_opens() {
    let house = House::open().await;
    let scopes = vec![PortScope::Admin];
    let admin = house.key("admin", PortRights { scopes, ..PortRights::default() }).await;
    let change = async |who: &[&str], patch: &str| {
        let body = format!(r#"{{"patch": {{"server": {patch}}}}}"#);
        let headers = [who, &["Content-Type: application/json"]].concat();
        house.ask("POST /api/rpc/settings_update", &headers, &body).await
    };
    for patch in [r#"{"network": {"enabled": true}}"#, r#"{"network": null}"#] {
        let refused = change(&[&admin], patch).await;
        assert!(refused.status == 403 && refused.body.contains("forbidden"), "{}", refused.body);
    }
    assert!(!house.app.settings().server.network.enabled);
    assert_eq!(change(&[&admin], r#"{"log_days": 3}"#).await.status, 200);
    let (cookie, origin) = (house.sign_in().await, house.origin());
    let person = change(&[&cookie, &origin], r#"{"network": {"enabled": true}}"#).await;
    assert_eq!(person.status, 200, "{}", person.body);
    house.close().await;
}

#[tokio::test]
async fn http_2_answers_many_requests_of_one_connection_and_checks_each() {
    let mut house = House::open().await;
    let at = let_in(&mut house, &["box.lan"]).await;
    let pem = certificate(&house);
    let stream = greet(&pem, "h2", at, "box.lan", HERE).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let io = TokioIo::new(stream);
    let (client, connection) =
        conn::http2::handshake::<_, _, Body>(TokioExecutor::new(), io).await.unwrap();
    let running = tokio::spawn(connection);
    let ask = |host: &str, key: bool| {
        let mut request = Request::get(format!("https://{host}:{}/v1/models", at.port()));
        if key {
            request = request.header("x-api-key", crate::support::KEY);
        }
        let sent = client.clone().send_request(request.body(Body::empty()).unwrap());
        async move {
            let answer = sent.await.unwrap();
            assert_eq!(answer.version(), Version::HTTP_2);
            let status = answer.status().as_u16();
            (status, answer.into_body().collect().await.unwrap().to_bytes())
        }
    };
    let all = futures::future::join_all((0..40).map(|_| ask("box.lan", true))).await;
    assert!(all.iter().all(|(status, body)| *status == 200 && body == &all[0].1));
    assert_eq!(ask("box.lan", false).await.0, 401);
    assert_eq!(ask("evil.example", true).await.0, 403);
    // The end in order: the connection is told, and ends.
    house.port.keep_network(None).await.unwrap();
    timeout(PATIENCE, running).await.unwrap().unwrap().unwrap();
    drop(client);
    house.close().await;
}

#[tokio::test]
async fn whoever_was_trusted_once_stays_so_until_it_must_speak_for_another_name() {
    let mut house = House::open().await;
    let at = let_in(&mut house, &["box.lan"]).await;
    let first = house.app.server_status().network.unwrap();
    assert!(greet(&first.certificate, "h2", at, "box.lan", HERE).await.is_ok());
    let wrong = greet(&first.certificate, "h2", at, "other.lan", HERE).await;
    assert!(wrong.is_err(), "the certificate names what was given");
    house.port.keep_network(None).await.unwrap();

    let at = let_in(&mut house, &[]).await;
    let again = house.app.server_status().network.unwrap();
    assert_eq!((&again.certificate, &again.fingerprint), (&first.certificate, &first.fingerprint));
    let address = at.ip().to_string();
    assert!(greet(&first.certificate, "h2", at, &address, HERE).await.is_ok());

    let at = let_in(&mut house, &["other.lan"]).await;
    let other = house.app.server_status().network.unwrap();
    assert_ne!(other.fingerprint, first.fingerprint);
    assert!(greet(&first.certificate, "h2", at, "other.lan", HERE).await.is_err());
    assert!(greet(&other.certificate, "h2", at, "other.lan", HERE).await.is_ok());
    house.close().await;
}

#[tokio::test]
async fn one_computer_that_says_nothing_on_all_its_connections_keeps_no_other_one_out() {
    let mut house = House::open().await;
    let at = let_in(&mut house, &[]).await;
    let (pem, name) = (certificate(&house), at.ip().to_string());
    let mut silent = Vec::new();
    for _ in 0..128 {
        silent.push(TcpStream::connect(at).await.unwrap());
    }
    let other = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
    assert!(greet(&pem, "http/1.1", at, &name, other).await.is_ok());
    assert!(greet(&pem, "http/1.1", at, &name, HERE).await.is_err(), "it has its share");
    // Who left makes room.
    drop(silent);
    timeout(PATIENCE, async {
        while greet(&pem, "http/1.1", at, &name, HERE).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    house.close().await;
}
