//! What webhooks are told: which thing ended, when, how, and what it cost. Nothing that anybody wrote, no
//! name that anybody gave, no path.

use hearth_domain::{
    CollectionId, ErrorCode, GenerationId, IngestReport, JobId, Message, Timestamp, WebhookEvent,
};
use hearth_store::{JobStatus, Writer};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::App;

/// A job that ended.
pub(crate) struct Job {
    pub(crate) id: JobId,
    pub(crate) kind: &'static str,
    pub(crate) collection: CollectionId,
    pub(crate) status: JobStatus,
    pub(crate) error: Option<ErrorCode>,
}

/// Notes the end of an answer for whoever is to be told, in the transaction that saves it. Its model stays
/// here: a model that was added may be called like the file that somebody named.
pub(crate) fn of_answer(
    w: &mut Writer<'_>,
    (generation, message): (GenerationId, &Message),
    error: Option<ErrorCode>,
    now: Timestamp,
) -> hearth_store::Result<usize> {
    let said = json!({
        "generation": generation,
        "conversation": message.conversation,
        "message": message.id,
        "status": message.status,
        "finish_reason": message.finish,
        "error": error,
        "usage": message.usage,
        "timing": message.timing,
    });
    note(w, WebhookEvent::GenerationFinished, &said, now)
}

/// Notes the end of a job for whoever is to be told, in the transaction that saves it.
pub(crate) fn of_job(
    w: &mut Writer<'_>,
    job: &Job,
    report: Option<&IngestReport>,
    now: Timestamp,
) -> hearth_store::Result<usize> {
    let said = json!({
        "job": job.id,
        "kind": job.kind,
        "collection": job.collection,
        "status": job.status,
        "error": job.error,
        "report": report.map(figures),
    });
    note(w, WebhookEvent::JobFinished, &said, now)
}

/// What a person sends to see whether it arrives.
pub(super) fn test(now: Timestamp) -> String {
    body(WebhookEvent::Test, &json!({}), now)
}

fn note(
    w: &mut Writer<'_>,
    event: WebhookEvent,
    said: &Value,
    now: Timestamp,
) -> hearth_store::Result<usize> {
    w.webhooks_tell(event, &body(event, said, now), now)
}

fn body(event: WebhookEvent, said: &Value, now: Timestamp) -> String {
    json!({ "type": event, "timestamp": written(now), "data": said }).to_string()
}

/// The numbers of a report. Its names of files stay here.
fn figures(report: &IngestReport) -> Value {
    let mut whole = json!(report);
    if let Some(fields) = whole.as_object_mut() {
        fields.retain(|_, value| value.is_number());
    }
    whole
}

fn written(at: Timestamp) -> String {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000);
    moment.ok().and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default()
}

impl App {
    /// Something was noted for webhooks.
    pub(crate) fn told_webhooks(&self, told: usize) {
        if told > 0 {
            self.webhooks.wake.notify_one();
            self.invalidate(&["webhooks"]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_what_it_is_and_when_in_the_form_that_others_read() {
        let body: Value = serde_json::from_str(&test(Timestamp(1_795_273_445_678))).unwrap();
        assert_eq!(body["type"], "webhook.test");
        assert_eq!(body["timestamp"], "2026-11-21T15:04:05.678Z");
    }
}
