//! The desktop application: windows and their lifecycle around the use cases of `hearth-app`.
//! This file only wires; start reading in `lifecycle.rs`.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod args;
mod artifact;
mod assets;
mod autostart;
mod background;
mod batch;
mod closing;
mod crash;
mod dialogs;
mod dropped;
mod handover;
mod host;
mod imports;
mod ipc;
mod lifecycle;
mod links;
mod locking;
mod log;
mod models;
mod navigation;
mod notify;
mod opener;
mod page;
mod placement;
mod platform;
mod quick;
mod release;
mod saving;
mod shell;
mod shortcut;
mod sleep;
mod startup;
mod tray;
mod views;
mod web_process;
mod window;
mod words;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    if hearth_app::answer_as_child() {
        return ExitCode::SUCCESS;
    }
    platform::prepare_graphics();
    hearth_app::settle_waiting();
    let args = args::Args::parse();
    log::start();
    match lifecycle::run(&args) {
        Ok(code) => code,
        Err(error) => {
            lifecycle::complain(&error);
            ExitCode::FAILURE
        }
    }
}
