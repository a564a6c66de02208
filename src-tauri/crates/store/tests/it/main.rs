//! The store against real files: an encrypted database on disk, real processes, real faults.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics, in what it calls too")]

mod attached;
mod audit;
mod conversations;
mod deletion;
mod faults;
mod first_open;
mod folder;
mod guard;
mod keys;
mod library;
mod models;
mod opening;
mod port_keys;
mod quick;
mod released;
mod rows;
mod search;
mod states;
mod support;
mod thread;
mod webhooks;
mod writing;
