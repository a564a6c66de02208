//! The way out over real sockets and real TLS. Names are answered by a network that lies, so that no test asks for
//! a name of the web or leaves this computer.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails here")]

mod addresses;
mod faults;
mod ledger;
mod names;
mod property;
mod requests;
mod support;
mod tls;
