//! The words of the tray: the same catalogues as the page's, read by the program itself, because
//! the tray is there without a page. Which language is spoken follows the page's rules
//! (`ui/src/lib/i18n/locale.ts`); this holds no text.

use std::{collections::HashMap, sync::OnceLock};

use serde_json::Value;

/// The parameters of a text by name.
type Params<'a> = &'a [(&'a str, &'a str)];

/// A language: its tag, its words for the tray, and the names of the personas it comes with.
struct Language {
    tag: &'static str,
    tray: &'static str,
    persona: &'static str,
}

macro_rules! languages {
    ($($tag:literal),*) => {
        [$(Language {
            tag: $tag,
            tray: include_str!(concat!(
                "../../../ui/src/lib/i18n/messages/tray.", $tag, ".json"
            )),
            persona: include_str!(concat!(
                "../../../ui/src/lib/i18n/messages/persona.", $tag, ".json"
            )),
        }),*]
    };
}

const LANGUAGES: [Language; 6] = languages!["en", "de", "fr", "es", "ar", "zh"];
/// Regions and scripts whose Chinese is not written as in the catalogue.
const TRADITIONAL: [&str; 4] = ["hant", "tw", "hk", "mo"];
/// What begins the key of a persona's name.
const PRESET: &str = "persona.preset.";

/// The words of one language.
#[derive(Debug)]
pub(crate) struct Words(HashMap<String, String>);

impl Words {
    /// The words for the wish of the person, else for the system's languages, else English.
    pub(crate) fn of(wish: Option<&str>, system: &[String]) -> &'static Self {
        static READ: [OnceLock<Words>; LANGUAGES.len()] =
            [const { OnceLock::new() }; LANGUAGES.len()];
        let found = chosen(wish, system);
        READ[found].get_or_init(|| Self::read(&LANGUAGES[found]))
    }

    fn read(language: &Language) -> Self {
        let own = texts(language.tray).into_iter();
        let presets = texts(language.persona).into_iter();
        Self(own.chain(presets.filter(|(key, _)| key.starts_with(PRESET))).collect())
    }

    /// A text, by its key without the name of the area.
    pub(crate) fn text(&self, key: &str) -> &str {
        let text = self.0.get(&format!("tray.{key}"));
        debug_assert!(text.is_some(), "no catalogue has tray.{key}");
        text.map_or("", String::as_str)
    }

    /// A text with `{name}` replaced.
    pub(crate) fn fill(&self, key: &str, params: Params<'_>) -> String {
        let mut rest = self.text(key);
        let mut text = String::new();
        // One pass: what a parameter holds is not looked at again.
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(
                params.iter().find(|(own, _)| *own == name).map_or("", |(_, value)| value),
            );
            rest = behind;
        }
        text.push_str(rest);
        text
    }

    /// The name of a persona that comes with Hearth.
    pub(crate) fn preset(&self, name: &str) -> Option<&str> {
        self.0.get(&format!("{PRESET}{name}")).map(String::as_str)
    }

    /// Bytes in powers of 1000, as the page shows them.
    pub(crate) fn bytes(&self, bytes: u64) -> String {
        const UNITS: [&str; 3] = ["size.kilobyte", "size.megabyte", "size.gigabyte"];
        // Tenths of the unit, rounded.
        let mut tenths = bytes.saturating_add(50) / 100;
        let mut unit = 0;
        while tenths >= 9_995 && unit + 1 < UNITS.len() {
            tenths = (tenths + 500) / 1_000;
            unit += 1;
        }
        let value = if unit > 0 && tenths < 100 && !tenths.is_multiple_of(10) {
            format!("{}{}{}", tenths / 10, self.text("decimal"), tenths % 10)
        } else {
            ((tenths + 5) / 10).to_string()
        };
        self.fill(UNITS[unit], &[("value", &value)])
    }

    /// 0.43 as "43 %", and little as "0.4 %".
    pub(crate) fn percent(&self, share: f64) -> String {
        let value = self.number(share.clamp(0.0, 1.0) * 100.0);
        self.fill("percent", &[("value", &value)])
    }

    /// A number that is not exact: one digit behind the point where it is small.
    pub(crate) fn number(&self, value: f64) -> String {
        let text = if value < 9.95 { format!("{value:.1}") } else { format!("{value:.0}") };
        text.trim_end_matches(".0").replace('.', self.text("decimal"))
    }
}

