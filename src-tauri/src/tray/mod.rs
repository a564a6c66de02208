//! The icon in the tray: what it shows, its menu, and what a click does. It holds no rule of the
//! program: what it shows it reads from the use cases, what is chosen in it goes back to them as
//! the commands that a page would send.
//!
//! Whatever may change what is shown wakes one task; it waits until things have
//! settled, reads what it must, and draws only what differs.
//! Nothing is polled, but for what the program costs, once a minute.

mod action;
mod chosen;
mod face;
mod facts;
mod follow;
mod icon;
mod menu;
mod words;

use std::{
    mem::{self, Discriminant},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use hearth_api::ApiError;
use hearth_app::{App, Costs};
use hearth_domain::{EngineState, ErrorCode};
use tauri::{
    AppHandle, Manager, async_runtime,
    tray::{MouseButton, MouseButtonState, TrayIconEvent},
};
use tokio::{
    sync::{Notify, watch},
    time::{sleep, timeout},
};

pub(crate) use self::words::spoken;
use self::{
    action::Action,
    face::Face,
    facts::{Facts, Lists, Open, Port},
    icon::{Icon, Picture},
    words::Words,
};
use crate::{autostart, locking, platform, quick, shell::Shell, window};

/// Changes that come within this time are drawn once.
const SETTLE: Duration = Duration::from_millis(150);
/// How old what the program costs may be in the menu. Nobody tells when it changes, and the menu
/// does not tell when it opens; this is the one thing that is looked at by the clock.
const COSTS: Duration = Duration::from_secs(60);
/// How often it is measured at most while other things change, and how soon again after the
/// engine did something: what loading cost is not what being loaded costs.
const COSTS_LEAST: Duration = Duration::from_secs(5);

/// What the tray keeps.
#[derive(Default)]
pub(crate) struct Tray {
    /// Something may have changed.
    wake: Notify,
    /// What stands in lists may have changed.
    stale: AtomicBool,
    /// A tray shows the icon.
    shown: AtomicBool,
    /// What is drawn.
    icon: Icon,
}

/// Puts the icon into the tray, now or when a tray appears.
pub(crate) fn start(handle: &AppHandle) {
    handle.manage(Tray::default());
    handle.on_menu_event(|handle, event| {
        if let Some(action) = Action::named(event.id().as_ref()) {
            // The system has turned a switch already; what is shown is what is true.
            handle.state::<Tray>().icon.forget_menu();
            chosen::perform(handle, action);
        }
    });
    handle.on_tray_icon_event(|handle, event| {
        if let TrayIconEvent::Click {
            button: MouseButton::Left,
            button_state: MouseButtonState::Up,
            ..
        } = event
        {
            open(handle);
        }
    });
    let own = handle.clone();
    platform::follow_panel(move || changed(&own));
    let host = platform::tray_host();
    async_runtime::spawn(follow::host(handle.clone(), host.clone()));
    async_runtime::spawn(follow::program(handle.clone()));
    async_runtime::spawn(run(handle.clone(), host));
}

/// Whether a tray shows the icon, so that a window may close into it.
pub(crate) fn has_host(handle: &AppHandle) -> bool {
    handle.try_state::<Tray>().is_some_and(|tray| tray.shown.load(Ordering::Acquire))
}

/// Something changed that the tray cannot see by itself.
pub(crate) fn changed(handle: &AppHandle) {
    if let Some(tray) = handle.try_state::<Tray>() {
        tray.wake.notify_one();
    }
}

/// The click that needs no menu: the quick chat, or what stands in its way.
fn open(handle: &AppHandle) {
    if handle.state::<Shell>().startup.open_now().is_some() && !locking::is_locked(handle) {
        quick::open(handle);
    } else {
        window::show(handle);
    }
}

/// Draws whenever something changed and somebody can see it.
async fn run(handle: AppHandle, host: watch::Receiver<bool>) {
    let mut known = Known::default();
    loop {
        let tray = handle.state::<Tray>();
        if tray.shown.load(Ordering::Acquire) {
            // A look by the clock is as good as a change.
            let _ = timeout(known.next_look(), tray.wake.notified()).await;
        } else {
            tray.wake.notified().await;
        }
        sleep(SETTLE).await;
        if handle.state::<Shell>().ending.load(Ordering::Acquire) {
            return;
        }
        // While there is no tray, nothing is read for it either.
        if *host.borrow() {
            let facts = facts(&handle, &mut known).await;
            icon::draw(&handle, picture(&handle, &facts)).await;
        }
        let shown = *host.borrow() && tray.icon.is_made();
        if tray.shown.swap(shown, Ordering::AcqRel) != shown {
            tracing::info!(shown, "the tray");
            if let Some(app) = handle.state::<Shell>().startup.open_now() {
                app.invalidate(&["desktop"]);
            }
        }
    }
}

/// What is not read anew each time.
#[derive(Default)]
struct Known {
    lists: Lists,
    costs: Option<(Instant, Discriminant<EngineState>, Costs)>,
    /// The costs cover a time in which the engine did something else.
    mixed: bool,
}

impl Known {
    /// When it is time to look again although nothing happened.
    fn next_look(&self) -> Duration {
        if self.mixed { COSTS_LEAST } else { COSTS }
    }

    /// What the program costs: measured when that is long ago, and when the engine did something.
    async fn costs(&mut self, app: &Arc<App>, engine: &EngineState) -> Option<Costs> {
        let now = mem::discriminant(engine);
        let kept = self.costs.filter(|(at, was, _)| *was == now && at.elapsed() < COSTS_LEAST);
        if kept.is_none() {
            let costs = app.costs().await.ok()?;
            self.mixed = self.costs.is_none_or(|(_, was, _)| was != now);
            self.costs = Some((Instant::now(), now, costs));
        }
        self.costs.map(|(_, _, costs)| costs)
    }
}

async fn facts(handle: &AppHandle, known: &mut Known) -> Facts {
    if locking::is_locked(handle) {
        return Facts::Locked;
    }
    match handle.state::<Shell>().startup.now() {
        None => Facts::Opening,
        Some(Err(error)) if error.code == ErrorCode::Locked => Facts::Locked,
        Some(Err(_)) => Facts::Refused,
        Some(Ok(app)) => match opened(handle, &app, known).await {
            Ok(open) => Facts::Open(Box::new(open)),
            Err(error) if error.code == ErrorCode::Locked => Facts::Locked,
            Err(error) => {
                tracing::warn!(code = error.code.as_str(), "the tray cannot read the data");
                Facts::Refused
            }
        },
    }
}

async fn opened(handle: &AppHandle, app: &Arc<App>, known: &mut Known) -> Result<Open, ApiError> {
    let tray = handle.state::<Tray>();
    if tray.stale.swap(false, Ordering::AcqRel) {
        let read = Lists::read(app).await;
        known.lists = read.inspect_err(|_| tray.stale.store(true, Ordering::Release))?;
    }
    let port = Port::read(app).await?;
    let engine = app.engine_state().borrow().clone();
    let beside = app.engines_beside().borrow().clone();
    let costs = known.costs(app, &engine).await;
    Ok(Open {
        engine,
        beside,
        lists: known.lists.clone(),
        costs,
        paused: *app.background_paused().borrow(),
        port,
        login: autostart::state(handle),
        lockable: locking::is_configured(handle),
    })
}

fn picture(handle: &AppHandle, facts: &Facts) -> Picture {
    let open = handle.state::<Shell>().startup.open_now();
    let wish = open.and_then(|app| app.settings().appearance.language);
    let words = Words::of(wish.as_deref(), &platform::languages());
    Picture { face: Face::of(facts), menu: menu::menu(facts, words), tip: menu::tip(facts, words) }
}
