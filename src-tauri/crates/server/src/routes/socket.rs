//! `GET /api/stream/{topic}` with `Upgrade: websocket`: the numbered events of `stream`, each as a text
//! `{"seq": N, "event": …}`, for programs to which a WebSocket is nearer.
//!
//! Nothing that a reader sends is read but its goodbye. Who may open one is said before it opens: by the
//! guard, which refuses pages of others by their `Origin`, and by the door.

use std::{mem, sync::Arc, time::Duration};

use axum::{
    extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code},
    response::Response,
};
use hearth_api::{ApiError, Caller, subscribe};
use hearth_app::Subscription;
use hearth_domain::ErrorCode;
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{self, Instant, Interval, MissedTickBehavior},
};

use super::door::Watched;
use crate::{connections::Closing, port::Shared, reply};

/// Sockets at once: each outlives its connection's place among the others.
pub(crate) const SOCKETS: usize = 256;
/// So often the other side is asked whether it is there, and left where it said nothing since the last time.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// For a goodbye: whoever does not take it is gone.
const GOODBYE_TIME: Duration = Duration::from_secs(1);
/// A reader that takes nothing for so long is gone.
const SEND_TIME: Duration = Duration::from_secs(30);
/// Bytes that a reader may say: it has nothing to say.
const SAID: usize = 4 * 1024;

/// One reader.
struct Reader {
    socket: WebSocket,
    subscription: Subscription,
    closing: Closing,
    /// The key that it came with, where it came with one.
    key: Option<Watched>,
    alive: Interval,
    /// Whether the other side said anything since it was asked.
    heard: bool,
    _place: OwnedSemaphorePermit,
}

/// How it goes on.
enum Next {
    Events,
    /// The topic is over.
    Over,
    /// The other side left, or is gone.
    Gone,
}

/// Opens a socket on a topic from an event on, or from now.
pub(super) async fn open(
    shared: &Arc<Shared>,
    caller: Caller,
    upgrade: WebSocketUpgrade,
    (topic, from): (&str, Option<u64>),
) -> Response {
    // Watched before it is let in: no change in between is missed.
    let key = caller.grant().map(|grant| Watched::new(&shared.app, Arc::clone(grant)));
    let subscription = match subscribe(&shared.cx(caller), topic, from).await {
        Ok(subscription) => subscription,
        Err(error) => return reply::api_error(&error),
    };
    let Ok(place) = Arc::clone(&shared.sockets).try_acquire_owned() else {
        let text = "as many sockets are open as there may be; close one or try again later";
        return reply::api_error(&ApiError::new(ErrorCode::QueueFull, text));
    };
    let closing = shared.closing.clone();
    upgrade.max_message_size(SAID).max_frame_size(SAID).on_upgrade(move |socket| {
        let mut alive = time::interval_at(Instant::now() + KEEP_ALIVE, KEEP_ALIVE);
        alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Reader { socket, subscription, closing, key, alive, heard: true, _place: place }.follow()
    })
}

impl Reader {
    async fn follow(mut self) {
        let closed = self.closing.clone().wait();
        let mut closed = std::pin::pin!(closed);
        let mut key = self.key.take();
        let mut ended = std::pin::pin!(async move {
            match &mut key {
                Some(key) => key.ended().await,
                None => std::future::pending().await,
            }
        });
        let (code, why) = loop {
            // Also in the middle of many events that a slow reader takes one by one.
            let next = tokio::select! {
                biased;
                () = &mut closed => break (close_code::AWAY, "the port closes"),
                () = &mut ended => break (close_code::POLICY, "the key is good no more"),
                next = self.next() => next,
            };
            match next {
                Next::Events => {}
                Next::Over => break (close_code::NORMAL, "it is over"),
                Next::Gone => return,
            }
        };
        let goodbye = Message::Close(Some(CloseFrame { code, reason: why.into() }));
        let _ = time::timeout(GOODBYE_TIME, self.socket.send(goodbye)).await;
    }

    /// Sends what comes next, or hears what the other side says.
    async fn next(&mut self) -> Next {
        tokio::select! {
            // What was heard counts before the question whether anything was.
            biased;
            said = self.socket.recv() => match said {
                Some(Ok(Message::Close(_))) => {
                    // The answer to a goodbye goes out when the socket is read once more.
                    let _ = time::timeout(GOODBYE_TIME, self.socket.recv()).await;
                    Next::Gone
                }
                None | Some(Err(_)) => Next::Gone,
                Some(Ok(_)) => {
                    self.heard = true;
                    Next::Events
                }
            },
            _ = self.alive.tick() => {
                let there = mem::take(&mut self.heard);
                let asked = there && self.send(Message::Ping(Default::default())).await;
                if asked { Next::Events } else { Next::Gone }
            }
            items = self.subscription.next() => {
                let Some(items) = items else { return Next::Over };
                for item in items {
                    let text = format!("{{\"seq\":{},\"event\":{}}}", item.seq, item.json);
                    if !self.send(Message::Text(text.into())).await {
                        return Next::Gone;
                    }
                }
                Next::Events
            }
        }
    }

    /// Whether the reader took it.
    async fn send(&mut self, message: Message) -> bool {
        matches!(time::timeout(SEND_TIME, self.socket.send(message)).await, Ok(Ok(())))
    }
}
