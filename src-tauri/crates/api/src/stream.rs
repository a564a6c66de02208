//! Subscribing to a topic, the same for every host.

use hearth_app::{Grant, Subscription};
use hearth_domain::{ErrorCode, GenerationId, PortScope};

use crate::{ApiError, Cx, Result};

/// Follows a topic from event `from`, or from now on.
///
/// Topics: `app`, `generation/<id>`, `library` and `ingest/<id>`. The subscription ends with the topic; dropping it stops
/// nothing.
///
/// # Errors
/// `stream_not_found` where there is no such topic or it ended too long ago; `forbidden` for
/// programs with a key, but for what happens in the library where the key opens all of it, and for
/// answers in conversations that it reaches.
pub async fn subscribe(cx: &Cx, topic: &str, from: Option<u64>) -> Result<Subscription> {
    let reached = match cx.grant() {
        Some(grant) => reaches(cx, grant, topic).await?,
        None => true,
    };
    let found = cx.app.subscribe(topic, from).filter(|_| reached);
    found.ok_or_else(|| {
        ApiError::new(ErrorCode::StreamNotFound, "there is no such stream, or it is over")
    })
}

/// Whether a key reaches what a topic is about. What it opens at all is said first.
async fn reaches(cx: &Cx, grant: &Grant, topic: &str) -> Result<bool> {
    if let Some(generation) = topic.strip_prefix("generation/") {
        if !grant.opens(PortScope::Conversations) {
            return Err(ApiError::not_opened(PortScope::Conversations));
        }
        let Ok(generation) = generation.parse::<GenerationId>() else { return Ok(false) };
        return Ok(cx.app.reaches_generation(Some(grant), generation).await);
    }
    let of_library = topic == "library" || topic.starts_with("ingest/");
    let whole = grant.opens(PortScope::Documents) && grant.rights().collections.is_none();
    if of_library && whole { Ok(true) } else { Err(ApiError::forbidden()) }
}
