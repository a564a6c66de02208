//! The certificates of this computer: an authority of its own, made once and kept in the database, and short
//! certificates that it signs for the addresses under which others come.
//!
//! Whoever trusts the authority trusts it for this computer only: it is held to networks of their own, to
//! `.local` and to the names that the person gave (name constraints, RFC 5280, 4.2.1.10), and can make no
//! other authority. A theft of its key lets nobody speak for the rest of the web.

use std::net::IpAddr;

use hearth_app::App;
use hearth_domain::{NetworkName, Secret};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use tokio_rustls::rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject,
};

use super::names::{Names, OWN_DOMAIN, OWN_NETWORKS};
use crate::Error;

/// How long an authority is good.
const AUTHORITY_LASTS: Duration = Duration::days(3650);
/// An authority that ends sooner is replaced at the next start.
const AUTHORITY_LEFT: Duration = Duration::days(90);
/// How long a certificate is good. Apple's systems take none of more than 825 days.
const CERTIFICATE_LASTS: Duration = Duration::days(90);
/// A certificate that ends sooner is made anew.
const CERTIFICATE_LEFT: Duration = Duration::days(30);
/// Clocks of other computers may be late by this much.
const CLOCKS_DIFFER: Duration = Duration::days(1);

/// What is kept of an authority.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Its common name.
    name: String,
    /// Its certificate, in PEM.
    certificate: String,
    /// Its key, PKCS #8 in PEM.
    key: String,
    /// The names that it may speak for beside those of every network of its own.
    names: Vec<String>,
    /// Its end, in seconds since 1970.
    until: i64,
}

/// Signs for this computer.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
}

/// A certificate with its key.
pub(super) struct Certified {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) key: PrivateKeyDer<'static>,
    /// When the next one is due.
    pub(super) renew: OffsetDateTime,
}

impl Authority {
    /// That of this computer, made now where there is none yet, or where it may not speak for these names:
    /// then whoever trusted the one before has to be told.
    pub(super) async fn of(app: &App, names: &Names) -> Result<Self, Error> {
        let given: Vec<String> = names.given().iter().map(NetworkName::in_url).collect();
        let now = OffsetDateTime::now_utc();
        let kept = app.network_authority().await.map_err(Error::Kept)?;
        // One that cannot be read is as good as none.
        let kept = kept.and_then(|kept| serde_json::from_str::<Kept>(kept.expose()).ok());
        let kept = kept.filter(|kept| {
            given.iter().all(|name| kept.names.contains(name))
                && kept.until > (now + AUTHORITY_LEFT).unix_timestamp()
        });
        if let Some(authority) = kept.and_then(|kept| Self::read(&kept).ok()) {
            return Ok(authority);
        }
        tracing::info!("an authority for other computers is made");
        let made = Self::make(names, given, now)?;
        let authority = Self::read(&made)?;
        let text = serde_json::to_string(&made).map_err(certificate)?;
        app.network_authority_save(Secret::new(text)).await.map_err(Error::Kept)?;
        Ok(authority)
    }

    fn make(names: &Names, given: Vec<String>, now: OffsetDateTime) -> Result<Kept, Error> {
        let key = KeyPair::generate().map_err(certificate)?;
        let mut mark = [0; 4];
        getrandom::fill(&mut mark).map_err(|_| Error::NoRandomness)?;
        // Two authorities of one name would hide each other where both are trusted.
        let name = format!("Hearth of this computer {}", data_encoding::HEXLOWER.encode(&mark));
        let mut params = parameters(&name);
        (params.not_before, params.not_after) = (now - CLOCKS_DIFFER, now + AUTHORITY_LASTS);
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: permitted(names).collect(),
            excluded_subtrees: Vec::new(),
        });
        let signed = params.self_signed(&key).map_err(certificate)?;
        Ok(Kept {
            name,
            certificate: signed.pem(),
            key: key.serialize_pem(),
            names: given,
            until: params.not_after.unix_timestamp(),
        })
    }

    fn read(kept: &Kept) -> Result<Self, Error> {
        let key = KeyPair::from_pem(&kept.key).map_err(certificate)?;
        let der =
            CertificateDer::from_pem_slice(kept.certificate.as_bytes()).map_err(certificate)?;
        let issuer = Issuer::new(parameters(&kept.name), key);
        Ok(Self { issuer, certificate: der, pem: kept.certificate.clone() })
    }

    /// What others are to trust, in PEM.
    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// Its SHA-256, as browsers and `openssl` write it.
    pub(super) fn fingerprint(&self) -> String {
        let digest = Sha256::digest(&self.certificate);
        let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }

    /// A certificate for these names, with a key of its own.
    pub(super) fn certify(
        &self,
        names: &[NetworkName],
        now: OffsetDateTime,
    ) -> Result<Certified, Error> {
        let key = KeyPair::generate().map_err(certificate)?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Hearth");
        params.subject_alt_names = names.iter().map(alternative).collect::<Result<_, _>>()?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        (params.not_before, params.not_after) = (now - CLOCKS_DIFFER, now + CERTIFICATE_LASTS);
        let signed = params.signed_by(&key, &self.issuer).map_err(certificate)?;
        Ok(Certified {
            certificate: signed.der().clone(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            renew: params.not_after - CERTIFICATE_LEFT,
        })
    }
}

