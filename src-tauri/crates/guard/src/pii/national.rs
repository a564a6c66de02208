//! Numbers that states give to people. A table: the form, the words that go with it, the check, and
//! whether form and check are enough without the words. Plain digits never are.

use std::{cell::LazyCell, ops::Range};

use regex::Regex;

use super::{Hit, national_rules as rules, places::places, run};
use crate::pattern::{Words, before, compile, letter_at, letter_before};

/// One kind of number.
struct Number {
    rule: &'static str,
    form: &'static str,
    words: &'static str,
    check: fn(&str) -> bool,
    /// Whether form and check are enough.
    alone: bool,
}

const NUMBERS: &[Number] = &[
    Number {
        rule: "pii.fr_nir",
        form: r"[12] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}",
        words: "nir|insee|s[ée]curit[ée] sociale|num[ée]ro de s[ée]cu(?:rit[ée])?|ss",
        check: rules::nir,
        alone: false,
    },
    Number {
        rule: "pii.es_dni",
        form: r"[0-9]{8}[ -]?[A-Za-z]|[XYZxyz][ -]?[0-9]{7}[ -]?[A-Za-z]",
        words: "dni|nie|nif|documento|identidad|carnet",
        check: rules::dni,
        alone: false,
    },
    Number {
        rule: "pii.de_tax_id",
        form: r"[1-9][0-9](?: ?[0-9]{3}){3}",
        words: "steuer(?:liche)?[ -]?(?:id|identifikationsnummer|idnr|identnummer|nummer)?|idnr|tin|tax ?id",
        check: rules::german_tax,
        alone: false,
    },
    Number {
        rule: "pii.br_cpf",
        form: r"[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}",
        words: "cpf|contribuinte",
        check: rules::cpf,
        alone: false,
    },
    Number {
        rule: "pii.br_cpf",
        form: r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}",
        words: "cpf",
        check: rules::cpf,
        alone: true,
    },
    Number {
        rule: "pii.uk_nino",
        form: r"(?i)[a-ceghj-prstw-z][a-ceghj-nprstw-z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]",
        words: "nino?|national insurance|insurance n(?:o|umber)",
        check: rules::nino,
        alone: false,
    },
    Number {
        rule: "pii.uk_nhs",
        form: r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}",
        words: "nhs",
        check: rules::nhs,
        alone: false,
    },
    Number {
        rule: "pii.it_codice_fiscale",
        form: r"(?i)[a-z]{6}[0-9lmnp-v]{2}[abcdehlmprst][0-9lmnp-v]{2}[a-z][0-9lmnp-v]{3}[a-z]",
        words: "codice fiscale|cf",
        check: rules::codice_fiscale,
        alone: true,
    },
    Number {
        rule: "pii.pl_pesel",
        form: "[0-9]{11}",
        words: "pesel",
        check: rules::pesel,
        alone: false,
    },
    Number {
        rule: "pii.nl_bsn",
        form: r"[0-9]{3}[ .]?[0-9]{3}[ .]?[0-9]{3}",
        words: "bsn|burgerservicenummer|sofi(?:nummer)?",
        check: rules::bsn,
        alone: false,
    },
    Number {
        rule: "pii.ch_ahv",
        form: r"756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}",
        words: "ahv|avs",
        check: rules::ahv,
        alone: true,
    },
    Number {
        rule: "pii.ch_ahv",
        form: "756 ?[0-9]{4} ?[0-9]{4} ?[0-9]{2}",
        words: "ahv|avs|sozialversicherung(?:snummer)?",
        check: rules::ahv,
        alone: false,
    },
    Number {
        rule: "pii.be_nrn",
        form: r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}",
        words: "nrn",
        check: rules::belgian,
        alone: true,
    },
    Number {
        rule: "pii.be_nrn",
        form: "[0-9]{11}",
        words: "rijksregister(?:nummer)?|registre national|insz|niss",
        check: rules::belgian,
        alone: false,
    },
    Number {
        rule: "pii.se_personnummer",
        form: r"(?:19|20)?[0-9]{6}[-+]?[0-9]{4}",
        words: "personnummer|personal number|samordningsnummer",
        check: rules::personnummer,
        alone: false,
    },
    Number {
        rule: "pii.no_fodselsnummer",
        form: "[0-9]{6} ?[0-9]{5}",
        words: "f[øo]dselsnummer|personnummer|fnr",
        check: rules::fodselsnummer,
        alone: false,
    },
    Number {
        rule: "pii.dk_cpr",
        form: "[0-9]{6}-?[0-9]{4}",
        words: "cpr|personnummer",
        check: rules::cpr,
        alone: false,
    },
    Number {
        rule: "pii.fi_hetu",
        form: r"(?i)[0-9]{6}[-+a-fu-y][0-9]{3}[0-9a-fhj-np-y]",
        words: "hetu|henkil[öo]tunnus",
        check: rules::hetu,
        alone: true,
    },
    Number {
        rule: "pii.ie_pps",
        form: r"(?i)[0-9]{7}[a-w][abhiw]?",
        words: "pps|ppsn",
        check: rules::pps,
        alone: false,
    },
    Number {
        rule: "pii.pt_nif",
        form: "[1-35689][0-9]{2} ?[0-9]{3} ?[0-9]{3}",
        words: "nif|contribuinte",
        check: rules::nif,
        alone: false,
    },
    Number {
        rule: "pii.in_aadhaar",
        form: "[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}",
        words: "aadhaa?r|uidai|आधार",
        check: rules::aadhaar,
        alone: false,
    },
    Number {
        rule: "pii.cn_id",
        form: "[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]",
        words: "id",
        check: rules::chinese,
        alone: true,
    },
    Number {
        rule: "pii.kr_rrn",
        form: "[0-9]{6}-[1-4][0-9]{6}",
        words: "rrn|resident registration",
        check: rules::korean,
        alone: true,
    },
    Number {
        rule: "pii.tr_tckn",
        form: "[1-9][0-9]{10}",
        words: "tckn|t\\.?c\\.? ?kimlik|kimlik",
        check: rules::turkish,
        alone: false,
    },
    Number {
        rule: "pii.ca_sin",
        form: "[1-79][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3}",
        words: "sin|social insurance|nas",
        check: rules::luhn,
        alone: false,
    },
    Number {
        rule: "pii.au_tfn",
        form: "[0-9]{3} ?[0-9]{3} ?[0-9]{3}",
        words: "tfn|tax file",
        check: rules::tfn,
        alone: false,
    },
];