/// The tag of the language that is spoken, also outside of the tray.
pub(crate) fn spoken(wish: Option<&str>, system: &[String]) -> &'static str {
    LANGUAGES[chosen(wish, system)].tag
}

/// The place of the language for the wish of the person, else for the system's, else of English.
fn chosen(wish: Option<&str>, system: &[String]) -> usize {
    let mut wishes = wish.into_iter().chain(system.iter().map(String::as_str));
    wishes.find_map(language).unwrap_or_default()
}

/// The texts of a catalogue; plural forms have no place here.
fn texts(catalogue: &str) -> HashMap<String, String> {
    let read: HashMap<String, Value> = serde_json::from_str(catalogue).unwrap_or_default();
    let texts = read.into_iter().filter_map(|(key, text)| match text {
        Value::String(text) => Some((key, text)),
        _ => None,
    });
    texts.collect()
}

/// The language of a tag such as `de-AT` or, as systems say it, `de_AT.UTF-8@euro`.
fn language(tag: &str) -> Option<usize> {
    let tag = tag.split(['.', '@']).next().unwrap_or_default().to_ascii_lowercase();
    let mut parts = tag.split(['-', '_']);
    let name = parts.next()?;
    let traditional = name == "zh" && parts.any(|part| TRADITIONAL.contains(&part));
    LANGUAGES.iter().position(|language| language.tag == name && !traditional)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(tags: &[&str]) -> &'static str {
        let system: Vec<_> = tags.iter().map(ToString::to_string).collect();
        Words::of(None, &system).text("open")
    }

    #[test]
    fn the_wish_of_the_person_comes_before_the_system_and_english_is_last() {
        let system = ["de_DE.UTF-8".to_owned(), "fr".to_owned()];
        assert_eq!(Words::of(Some("es"), &system).text("open"), "Abrir Hearth");
        assert_eq!(Words::of(Some("xx"), &system).text("open"), "Hearth öffnen");
        assert_eq!(open(&["C", "fr_CA"]), "Ouvrir Hearth");
        assert_eq!(open(&["C", "POSIX", ""]), "Open Hearth");
    }

    #[test]
    fn traditional_characters_are_not_the_chinese_that_is_here() {
        assert_eq!(open(&["zh_TW", "de"]), "Hearth öffnen");
        assert_eq!(open(&["zh-Hant-HK"]), "Open Hearth");
        assert_eq!(open(&["zh_CN.UTF-8"]), "打开Hearth");
    }

    #[test]
    fn every_language_has_every_text() {
        let english = Words::read(&LANGUAGES[0]);
        assert!(english.0.len() > 40);
        for language in &LANGUAGES {
            let own = Words::read(language);
            for key in english.0.keys() {
                assert!(own.0.contains_key(key), "{key} in {}", language.tag);
            }
        }
    }

    #[test]
    fn a_parameter_is_not_read_for_parameters() {
        let words = Words::of(Some("en"), &[]);
        let text = words.fill("model", &[("name", "{state} & {x"), ("state", "warm")]);
        assert_eq!(text, "{state} & {x: warm");
    }

    #[test]
    fn bytes_are_written_as_the_language_does() {
        let english = Words::of(Some("en"), &[]);
        assert_eq!(english.bytes(412_345_678), "412 MB");
        assert_eq!(english.bytes(1_240_000_000), "1.2 GB");
        assert_eq!(english.bytes(999_700_000), "1 GB");
        assert_eq!(english.bytes(12_345), "12 kB");
        assert_eq!(english.bytes(0), "0 kB");
        assert_eq!(Words::of(Some("de"), &[]).bytes(1_240_000_000), "1,2 GB");
        assert_eq!(Words::of(Some("fr"), &[]).bytes(412_000_000), "412 Mo");
        assert_eq!(english.percent(0.434), "43%");
        assert_eq!((english.percent(0.003), english.percent(0.0)), ("0.3%".into(), "0%".into()));
        assert_eq!(Words::of(Some("de"), &[]).percent(0.0312), "3,1 %");
    }
}
