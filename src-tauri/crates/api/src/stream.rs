//! Subscribing to a topic, the same for every host.

use hearth_app::Subscription;
use hearth_domain::{ErrorCode, PortScope};

use crate::{ApiError, Caller, Cx, Result};

/// Follows a topic from event `from`, or from now on.
///
/// Topics: `app`, `generation/<id>`, `library` and `ingest/<id>`. The subscription ends with the topic; dropping it stops
/// nothing.
///
/// # Errors
/// `stream_not_found` where there is no such topic or it ended too long ago; `forbidden` for
/// programs with a key, but for what happens in the library where the key opens all of it.
pub fn subscribe(cx: &Cx, topic: &str, from: Option<u64>) -> Result<Subscription> {
    if let Caller::Key(grant) = &cx.caller {
        let of_library = topic == "library" || topic.starts_with("ingest/");
        let whole = grant.opens(PortScope::Documents) && grant.rights().collections.is_none();
        if !(of_library && whole) {
            return Err(ApiError::forbidden());
        }
    }
    cx.app.subscribe(topic, from).ok_or_else(|| {
        ApiError::new(ErrorCode::StreamNotFound, "there is no such stream, or it is over")
    })
}
