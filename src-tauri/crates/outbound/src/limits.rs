//! What one request may cost, each limit with its reason. Nobody can change them: who is on the other side is a
//! stranger's server, and the person waits or does not even look.

use std::time::Duration;

/// For finding the name, connecting and the greeting of TLS, all together. Enough for a lost packet or two on the way.
pub const CONNECT_TIME: Duration = Duration::from_secs(10);

/// For the request from its start to the end of its answer. Receivers of webhooks are told to answer at once and to
/// work later; the usual senders wait for 10 to 30 seconds.
pub const WHOLE_TIME: Duration = Duration::from_secs(15);

/// For the body of an answer. Its status says all; a server that closes as few clients expect, or is slow to say
/// more, has taken the request all the same.
pub const BODY_TIME: Duration = Duration::from_secs(2);

/// Bytes of an address: longer ones are refused by many servers, and are no address that a person typed.
pub const LONGEST_ADDRESS: usize = 2048;

/// Bytes of the headers that the caller gives, names and values. Usual servers take 8 KiB to 16 KiB.
pub const REQUEST_HEADERS: usize = 8 << 10;

/// Bytes of the body of a request. An event is small; what is larger would be content by the back door.
pub const REQUEST_BODY: usize = 256 << 10;

/// Bytes of the status line and the headers of an answer. Usual ones have less than 8 KiB.
pub const RESPONSE_HEAD: usize = 32 << 10;

/// Bytes of the body of an answer that are read, so that a server can end what it says. They are thrown away.
pub const RESPONSE_BODY: usize = 64 << 10;

/// Bytes that are taken from one connection, TLS and interim answers (1xx) with them: the two limits above and as
/// much again, for chains of certificates.
pub(crate) const RECEIVED: u64 = 2 * (RESPONSE_HEAD + RESPONSE_BODY) as u64;

/// Addresses of one name that are tried; all of them are checked.
pub(crate) const TRIED_ADDRESSES: usize = 8;

/// How long the roots of the system are kept. Certificates are added and withdrawn while the program runs for weeks.
pub(crate) const ROOTS_KEPT: Duration = Duration::from_secs(6 * 60 * 60);
