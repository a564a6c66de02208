//! The commands, one file each.

mod bench;
mod chat;
mod doctor;
mod export;
mod extract;
mod health;
mod import;
mod ingest;
mod keys;
mod models;
mod recover;
mod scan;
mod search;
mod serve;
mod verify;
mod webhooks;

use std::process::ExitCode;

use crate::{
    args::{Args, Command},
    failure::Failure,
    out::Out,
};

/// Runs what was typed.
pub(crate) async fn run(args: Args, out: Out) -> Result<ExitCode, Failure> {
    let Args { global, command } = args;
    match command {
        Command::Chat(chat) => chat::run(&global, chat, out).await,
        Command::Serve(serve) => serve::run(&global, serve, out).await,
        Command::Bench(bench) => bench::run(&global, &bench, out).await,
        Command::Keys(keys) => keys::run(&global, keys, out).await,
        Command::Webhooks(webhooks) => webhooks::run(&global, webhooks, out).await,
        Command::Models(models) => models::run(&global, models, out).await,
        Command::Export(export) => export::run(&global, &export, out).await,
        Command::Extract(extract) => extract::run(&extract, out),
        Command::Import(import) => import::run(&global, import, out).await,
        Command::Health => health::run(&global, out).await,
        Command::Doctor => doctor::run(&global, out).await,
        Command::Recover(recover) => recover::run(&global, &recover, out).await,
        Command::Ingest(ingest) => ingest::run(&global, &ingest, out).await,
        Command::Search(search) => search::run(&global, &search, out).await,
        Command::Scan(scan) => scan::run(&scan, out),
        Command::Verify => verify::run(&global, out).await,
    }
}
