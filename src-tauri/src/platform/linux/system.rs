//! What logind and the screen's lock tell over D-Bus: sleep, wake, the end. Where there is no bus
//! or nobody on it, nothing is told and nothing is missing.

use std::time::Duration;

use futures::{StreamExt, future::BoxFuture};
use tauri::async_runtime;
use tokio::time::timeout;
use zbus::{
    Connection, MatchRule, MessageStream, message, proxy,
    zvariant::{OwnedFd, OwnedObjectPath},
};

use crate::sleep::Moment;

/// The system waits at most five seconds for whoever holds it back.
const LIMIT: Duration = Duration::from_secs(4);
/// The locks of screens, each under its own name.
const SCREEN_LOCKS: [&str; 3] =
    ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver"];

/// What is done at a moment, before the system goes on.
type Taken = BoxFuture<'static, ()>;

#[proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1"
)]
trait Login {
    /// Where a session is told of; `auto` is that of this process.
    fn get_session(&self, id: &str) -> zbus::Result<OwnedObjectPath>;

    /// Holds the system back from what is named, for as long as the file is open.
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::Result<OwnedFd>;

    #[zbus(signal)]
    fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;

    #[zbus(signal)]
    fn prepare_for_shutdown(&self, start: bool) -> zbus::Result<()>;
}

#[proxy(interface = "org.freedesktop.login1.Session", default_service = "org.freedesktop.login1")]
trait Seat {
    /// The session is to be locked: `loginctl lock-session`, or a desktop that says so.
    #[zbus(signal)]
    fn lock(&self) -> zbus::Result<()>;
}

/// Follows the system from now on.
pub(crate) fn follow_system(take: impl Fn(Moment) -> Taken + Clone + Send + Sync + 'static) {
    let (on_system, on_seat) = (take.clone(), take.clone());
    async_runtime::spawn(async move {
        if let Err(error) = follow_seat(&on_seat).await {
            tracing::info!(%error, "the system does not tell when the session is locked");
        }
    });
    async_runtime::spawn(async move {
        if let Err(error) = follow_login(&on_system).await {
            tracing::info!(%error, "the system does not tell when it goes to sleep");
        }
    });
    async_runtime::spawn(async move {
        if let Err(error) = follow_screen(&take).await {
            tracing::info!(%error, "the desktop does not tell when its screen is locked");
        }
    });
}

async fn follow_login(take: &(impl Fn(Moment) -> Taken + Sync)) -> zbus::Result<()> {
    let login = LoginProxy::new(&Connection::system().await?).await?;
    let mut sleeps = login.receive_prepare_for_sleep().await?.fuse();
    let mut ends = login.receive_prepare_for_shutdown().await?.fuse();
    let mut hold = hold_back(&login).await;
    loop {
        let moment = futures::select! {
            signal = sleeps.next() => match signal {
                Some(signal) if signal.args()?.start => Moment::Sleep,
                Some(_) => Moment::Resume,
                None => return Ok(()),
            },
            signal = ends.next() => match signal {
                Some(signal) if signal.args()?.start => Moment::End,
                // It was called off.
                Some(_) => continue,
                None => return Ok(()),
            },
        };
        if timeout(LIMIT, take(moment)).await.is_err() {
            tracing::warn!(?moment, "the system goes on before everything is done");
        }
        match moment {
            // Closing the file lets the system go on.
            Moment::Sleep | Moment::End => hold = None,
            _ if hold.is_none() => hold = hold_back(&login).await,
            _ => {}
        }
    }
}

/// Asks for a moment before sleep and before the end. Without it both may come too soon.
async fn hold_back(login: &LoginProxy<'_>) -> Option<OwnedFd> {
    let why = "Answers and drafts are saved";
    let held = login.inhibit("sleep:shutdown", "Hearth", why, "delay").await;
    held.inspect_err(|error| tracing::info!(%error, "the system does not wait")).ok()
}

async fn follow_seat(take: &(impl Fn(Moment) -> Taken + Sync)) -> zbus::Result<()> {
    let bus = Connection::system().await?;
    let session = LoginProxy::new(&bus).await?.get_session("auto").await?;
    let seat = SeatProxy::builder(&bus).path(session)?.build().await?;
    let mut locks = seat.receive_lock().await?;
    while locks.next().await.is_some() {
        take(Moment::ScreenLocked).await;
    }
    Ok(())
}

async fn follow_screen(take: &(impl Fn(Moment) -> Taken + Sync)) -> zbus::Result<()> {
    let bus = Connection::session().await?;
    let mut locks = Vec::new();
    for interface in SCREEN_LOCKS {
        let rule = MatchRule::builder()
            .msg_type(message::Type::Signal)
            .interface(interface)?
            .member("ActiveChanged")?
            .build();
        locks.push(MessageStream::for_match_rule(rule, &bus, None).await?);
    }
    let mut changes = futures::stream::select_all(locks);
    while let Some(change) = changes.next().await {
        // Whoever says something else under this name means something else.
        if change?.body().deserialize::<bool>().unwrap_or(false) {
            take(Moment::ScreenLocked).await;
        }
    }
    Ok(())
}
