//! What needs the whole program: real processes, a real window, a real browser, real files.
//! One binary, so that everything links once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "a test that cannot go on says so by failing"
)]

mod architecture;
mod attaching;
mod autostart;
mod beside;
mod browser;
mod clients;
mod composing;
mod conformance;
mod database;
mod desktop;
mod disk_full;
mod documents;
mod faults;
mod guarding;
mod image;
mod ingestion;
mod lifecycle;
mod lock;
mod network;
mod openai;
mod page_abuse;
mod port_faults;
mod privacy;
mod prompts;
mod quick;
mod recovery;
mod scenarios;
mod scripts;
mod support;
mod system_fit;
mod tray;
mod views;
mod warm;
