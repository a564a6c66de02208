//! The second launch: the first one holds the data, so it is asked over the private socket to show
//! its window, and this one ends.

use std::time::Duration;

use hearth_app::{AppConfig, DataFolder};
use hearth_domain::ErrorCode;
use hearth_server::{Client, ClientError};
use serde_json::json;
use thiserror::Error;
use tokio::time::sleep;

use crate::args::Args;

/// The first one may be starting or ending just now.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// Why nothing could be shown.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// What holds the data has no window.
    #[error(
        "Hearth already runs without a window (for example as `hearth serve`) and holds the data; \
         end it first, or name another folder with --data-dir"
    )]
    NoWindow,
    /// What holds the data does not answer.
    #[error(
        "another Hearth holds the data and does not answer; end it first, or name another folder \
         with --data-dir"
    )]
    Silent,
    /// There is no data folder to look for.
    #[error(transparent)]
    NoFolder(#[from] hearth_app::Error),
}

/// Waits until the process that this one is to take over from has ended. Where it does not end, it
/// is one that holds the data like any other.
pub(crate) async fn wait_for_end(args: &Args) {
    let Ok(config) = AppConfig::locate(args.data_dir.clone()) else { return };
    for _ in 0..TRIES {
        if DataFolder::open(&config.data_dir).is_ok() {
            return;
        }
        sleep(PAUSE).await;
    }
}

/// Asks the process that holds the data to show its window with our files.
///
/// # Errors
/// [`Error`] where there is none that can.
pub(crate) async fn run(args: &Args) -> Result<(), Error> {
    if !args.wants_window() {
        return Ok(());
    }
    let folder = AppConfig::locate(args.data_dir.clone())?.data_dir;
    let request =
        json!({ "files": args.absolute_files(), "links": args.links(), "quick": args.quick });
    for _ in 0..TRIES {
        if let Ok(Some(holder)) = Client::of_holder(&folder) {
            match holder.rpc("window_show", &request).await {
                Ok(_) => return Ok(()),
                Err(ClientError::Refused(error)) if error.code == ErrorCode::DesktopOnly => {
                    return Err(Error::NoWindow);
                }
                Err(_) => {}
            }
        }
        sleep(PAUSE).await;
    }
    Err(Error::Silent)
}
