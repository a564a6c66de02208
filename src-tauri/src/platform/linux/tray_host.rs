//! Whether a tray is there that takes icons. A desktop has one from its start, a panel may start
//! later than we do, be restarted, or not exist at all. Nothing is polled: the bus tells.

use std::time::Duration;

use futures::StreamExt;
use tauri::async_runtime;
use tokio::{sync::watch, time::timeout};
use zbus::{
    Connection, MatchRule, MessageStream, Proxy,
    fdo::DBusProxy,
    message::Type,
    names::BusName,
    proxy::{Builder, CacheProperties},
};

/// Who collects the icons, under one name for its bus, its interface and (see below) its path.
const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const PATH: &str = "/StatusNotifierWatcher";
/// A tray that does not answer in this time is none: what asks it next waits on the main thread.
const ANSWER: Duration = Duration::from_secs(3);

/// Follows whether there is a tray. It is `false` until the bus has answered.
pub(crate) fn tray_host() -> watch::Receiver<bool> {
    let (found, receiver) = watch::channel(false);
    async_runtime::spawn(async move {
        if let Err(error) = follow(&found).await {
            tracing::info!(%error, "there is no session bus, so no tray");
        }
        found.send_replace(false);
    });
    receiver
}

async fn follow(found: &watch::Sender<bool>) -> zbus::Result<()> {
    let bus = Connection::session().await?;
    let names = DBusProxy::new(&bus).await?;
    let mut owners = names.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?;
    let mut added = signals(&bus, "StatusNotifierHostRegistered").await?;
    let mut removed = signals(&bus, "StatusNotifierHostUnregistered").await?;
    loop {
        let there = timeout(ANSWER, is_there(&bus, &names)).await.unwrap_or(Ok(false));
        // An error is the answer of something that is no tray.
        found.send_replace(there.unwrap_or(false));
        let more = tokio::select! {
            change = owners.next() => change.is_some(),
            signal = added.next() => signal.is_some(),
            signal = removed.next() => signal.is_some(),
        };
        if !more || found.is_closed() {
            return Ok(());
        }
    }
}

async fn signals(bus: &Connection, member: &'static str) -> zbus::Result<MessageStream> {
    let rule = MatchRule::builder().msg_type(Type::Signal).interface(WATCHER)?.member(member)?;
    MessageStream::for_match_rule(rule.build(), bus, None).await
}

/// A collector without a panel that shows the icons is no tray.
async fn is_there(bus: &Connection, names: &DBusProxy<'_>) -> zbus::Result<bool> {
    // Asked first, because a question to a name without an owner may start a program.
    if !names.name_has_owner(BusName::try_from(WATCHER)?).await? {
        return Ok(false);
    }
    let watcher: Proxy<'_> = Builder::new(bus)
        .destination(WATCHER)?
        .path(PATH)?
        .interface(WATCHER)?
        .cache_properties(CacheProperties::No)
        .build()
        .await?;
    watcher.get_property("IsStatusNotifierHostRegistered").await
}
