//! The few words that the program says outside of its page: in a notification, in a dialog of the
//! system. They stand in the page's own catalogue, so that one place is translated.

use std::{collections::HashMap, sync::LazyLock};

use tauri::{AppHandle, Manager};

use crate::{platform, shell::Shell, tray};

/// The languages, English first: what is missing elsewhere is said in it.
const LANGUAGES: [&str; 6] = ["en", "de", "fr", "es", "ar", "zh"];
const CATALOGUES: [&str; 6] = [
    include_str!("../../ui/src/lib/i18n/messages/desktop.en.json"),
    include_str!("../../ui/src/lib/i18n/messages/desktop.de.json"),
    include_str!("../../ui/src/lib/i18n/messages/desktop.fr.json"),
    include_str!("../../ui/src/lib/i18n/messages/desktop.es.json"),
    include_str!("../../ui/src/lib/i18n/messages/desktop.ar.json"),
    include_str!("../../ui/src/lib/i18n/messages/desktop.zh.json"),
];

static WORDS: LazyLock<Vec<HashMap<String, String>>> = LazyLock::new(|| {
    // Texts with plural forms are for the page alone.
    let read = |text: &&str| {
        let all: serde_json::Map<_, _> = serde_json::from_str(text).unwrap_or_default();
        let plain =
            |(key, value): (String, serde_json::Value)| Some((key, value.as_str()?.to_owned()));
        all.into_iter().filter_map(plain).collect()
    };
    CATALOGUES.iter().map(read).collect()
});

/// The text of a key in the language of the settings, else of the system.
pub(crate) fn text(handle: &AppHandle, key: &str) -> String {
    let open = handle.state::<Shell>().startup.open_now();
    let chosen = open.and_then(|app| app.settings().appearance.language);
    said(tray::spoken(chosen.as_deref(), &platform::languages()), key)
}

fn said(language: &str, key: &str) -> String {
    let start = language.split(['-', '_', '.', '@']).next().unwrap_or_default();
    let at = LANGUAGES.iter().position(|known| known.eq_ignore_ascii_case(start)).unwrap_or(0);
    let text = WORDS[at].get(key).or_else(|| WORDS[0].get(key));
    text.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_outside_of_the_page_is_there_in_every_language() {
        for language in LANGUAGES {
            for key in [
                "desktop.answer.ready",
                "desktop.answer.failed",
                "desktop.page.ended",
                "desktop.page.again",
                "desktop.page.quit",
                "desktop.quick.field",
            ] {
                assert!(!said(language, key).is_empty(), "{language}: {key}");
            }
        }
        assert_eq!(said("de_DE.UTF-8", "desktop.page.quit"), said("de", "desktop.page.quit"));
        assert_eq!(said("C.UTF-8", "desktop.page.quit"), said("en", "desktop.page.quit"));
    }
}
