//! What can be typed behind `hearth keys`.

use clap::{Args as ClapArgs, Subcommand};
use hearth_domain::{PortProfile, PortScope};

use super::lifetime::{Lifetime, lifetime};

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  hearth keys make --name \"My editor\"\n  \
    hearth keys make --name agent --scope chat --scope documents --collection work --expires 30d\n  \
    hearth keys use --csv > use.csv\n  \
    hearth keys revoke \"My editor\"")]
pub(crate) struct Keys {
    #[command(subcommand)]
    pub(crate) action: Option<KeysAction>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysAction {
    /// List the keys and what was done with each [default]
    List,
    /// Show what was done with a key, or with each, day by day
    Use {
        /// Its id or its name [default: all of them]
        #[arg(value_name = "ID")]
        key: Option<String>,
        /// As a table for other programs
        #[arg(long, conflicts_with = "json")]
        csv: bool,
    },
    /// Make a key; it is shown once
    Make(MakeKey),
    /// Take a key back; what runs for it ends
    Revoke {
        /// Its id or its name
        #[arg(value_name = "ID")]
        key: String,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct MakeKey {
    /// For whom it is
    #[arg(long, value_name = "N")]
    pub(crate) name: String,
    /// What it opens: chat, embeddings, documents, conversations, models, metrics, admin; can be given several times
    /// [default: chat and embeddings]
    #[arg(long, value_name = "S", value_parser = scope)]
    pub(crate) scope: Vec<PortScope>,
    /// Only this model; can be given several times
    #[arg(long, value_name = "M")]
    pub(crate) model: Vec<String>,
    /// Only this collection of documents; can be given several times
    #[arg(long, value_name = "C")]
    pub(crate) collection: Vec<String>,
    /// Only the conversations of this folder; those that it begins lie there. One of a new name is made
    /// [default: every conversation]
    #[arg(long, value_name = "F")]
    pub(crate) folder: Option<String>,
    /// Requests in a minute at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) requests_per_minute: Option<u32>,
    /// Tokens read and written in a minute at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) tokens_per_minute: Option<u32>,
    /// Tokens read and written in a day of UTC at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) tokens_per_day: Option<u32>,
    /// How long it is good, such as 30d, or the day on which it ends [default: until it is revoked]
    #[arg(long, value_name = "D", value_parser = lifetime)]
    pub(crate) expires: Option<Lifetime>,
    /// Its guardrails: off, note, standard, strict [default: those of the port]
    #[arg(long, value_name = "G", value_parser = profile)]
    pub(crate) guard: Option<PortProfile>,
}

fn scope(text: &str) -> Result<PortScope, &'static str> {
    let found = PortScope::ALL.into_iter().find(|scope| scope.as_str() == text);
    found.ok_or(
        "one of chat, embeddings, documents, conversations, models, metrics, admin is needed",
    )
}

fn profile(text: &str) -> Result<PortProfile, &'static str> {
    match text {
        "off" => Ok(PortProfile::Off),
        "note" => Ok(PortProfile::Note),
        "standard" => Ok(PortProfile::Standard),
        "strict" => Ok(PortProfile::Strict),
        _ => Err("one of off, note, standard, strict is needed"),
    }
}
