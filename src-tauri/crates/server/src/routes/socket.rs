//! `GET /api/stream/{topic}` with `Upgrade: websocket`: the numbered events of `stream`, each as a text
//! `{"seq": N, "event": …}`, for programs to which a WebSocket is nearer.
//!
//! Nothing that a reader sends is read but its goodbye. Who may open one is said before it opens: by the
//! guard, which refuses pages of others by their `Origin`, and by the door.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code},
    response::Response,
};
use hearth_api::{ApiError, Caller, subscribe};
use hearth_app::Subscription;
use hearth_domain::ErrorCode;
use tokio::{sync::OwnedSemaphorePermit, time};

use super::door::Watched;
use crate::{connections::Closing, port::Shared, reply};

/// Sockets at once: each outlives its connection's place among the others.
pub(crate) const SOCKETS: usize = 256;
/// After so much silence the other side is asked whether it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
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
    _place: OwnedSemaphorePermit,
}

/// Opens a socket on a topic from an event on, or from now.
pub(super) fn open(
    shared: &Arc<Shared>,
    caller: Caller,
    upgrade: WebSocketUpgrade,
    (topic, from): (&str, Option<u64>),
) -> Response {
    // Watched before it is let in: no change in between is missed.
    let key = caller.grant().map(|grant| Watched::new(&shared.app, Arc::clone(grant)));
    let subscription = match subscribe(&shared.cx(caller), topic, from) {
        Ok(subscription) => subscription,
        Err(error) => return reply::api_error(&error),
    };
    let Ok(place) = Arc::clone(&shared.sockets).try_acquire_owned() else {
        let text = "as many sockets are open as there may be; close one or try again later";
        return reply::api_error(&ApiError::new(ErrorCode::QueueFull, text));
    };
    let closing = shared.closing.clone();
    upgrade.max_message_size(SAID).max_frame_size(SAID).on_upgrade(move |socket| {
        Reader { socket, subscription, closing, key, _place: place }.follow()
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
            tokio::select! {
                () = &mut closed => break (close_code::AWAY, "the port closes"),
                () = &mut ended => break (close_code::POLICY, "the key is good no more"),
                items = self.subscription.next() => {
                    let Some(items) = items else { break (close_code::NORMAL, "it is over") };
                    for item in items {
                        let text = format!("{{\"seq\":{},\"event\":{}}}", item.seq, item.json);
                        if !send(&mut self.socket, Message::Text(text.into())).await {
                            return;
                        }
                    }
                }
                said = self.socket.recv() => match said {
                    None | Some(Err(_) | Ok(Message::Close(_))) => return,
                    Some(Ok(_)) => {}
                },
                () = time::sleep(KEEP_ALIVE) => {
                    if !send(&mut self.socket, Message::Ping(Default::default())).await {
                        return;
                    }
                }
            }
        };
        let goodbye = CloseFrame { code, reason: why.into() };
        send(&mut self.socket, Message::Close(Some(goodbye))).await;
    }
}

/// Whether the reader took it.
async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(time::timeout(SEND_TIME, socket.send(message)).await, Ok(Ok(())))
}
