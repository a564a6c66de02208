//! Notifications of the system: a long answer is ready, or it failed, and nobody looks. They say
//! nothing of what it is about, because they are shown on locked screens too. A click opens the
//! conversation. Without a service that shows them nothing is lost but the word.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use hearth_app::{APP_TOPIC, App};
use hearth_domain::{AppEvent, ConversationId, FinishReason, GenerationId};
use serde::Deserialize;
use tauri::{AppHandle, Manager, async_runtime};

use crate::{platform, shell::Shell, views, window, words};

/// Whoever waits less than this is still looking.
const LONG: Duration = Duration::from_secs(10);

/// Whether it was already said that there is no service.
#[derive(Default)]
pub(crate) struct Notices {
    mute: AtomicBool,
}

/// What of the last event of an answer matters here.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum End {
    Finished { reason: FinishReason },
    Failed,
}

/// Follows the answers of every conversation until the program ends or the data is closed.
pub(crate) fn follow(handle: &AppHandle, app: &Arc<App>) {
    let Some(mut events) = app.subscribe(APP_TOPIC, None) else { return };
    // Not to be the one who keeps the data open.
    let (handle, app) = (handle.clone(), Arc::downgrade(app));
    async_runtime::spawn(async move {
        while let Some(items) = events.next().await {
            for item in items {
                let event = serde_json::from_str(&item.json);
                let Ok(AppEvent::GenerationStarted { generation, conversation, program: false }) =
                    event
                else {
                    continue;
                };
                if let Some(app) = app.upgrade() {
                    async_runtime::spawn(watch(handle.clone(), app, generation, conversation));
                }
            }
        }
    });
}

async fn watch(
    handle: AppHandle,
    app: Arc<App>,
    generation: GenerationId,
    conversation: ConversationId,
) {
    let began = Instant::now();
    let Some(mut stream) = app.subscribe(&format!("generation/{generation}"), Some(0)) else {
        return;
    };
    let mut settings = app.settings_watch();
    drop(app);
    let mut last = None;
    while let Some(items) = stream.next().await {
        last = items.into_iter().next_back();
    }
    let end = last.and_then(|item| serde_json::from_str::<End>(&item.json).ok());
    let key = match end {
        Some(End::Finished { reason: FinishReason::Stop | FinishReason::Length }) => {
            "desktop.answer.ready"
        }
        Some(End::Failed) => "desktop.answer.failed",
        // Whoever stopped it knows.
        _ => return,
    };
    let wanted = settings.borrow_and_update().desktop.notifications;
    let ending = handle.state::<Shell>().is_ending();
    if wanted && !ending && began.elapsed() >= LONG && !views::focused(&handle) {
        show(&handle, key, conversation);
    }
}

fn show(handle: &AppHandle, key: &str, conversation: ConversationId) {
    let (text, target) = (words::text(handle, key), handle.clone());
    let failed = handle.clone();
    platform::notify(
        text,
        move || window::show_conversation(&target, conversation),
        move |error| {
            if !failed.state::<Shell>().notices.mute.swap(true, Ordering::AcqRel) {
                tracing::warn!(%error, "the system shows no notifications");
            }
        },
    );
}
