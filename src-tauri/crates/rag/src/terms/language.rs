//! The languages whose words can be reduced, and telling which one a text is in.

use rust_stemmers::{Algorithm, Stemmer};
use whatlang::{Lang, Script};

/// Bytes of a text that are looked at; more do not make it surer.
const LOOKED_AT: usize = 4096;

/// Names each language once: its code (ISO 639-1), what reduces its words, what detection calls it.
macro_rules! languages {
    ($($(#[$doc:meta])* $name:ident, $code:literal, $found:ident;)*) => {
        /// What a text is written in, as far as that changes how its words are reduced.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Language {
            $($(#[$doc])* $name,)*
            /// A language whose words are taken as they stand.
            #[default]
            Other,
        }

        impl Language {
            /// All that have a stemmer.
            pub const STEMMED: &'static [Self] = &[$(Self::$name),*];

            /// Its short name; empty for [`Self::Other`].
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                    Self::Other => "",
                }
            }

            pub(super) fn stemmer(self) -> Option<Stemmer> {
                match self {
                    $(Self::$name => Some(Stemmer::create(Algorithm::$name)),)*
                    Self::Other => None,
                }
            }

            fn of(found: Lang) -> Self {
                match found {
                    $(Lang::$found => Self::$name,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

languages! {
    /// العربية
    Arabic, "ar", Ara;
    /// Dansk
    Danish, "da", Dan;
    /// Nederlands
    Dutch, "nl", Nld;
    /// English
    English, "en", Eng;
    /// Suomi
    Finnish, "fi", Fin;
    /// Français
    French, "fr", Fra;
    /// Deutsch
    German, "de", Deu;
    /// Ελληνικά
    Greek, "el", Ell;
    /// Magyar
    Hungarian, "hu", Hun;
    /// Italiano
    Italian, "it", Ita;
    /// Norsk
    Norwegian, "no", Nob;
    /// Português
    Portuguese, "pt", Por;
    /// Română
    Romanian, "ro", Ron;
    /// Русский
    Russian, "ru", Rus;
    /// Español
    Spanish, "es", Spa;
    /// Svenska
    Swedish, "sv", Swe;
    /// தமிழ்
    Tamil, "ta", Tam;
    /// Türkçe
    Turkish, "tr", Tur;
}

impl Language {
    /// The language of a short name; a region after it is passed over (`de-AT`).
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        let short = code.split(['-', '_']).next().unwrap_or_default();
        let known =
            Self::STEMMED.iter().find(|language| language.code().eq_ignore_ascii_case(short));
        known.copied().unwrap_or_default()
    }

    /// The language of a text; `otherwise` where the text is too short or too mixed to tell, as long
    /// as it is of the same script.
    #[must_use]
    pub fn detect(text: &str, otherwise: Self) -> Self {
        let end = text.floor_char_boundary(LOOKED_AT);
        let Some(found) = whatlang::detect(&text[..end]) else { return otherwise };
        if found.is_reliable() {
            return Self::of(found.lang());
        }
        match (found.script(), otherwise) {
            (Script::Latin, _) => otherwise,
            (Script::Cyrillic, _) => Self::Russian,
            (_, _) => Self::of(found.lang()),
        }
    }

    /// Whether its stemmer expects nothing of letters with accents, so that folded words do.
    pub(super) fn is_plain(self) -> bool {
        matches!(self, Self::English)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_tells_its_language_and_a_word_does_not() {
        for (text, language) in [
            (
                "The lease may be ended by either party with three months' notice in writing.",
                Language::English,
            ),
            (
                "Der Mietvertrag kann von beiden Seiten mit einer Frist von drei Monaten gekündigt werden.",
                Language::German,
            ),
            (
                "El contrato puede ser rescindido por cualquiera de las partes con tres meses de antelación.",
                Language::Spanish,
            ),
            (
                "Le bail peut être résilié par chacune des parties avec un préavis de trois mois.",
                Language::French,
            ),
            (
                "Договор может быть расторгнут любой стороной с уведомлением за три месяца.",
                Language::Russian,
            ),
            ("يمكن لأي من الطرفين إنهاء العقد بإشعار كتابي قبل ثلاثة أشهر.", Language::Arabic),
            ("任何一方均可提前三个月书面通知终止合同。", Language::Other),
        ] {
            assert_eq!(Language::detect(text, Language::English), language, "{text}");
        }
        assert_eq!(Language::detect("42 - 17", Language::German), Language::German);
    }

    #[test]
    fn short_names_lead_back_to_their_language() {
        for language in Language::STEMMED {
            assert_eq!(Language::from_code(language.code()), *language);
        }
        assert_eq!(Language::from_code("de-AT"), Language::German);
        assert_eq!(Language::from_code("zz"), Language::Other);
    }
}
