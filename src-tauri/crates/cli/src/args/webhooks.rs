//! What can be typed behind `hearth webhooks`.

use clap::{Args as ClapArgs, Subcommand};
use hearth_domain::WebhookEvent;

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  \
    hearth webhooks add --name n8n --url https://n8n.example.org/webhook/42\n  \
    hearth webhooks add --name here --url http://localhost:5678/hook --local --event job.finished\n  \
    hearth webhooks test n8n\n\n\
    What is sent tells which answer or job ended, when, how and what it cost; never a word of it.")]
pub(crate) struct Webhooks {
    #[command(subcommand)]
    pub(crate) action: Option<WebhooksAction>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WebhooksAction {
    /// List the webhooks and what was last sent to each [default]
    List,
    /// Tell a program elsewhere when something ended; what signs the messages is shown once
    Add(AddWebhook),
    /// Send a message that says nothing, and say what became of it
    Test {
        /// Its id or its name
        #[arg(value_name = "ID")]
        webhook: String,
    },
    /// List what was sent to a webhook, the last first
    Sent {
        /// Its id or its name
        #[arg(value_name = "ID")]
        webhook: String,
    },
    /// Remove a webhook with all that waits for it
    Remove {
        /// Its id or its name
        #[arg(value_name = "ID")]
        webhook: String,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct AddWebhook {
    /// What it is for
    #[arg(long, value_name = "N")]
    pub(crate) name: String,
    /// Where it is sent to: https:// or http://
    #[arg(long, value_name = "URL")]
    pub(crate) url: String,
    /// What it is told of: generation.finished, job.finished; can be given several times [default: both]
    #[arg(long, value_name = "E", value_parser = event)]
    pub(crate) event: Vec<WebhookEvent>,
    /// It is on this computer or in its own network
    #[arg(long)]
    pub(crate) local: bool,
}

fn event(text: &str) -> Result<WebhookEvent, &'static str> {
    let found = WebhookEvent::ALL.into_iter().find(|event| event.as_str() == text);
    found.ok_or("one of generation.finished, job.finished is needed")
}
