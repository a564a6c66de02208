//! Telling windows how the queue goes on, a few times a second at most.

use std::{collections::HashMap, sync::Arc, time::Duration};

use hearth_domain::{CollectionId, FileCounts, LibraryEvent};

use crate::App;

/// Between two events.
const PACE: Duration = Duration::from_millis(250);

/// Follows the queue until the program ends.
pub(super) async fn tell(app: Arc<App>) {
    let mut settled = app.library.settled.subscribe();
    let end = app.library.end.clone();
    let mut told: HashMap<CollectionId, FileCounts> = HashMap::new();
    loop {
        tokio::select! {
            changed = settled.changed() => if changed.is_err() { return },
            () = end.cancelled() => return,
        }
        settled.borrow_and_update();
        let Ok(collections) = app.db.read(|r| r.collection_list()).await else { continue };
        for collection in collections {
            let (id, counts) = (collection.id, app.library.told(&collection));
            if told.insert(id, counts) == Some(counts) {
                continue;
            }
            let done = counts.files - counts.waiting;
            app.library.tell(&LibraryEvent::Progress {
                collection: id,
                counts,
                done,
                total: counts.files,
            });
            if counts.waiting == 0 {
                app.invalidate(&["library"]);
            }
        }
        tokio::time::sleep(PACE).await;
    }
}
