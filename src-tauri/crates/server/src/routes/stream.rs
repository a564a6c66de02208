//! `GET /api/stream/{topic}?from=N`: numbered events as server-sent events, or over a WebSocket (`socket`).
//!
//! A reader that leaves stops nothing. One that comes back names the last number it saw, in
//! `Last-Event-ID` (browsers do so themselves) or with `from`.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{
        Path, RawQuery, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt, stream};
use hearth_api::{ApiError, Caller, Cx, subscribe};
use hearth_app::Subscription;
use hearth_domain::ErrorCode;

use super::socket;
use crate::{connections::Closing, port::Shared, reply};

/// A comment goes out after this much silence, so that nobody takes the line for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) async fn follow(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    Path(topic): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let from = match start_of(query.as_deref(), &headers) {
        Ok(from) => from,
        Err(error) => return reply::api_error(&error),
    };
    match upgrade {
        Ok(upgrade) => socket::open(&shared, caller, upgrade, (&topic, from)).await,
        Err(_) if headers.contains_key(header::SEC_WEBSOCKET_VERSION) => {
            let text = "this is no beginning of a WebSocket of version 13 over HTTP/1.1";
            reply::api_error(&ApiError::new(ErrorCode::InvalidRequest, text))
        }
        Err(_) => events(&shared.cx(caller), &topic, from, shared.closing.clone()).await,
    }
}

/// The number of the first event that the reader lacks; `None` for only what is new.
pub(crate) fn start_of(query: Option<&str>, headers: &HeaderMap) -> Result<Option<u64>, ApiError> {
    let wrong = || ApiError::new(ErrorCode::InvalidRequest, "the number of an event is no number");
    // A browser that reconnects repeats the address, so the header is the newer word.
    if let Some(last) = headers.get("last-event-id").filter(|last| !last.is_empty()) {
        let last: Option<u64> = last.to_str().ok().and_then(|last| last.parse().ok());
        return last.and_then(|last| last.checked_add(1)).ok_or_else(wrong).map(Some);
    }
    let mut pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let from = pairs.find(|(name, _)| *name == "from");
    from.map(|(_, number)| number.parse().map_err(|_| wrong())).transpose()
}

/// The events of a topic; used by the private socket too.
pub(crate) async fn events(cx: &Cx, topic: &str, from: Option<u64>, closing: Closing) -> Response {
    let subscription = match subscribe(cx, topic, from).await {
        Ok(subscription) => subscription,
        Err(error) => return reply::api_error(&error),
    };
    sse(numbered(subscription).take_until(closing.wait()))
}

/// Server-sent events that stay alive and pass through proxies unbuffered.
pub(crate) fn sse(
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
) -> Response {
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE).text("alive");
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    let unbuffered = HeaderName::from_static("x-accel-buffering");
    response.headers_mut().insert(unbuffered, HeaderValue::from_static("no"));
    response
}

fn numbered(subscription: Subscription) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let batches = stream::unfold(subscription, |mut subscription| async move {
        subscription.next().await.map(|items| (items, subscription))
    });
    batches.flat_map(|items| {
        stream::iter(
            items
                .into_iter()
                .map(|item| Ok(Event::default().id(item.seq.to_string()).data(&*item.json))),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(query: &str, last: Option<&str>) -> Result<Option<u64>, ErrorCode> {
        let mut headers = HeaderMap::new();
        if let Some(last) = last {
            headers.insert("last-event-id", last.parse().unwrap());
        }
        start_of(Some(query), &headers).map_err(|error| error.code)
    }

    #[test]
    fn a_reader_that_comes_back_goes_on_after_the_last_event_it_saw() {
        assert_eq!(start("", None), Ok(None));
        assert_eq!(start("from=3", None), Ok(Some(3)));
        assert_eq!(start("from=3", Some("7")), Ok(Some(8)));
        for (query, last) in [("from=x", None), ("from=-1", None), ("", Some("x"))] {
            assert_eq!(start(query, last), Err(ErrorCode::InvalidRequest));
        }
        assert_eq!(start("", Some("18446744073709551615")), Err(ErrorCode::InvalidRequest));
    }
}
