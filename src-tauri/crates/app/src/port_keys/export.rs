//! What was done with keys, by the day of UTC, as a file.

use hearth_domain::{ExportFile, KeyUse, KeyUseDay, PortKey, PortKeyId};
use serde_json::json;
use time::{Duration, OffsetDateTime, macros::format_description};

use crate::{
    App, Result,
    spreadsheet::{export, table},
};

/// The columns of the table, and the fields of each day in JSON.
const COLUMNS: [&str; 6] = ["day", "key", "name", "requests", "prompt_tokens", "completion_tokens"];

impl App {
    /// What was done with one key, or with all there are, the earliest day first: a table, or
    /// `{"days": [{day, key, name, requests, prompt_tokens, completion_tokens}]}`.
    ///
    /// # Errors
    /// No such key, or a database that cannot be read or written.
    pub async fn port_key_use_export(
        &self,
        only: Option<PortKeyId>,
        json: bool,
    ) -> Result<ExportFile> {
        let mut days = Vec::new();
        for key in self.port_key_list().await? {
            if only.is_none_or(|only| only == key.id) {
                let used = self.port_key_days(key.id).await?;
                days.extend(used.into_iter().map(|day| (key.clone(), day)));
            }
        }
        if let Some(only) = only.filter(|_| days.is_empty()) {
            // A key that is not there is told apart from one that did nothing.
            self.port_key_days(only).await?;
        }
        days.sort_by_key(|(_, day)| day.day);
        let objects: Vec<_> = days.iter().map(|(key, day)| object(key, *day)).collect();
        export("keys", json, &json!({ "days": objects }), || {
            table(COLUMNS, days.iter().map(|(key, day)| row(key, *day)))
        })
    }
}

fn object(key: &PortKey, KeyUseDay { day, used }: KeyUseDay) -> serde_json::Value {
    let KeyUse { requests, prompt_tokens, completion_tokens } = used;
    json!({
        "day": date(day), "key": key.id, "name": key.name, "requests": requests,
        "prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens,
    })
}

fn row(key: &PortKey, KeyUseDay { day, used }: KeyUseDay) -> [String; 6] {
    let [requests, read, written] = [used.requests, used.prompt_tokens, used.completion_tokens]
        .map(|number| number.to_string());
    [date(day), key.id.to_string(), key.name.clone(), requests, read, written]
}

fn date(day: u32) -> String {
    let form = format_description!("[year]-[month]-[day]");
    let at = OffsetDateTime::UNIX_EPOCH + Duration::days(i64::from(day));
    at.format(form).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_as_in_the_calendar() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(20_779), "2026-11-22");
    }
}