/// Words of all kinds in scripts without spaces.
const ANYWHERE: &str = "身份证|주민등록";

pub(super) struct National {
    kinds: Vec<(&'static Number, Regex, Words)>,
    /// The words of all kinds that need one.
    words: Words,
}

impl std::fmt::Debug for National {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("National").field("kinds", &self.kinds.len()).finish_non_exhaustive()
    }
}

impl National {
    pub(super) fn new() -> Self {
        let compiled = |number: &'static Number| {
            (number, compile(number.form), Words::new(number.words, ANYWHERE))
        };
        let needed = NUMBERS.iter().filter(|number| !number.alone).map(|number| number.words);
        Self {
            kinds: NUMBERS.iter().map(compiled).collect(),
            words: Words::new(&needed.collect::<Vec<_>>().join("|"), ANYWHERE),
        }
    }

    pub(super) fn find(&self, text: &str, digits: &run::Digits) -> Vec<Hit> {
        let places = places(text, digits);
        let mut hits = Vec::new();
        // Most texts speak of none of these, and plain digits need the word.
        let said = !places.is_empty() && self.words.stand_in(text);
        for (number, form, words) in self.kinds.iter().filter(|(it, ..)| it.alone || said) {
            // Cut off by the window before a number, the end of another word can look like the word.
            let named = LazyCell::new(|| words.stand_in(text));
            let mut from = 0;
            for place in &places {
                from = from.max(place.start);
                let next = |from: usize| form.find(text.get(from..place.end)?);
                while let Some(found) = next(from) {
                    let start = from + found.start();
                    from = start + found.len();
                    hits.extend(judged(text, (number, words), start..from, || *named));
                }
            }
        }
        hits
    }
}

/// A number that passes its check and does not look like one by chance. `named` says whether a word of its
/// kind stands anywhere in the text.
fn judged(
    text: &str,
    (number, words): (&Number, &Words),
    place: Range<usize>,
    named: impl FnOnce() -> bool,
) -> Option<Hit> {
    let Range { start, end } = place;
    let glued =
        |letter: Option<char>| letter.is_some_and(|it| it.is_ascii_alphanumeric() || it == '_');
    if glued(letter_before(text, start))
        || glued(letter_at(text, end))
        || !(number.check)(text.get(start..end)?)
    {
        return None;
    }
    let said = words.stand_in(before(text, start, 48));
    let fits = number.alone || (said && named());
    let score = if said { 0.95 } else { 0.8 };
    fits.then_some(Hit { start, end, rule: number.rule, label: "NATIONAL_ID", score })
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static NATIONAL: LazyLock<National> = LazyLock::new(National::new);

    proptest! {
        #[test]
        fn no_place_where_a_form_matches_is_left_out(text in "(?:[0-9]{2,5}|[ .A-DX-Z+-]|id|dni|é){0,30}") {
            let whole = NATIONAL.kinds.iter().flat_map(|(number, form, words)| {
                let found = form.find_iter(&text);
                found.filter_map(|it| judged(&text, (number, words), it.range(), || words.stand_in(&text)))
            });
            prop_assert_eq!(NATIONAL.find(&text, &run::digits(&text)), whole.collect::<Vec<_>>());
        }

        #[test]
        fn every_match_of_a_form_lies_in_one_place(text in "(?:[0-9]{2,5}|[ .A-DX-Z+-]|[a-z]{3,9}|é){0,30}") {
            let places = places(&text, &run::digits(&text));
            for found in NATIONAL.kinds.iter().flat_map(|(_, form, _)| form.find_iter(&text)) {
                let inside = places.iter().any(|it| it.start <= found.start() && found.end() <= it.end);
                prop_assert!(inside, "{}", found.as_str());
            }
        }
    }
}
