//! Whose certificates are believed: the roots of the system, and those that were given besides. TLS 1.2 and 1.3 by
//! `rustls` with `ring`; no switch turns the check off.
//!
//! On Linux the environment may name other files (`SSL_CERT_FILE`, `SSL_CERT_DIR`), as for most programs.

use std::{error, io, sync::Arc};

use tokio::{sync::Mutex, task, time::Instant};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        CertificateError, ClientConfig, Error as TlsError, RootCertStore,
        client::Resumption,
        crypto::ring,
        pki_types::{CertificateDer, pem::PemObject},
    },
};

use crate::{CertificateFault, Error, limits::ROOTS_KEPT, wire::TooMuch};

/// Who is believed. Read at the first use, because a program that never sends has no need of it.
#[derive(Default)]
pub(crate) struct Trust {
    given: Vec<CertificateDer<'static>>,
    read: Mutex<Option<(Instant, TlsConnector)>>,
}

impl Trust {
    /// That of the system and of these authorities, in PEM.
    pub(crate) fn with(pem: &[u8]) -> Result<Self, Error> {
        let given: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|_| Error::InvalidRoots)?;
        let mut roots = RootCertStore::empty();
        let all_good = given.iter().all(|root| roots.add(root.clone()).is_ok());
        if given.is_empty() || !all_good {
            return Err(Error::InvalidRoots);
        }
        Ok(Self { given, read: Mutex::default() })
    }

    /// What greets a server, with roots that are not older than [`ROOTS_KEPT`].
    pub(crate) async fn connector(&self) -> Result<TlsConnector, Error> {
        let mut read = self.read.lock().await;
        let now = Instant::now();
        if let Some((_, connector)) = read.as_ref().filter(|(when, _)| now < *when + ROOTS_KEPT) {
            return Ok(connector.clone());
        }
        let given = self.given.clone();
        // Some hundred files on some systems.
        let made = task::spawn_blocking(move || connector(roots(given))).await;
        let made = made.unwrap_or(Err(Error::NoRoots))?;
        *read = Some((now, made.clone()));
        Ok(made)
    }
}

fn roots(given: Vec<CertificateDer<'static>>) -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(kind = ?error.kind, "some roots of the system cannot be read");
    }
    let mut roots = RootCertStore::empty();
    // Old systems keep some that no longer can be parsed: they are left out, not fatal.
    roots.add_parsable_certificates(found.certs);
    roots.add_parsable_certificates(given);
    roots
}

fn connector(roots: RootCertStore) -> Result<TlsConnector, Error> {
    if roots.is_empty() {
        return Err(Error::NoRoots);
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| Error::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A ticket would let a server tell that two requests are from one computer.
    config.resumption = Resumption::disabled();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// What an error of the connection means, wherever in its chain the reason is.
pub(crate) fn fault(error: &(dyn error::Error + 'static)) -> Error {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<TlsError>() {
            return of_tls(error);
        }
        if error.is::<TooMuch>() {
            return Error::TooLarge;
        }
        // The source of an `io::Error` is that of the error inside, not that error itself.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inside) => Some(inside),
            None => error.source(),
        };
    }
    Error::Broken
}

fn of_tls(error: &TlsError) -> Error {
    let TlsError::InvalidCertificate(error) = error else { return Error::Tls };
    Error::Certificate(match error {
        // The second is an authority of the same name with another key, such as one that was made anew.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            CertificateFault::Untrusted
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => CertificateFault::Expired,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::WrongName
        }
        _ => CertificateFault::Unfit,
    })
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
    use tokio::time;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn roots_are_read_once_and_again_after_some_hours() {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let authority = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let trust = Trust::with(authority.pem().as_bytes()).unwrap();
        let first = trust.connector().await.unwrap();
        time::advance(ROOTS_KEPT / 2).await;
        let second = trust.connector().await.unwrap();
        assert!(Arc::ptr_eq(first.config(), second.config()));
        time::advance(ROOTS_KEPT / 2).await;
        let third = trust.connector().await.unwrap();
        assert!(!Arc::ptr_eq(first.config(), third.config()));
    }
}