/// What every signature of an authority needs of it.
fn parameters(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn permitted(names: &Names) -> impl Iterator<Item = GeneralSubtree> {
    let networks = OWN_NETWORKS.iter().map(|&(address, length)| subtree(address, length));
    let given = names.given().iter().map(|name| match name {
        NetworkName::Host(name) => GeneralSubtree::DnsName(name.clone()),
        NetworkName::Address(address) => {
            subtree(*address, if address.is_ipv4() { 32 } else { 128 })
        }
    });
    networks.chain([GeneralSubtree::DnsName(OWN_DOMAIN.to_owned())]).chain(given)
}

fn subtree(address: IpAddr, length: u8) -> GeneralSubtree {
    GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, length))
}

fn alternative(name: &NetworkName) -> Result<SanType, Error> {
    Ok(match name {
        NetworkName::Host(name) => SanType::DnsName(name.as_str().try_into().map_err(certificate)?),
        NetworkName::Address(address) => SanType::IpAddress(*address),
    })
}

fn certificate<E: std::error::Error + Send + Sync + 'static>(error: E) -> Error {
    Error::Certificate(Box::new(error))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio_rustls::rustls::{
        RootCertStore,
        client::{WebPkiServerVerifier, danger::ServerCertVerifier},
        crypto::ring,
        pki_types::{ServerName, UnixTime},
    };

    use super::*;

    fn authority(given: &[&str]) -> Authority {
        let given: Vec<String> = given.iter().map(|name| (*name).to_owned()).collect();
        let names = Names::read(&given).unwrap();
        let made = Authority::make(&names, given, OffsetDateTime::now_utc()).unwrap();
        Authority::read(&made).unwrap()
    }

    /// Whether a client that trusts the authority believes that it speaks to this name, so many days on.
    fn believes(authority: &Authority, name: &str, days: i64) -> bool {
        let now = OffsetDateTime::now_utc();
        let signed = authority.certify(&[NetworkName::parse(name).unwrap()], now).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(authority.certificate.clone()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
        let later = std::time::Duration::from_secs(
            (now + Duration::days(days)).unix_timestamp().unsigned_abs(),
        );
        let server = ServerName::try_from(name.to_owned()).unwrap();
        let when = UnixTime::since_unix_epoch(later);
        let verifier = verifier.build().unwrap();
        verifier.verify_server_cert(&signed.certificate, &[], &server, &[], when).is_ok()
    }

    #[test]
    fn a_stolen_authority_speaks_for_no_name_of_the_rest_of_the_web() {
        let authority = authority(&["box.example.org", "9.9.9.9"]);
        for ours in
            ["box.example.org", "9.9.9.9", "box.local", "192.168.1.7", "10.1.2.3", "fd00::7"]
        {
            assert!(believes(&authority, ours, 0), "{ours}");
        }
        for foreign in ["bank.example", "example.org", "9.9.9.8", "2001:db8::1"] {
            assert!(!believes(&authority, foreign, 0), "{foreign}");
        }
    }

    #[test]
    fn a_certificate_ends_and_is_made_anew_before() {
        let authority = authority(&[]);
        assert!(believes(&authority, "box.local", 89));
        assert!(!believes(&authority, "box.local", 91));
        let now = OffsetDateTime::now_utc();
        let signed = authority.certify(&[], now).unwrap();
        assert_eq!(signed.renew, now + Duration::days(60));
    }

    #[test]
    fn what_was_kept_speaks_on_and_its_fingerprint_is_that_of_its_certificate() {
        let given = Vec::new();
        let names = Names::read(&given).unwrap();
        let made = Authority::make(&names, given, OffsetDateTime::now_utc()).unwrap();
        let (one, other) = (Authority::read(&made).unwrap(), Authority::read(&made).unwrap());
        assert_eq!((one.pem(), one.fingerprint()), (other.pem(), other.fingerprint()));
        assert_eq!(one.fingerprint().len(), 32 * 3 - 1);
        assert!(believes(&other, "box.local", 0));
    }
}
