//! Why a request was not answered. No variant carries a sentence, a path or a query: those of an address may hold
//! secrets, and errors are shown, kept and logged.

use thiserror::Error;

/// Why a request was not answered, or an address not taken.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// The text is no address of `http` or `https` that this crate takes; see [`Target::parse`](crate::Target::parse).
    #[error("not an address that can be used")]
    InvalidAddress,
    /// The address is one where the request may not go: its port, its host, or an address that its name stands for.
    #[error("the address is not allowed")]
    Forbidden,
    /// A header was given that belongs to the connection, such as `Host`.
    #[error("a header is not the caller's to set")]
    ReservedHeader,
    /// The body or the headers of the request, or the head of the answer, are over their limit.
    #[error("too large")]
    TooLarge,
    /// No address was found for the name.
    #[error("the name was not found")]
    NameNotFound,
    /// No connection came about.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The server showed a certificate that is not believed.
    #[error("the certificate is not believed: {0}")]
    Certificate(#[from] CertificateFault),
    /// TLS failed for another reason than the certificate: no common version, or no TLS at all.
    #[error("no secure connection came about")]
    Tls,
    /// The system has no roots, so no certificate can be checked.
    #[error("the system has no roots of trust")]
    NoRoots,
    /// The given roots are no certificates in PEM.
    #[error("the given roots cannot be read")]
    InvalidRoots,
    /// The ledger could not be written, so that nothing was sent.
    #[error("it could not be written down")]
    Unrecorded,
    /// A limit of time was reached.
    #[error("no answer in time")]
    TimedOut,
    /// What came back is no answer of HTTP, or the connection ended before its status was there.
    #[error("no proper answer")]
    Broken,
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CertificateFault {
    /// Nobody who is trusted has signed it.
    #[error("signed by nobody who is trusted")]
    Untrusted,
    /// It is over, or not yet good. The clock of this computer may be wrong too.
    #[error("not good at this time")]
    Expired,
    /// It is for another name.
    #[error("for another name")]
    WrongName,
    /// It is revoked, damaged, or made for something else.
    #[error("not good for this")]
    Unfit,
}
