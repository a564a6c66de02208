//! What the command table answers while the data is locked: that it is locked. Only what needs no
//! data is done, so that a second launch still shows the window in which it is unlocked.

use serde_json::{Value, json};

use crate::{ApiError, COMMANDS, Caller, Host, Result, handlers::show_window};

/// As [`crate::dispatch`], without any data.
///
/// # Errors
/// `locked` for everything that needs the data; as [`crate::dispatch`] before that.
pub fn dispatch_locked(
    host: &dyn Host,
    caller: &Caller,
    name: &str,
    request: Value,
) -> Result<Value> {
    let spec = COMMANDS.iter().find(|spec| spec.name == name);
    spec.ok_or_else(ApiError::unknown_command)?.permit(caller, host.is_desktop())?;
    if name != "window_show" {
        return Err(ApiError::locked());
    }
    let request = serde_json::from_value(request).map_err(|e| ApiError::invalid_request(&e))?;
    show_window(host, &request)?;
    Ok(json!({}))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use hearth_domain::ErrorCode;

    use super::*;

    #[derive(Default)]
    struct Desktop(AtomicU32);

    impl Host for Desktop {
        fn kind(&self) -> &'static str {
            "desktop"
        }

        fn show_window(&self, _: &[String], _: &[String]) -> Result<()> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
    }

    #[test]
    fn every_command_but_the_one_that_shows_the_window_says_that_the_data_is_locked() {
        let host = Desktop::default();
        for spec in COMMANDS {
            let answer = dispatch_locked(&host, &Caller::Terminal, spec.name, json!({}));
            match answer {
                Ok(_) => assert_eq!(spec.name, "window_show"),
                Err(error) => assert_eq!(error.code, ErrorCode::Locked, "{}", spec.name),
            }
        }
        assert_eq!(host.0.load(Ordering::Relaxed), 1);
        let unknown = dispatch_locked(&host, &Caller::Terminal, "nothing", json!({}));
        assert_eq!(unknown.unwrap_err().code, ErrorCode::UnknownCommand);
    }
}
