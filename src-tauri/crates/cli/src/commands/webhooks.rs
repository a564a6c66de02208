//! `hearth webhooks`: tell programs elsewhere when something ended, and show what was sent.

use std::process::ExitCode;

use hearth_api::ApiError;
use hearth_app::NewWebhook;
use hearth_domain::{
    Delivery, DeliveryStatus, ErrorCode, OutboundError, Webhook, WebhookDraft, WebhookEvent,
};
use serde_json::{Value, json};

use crate::{
    args::{AddWebhook, Global, Webhooks, WebhooksAction},
    failure::Failure,
    out::Out,
    program::Program,
};

/// What did not arrive.
const NOT_ARRIVED: u8 = 4;

pub(super) async fn run(
    global: &Global,
    webhooks: Webhooks,
    out: Out,
) -> Result<ExitCode, Failure> {
    let program = Program::open(global, out).await?;
    let done = act(&program, webhooks.action.unwrap_or(WebhooksAction::List), out).await;
    program.close().await;
    done
}

async fn act(program: &Program, action: WebhooksAction, out: Out) -> Result<ExitCode, Failure> {
    match action {
        WebhooksAction::List => list(&all(program).await?, out)?,
        WebhooksAction::Add(add) => made(&new(program, add).await?, out)?,
        WebhooksAction::Test { webhook } => {
            let webhook = known(program, &webhook).await?;
            let sent: Delivery = program.call("webhook_test", json!({ "id": webhook.id })).await?;
            shown(&sent, out)?;
            if sent.status != DeliveryStatus::Delivered {
                return Ok(ExitCode::from(NOT_ARRIVED));
            }
        }
        WebhooksAction::Sent { webhook } => {
            let webhook = known(program, &webhook).await?;
            let asked = json!({ "id": webhook.id });
            let sent: Vec<Delivery> = program.call("webhook_deliveries", asked).await?;
            if out.is_json() {
                out.object(&json!({ "deliveries": sent }))?;
            } else if sent.is_empty() {
                out.line("Nothing was sent to it yet.")?;
            } else {
                sent.iter().try_for_each(|sent| shown(sent, out))?;
            }
        }
        WebhooksAction::Remove { webhook } => {
            let webhook = known(program, &webhook).await?;
            let _: Value = program.call("webhook_delete", json!({ "id": webhook.id })).await?;
            if out.is_json() {
                out.object(&json!({ "id": webhook.id }))?;
            } else {
                out.line(&format!("Removed {}. Nothing is sent to it any more.", webhook.name))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn all(program: &Program) -> Result<Vec<Webhook>, Failure> {
    program.call("webhook_list", json!({})).await
}

/// A webhook by its id or its name.
async fn known(program: &Program, named: &str) -> Result<Webhook, Failure> {
    let named = |webhook: &Webhook| webhook.id.to_string() == named || webhook.name == named;
    let found = all(program).await?.into_iter().find(named);
    let text = "there is no webhook of that id or name; `hearth webhooks` lists those there are";
    found.ok_or_else(|| ApiError::new(ErrorCode::WebhookNotFound, text).into())
}

async fn new(program: &Program, add: AddWebhook) -> Result<NewWebhook, Failure> {
    let AddWebhook { name, url, event, local } = add;
    let events = if event.is_empty() { WebhookEvent::ALL.to_vec() } else { event };
    let draft = WebhookDraft { name, url, events, local, paused: false };
    program.call("webhook_make", json!(draft)).await
}

fn made(made: &NewWebhook, out: Out) -> Result<(), Failure> {
    if out.is_json() {
        return out.object(&json!({ "id": made.webhook.id, "secret": made.secret }));
    }
    out.note(&format!("What signs the messages to \"{}\", shown this once:", made.webhook.name));
    out.line(&made.secret)
}

fn list(webhooks: &[Webhook], out: Out) -> Result<(), Failure> {
    if out.is_json() {
        return out.object(&json!({ "webhooks": webhooks }));
    }
    if webhooks.is_empty() {
        return out.line("There is no webhook. Add one: hearth webhooks add --name N --url URL");
    }
    webhooks.iter().try_for_each(|webhook| out.line(&line(webhook)))
}

fn line(webhook: &Webhook) -> String {
    let Webhook { id, name, url, events, paused, last, .. } = webhook;
    let events: Vec<_> = events.iter().map(|event| event.as_str()).collect();
    let paused = if *paused { ", paused" } else { "" };
    let last =
        last.as_ref().map_or("nothing sent yet".into(), |last| format!("last {}", fate(last)));
    format!("{id}  {name} ({url}; {}{paused}; {last})", events.join(" "))
}

fn shown(sent: &Delivery, out: Out) -> Result<(), Failure> {
    if out.is_json() {
        return out.object(&json!({ "delivery": sent }));
    }
    out.line(&format!("{}  {}: {}", sent.id, sent.event.as_str(), fate(sent)))
}

/// Why a message did not arrive.
fn why(error: OutboundError) -> &'static str {
    match error {
        OutboundError::InvalidAddress => "nothing can be sent to this address",
        OutboundError::Forbidden => {
            "its name stands for a place on this computer or in its network; allow that with --local"
        }
        OutboundError::NameNotFound => "no address belongs to its name",
        OutboundError::Unreachable => "nobody answers there",
        OutboundError::Certificate => "its certificate does not prove who it is",
        OutboundError::Tls => "no secure connection came about; does it speak https?",
        OutboundError::NoRoots => "this system trusts no authority; install ca-certificates",
        OutboundError::Unrecorded => "it could not be written into the ledger, so nothing was sent",
        OutboundError::TimedOut => "it took too long",
        OutboundError::Broken => "what came back broke off or made no sense",
        OutboundError::Status => "it does not take this",
    }
}

/// What became of a message, in words.
fn fate(sent: &Delivery) -> String {
    let why = match (sent.http_status, sent.error) {
        (Some(status), _) => format!(" (status {status})"),
        (None, Some(error)) => format!(" ({})", why(error)),
        (None, None) => String::new(),
    };
    match sent.status {
        DeliveryStatus::Delivered => format!("arrived{why}"),
        DeliveryStatus::Waiting if sent.attempts == 0 => "waits".to_owned(),
        DeliveryStatus::Waiting => format!("tried {} times, tried again later{why}", sent.attempts),
        DeliveryStatus::Failed => format!("did not arrive{why}"),
    }
}
