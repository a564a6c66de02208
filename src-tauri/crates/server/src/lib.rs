//! The local port, the same for other computers by TLS, and the private socket: the command table over
//! HTTP and server-sent events, `/v1` and `/api/chat` for other programs, the user interface for browsers.
//!
//! What a command does is not here (`api`, `app`); here is who may reach it and how the bytes go.
//! Start reading in `port.rs`.

mod anthropic;
mod assets;
mod auth;
mod body;
mod client;
mod connections;
mod error;
mod guard;
mod locked;
mod metrics;
mod network;
mod ollama;
mod openai;
mod openapi;
mod port;
mod private;
mod programs;
mod repeat;
mod reply;
mod request_log;
mod routes;

pub use assets::{Asset, artifact, asset};
pub use auth::{GivenKey, Now};
pub use client::{Client, ClientError, Event, Events};
pub use error::Error;
pub use locked::LockedPort;
pub use network::NetworkConfig;
pub use port::{Port, PortConfig};
pub use private::PrivateSocket;
