//! Numbers of payment cards: the ranges of the schemes, their lengths, and Luhn's check. Not cards:
//! other long numbers that pass the check by chance; what stands before them says so.

use super::{Hit, check, run, run::Run};
use crate::pattern::{Words, before, letter_at, letter_before};

#[derive(Debug)]
pub(super) struct Card {
    positive: Words,
    negative: Words,
}

/// How sure the number alone makes it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Range {
    /// A scheme's range and one of its lengths.
    Scheme,
    /// A wide or old range: only where the text speaks of a card.
    Wide,
}

impl Card {
    pub(super) fn new() -> Self {
        Self {
            positive: Words::new(
                "cards?|card ?(?:number|no|num)|credit|debit|visa|mastercard|maestro|amex|american express|\
                 discover|diners|jcb|unionpay|pan|cc|ccn|kredit(?:karte|kartennummer)?|karten?(?:nummer|nr)?|\
                 carte|tarjeta|cart[aã]o|carta|kort|karta|kart[ıi]|pay|paid|payment|charged?|charge|billing|\
                 номер карты|карт[аыуе]?",
                "カード|信用卡|卡号|银行卡|카드|بطاقة",
            ),
            negative: Words::new(
                "imei|imsi|iccid|meid|serial|snowflake|meter|library|loyalty|points|ean|gtin|upc|isbn|issn|\
                 tracking|parcel|shipment|order|invoice|ticket|id|uuid|guid|timestamp|account|member|barcode|\
                 reading|seed|nonce|hash|version|build|phone|tel|sku|article|asin|vin|batch|lot|part|pi",
                "",
            ),
        }
    }

    pub(super) fn find(&self, text: &str, digits: &run::Digits) -> Vec<Hit> {
        let runs = run::runs(text, digits, (b" -.", 1), 12);
        runs.into_iter().filter_map(|run| self.card(text, run)).collect()
    }

    fn card(&self, text: &str, run: Run) -> Option<Hit> {
        let before_run = letter_before(text, run.start);
        if before_run.is_some_and(|it| {
            it.is_alphanumeric() && it.is_ascii() || matches!(it, '_' | '.' | '$')
        }) {
            return None;
        }
        let window = before(text, run.start, 40);
        let positive = self.positive.stand_in(window);
        let negative =
            self.negative.stand_in(window) && !self.positive.stand_in(before(text, run.start, 16));
        let mut rest = Some(run);
        while let Some(run) = rest {
            if run.count() < 12 {
                return None;
            }
            if let Some(score) = judged(text, &run, positive, negative) {
                let (rule, label) = ("pii.card", "CREDIT_CARD");
                return Some(Hit { start: run.start, end: run.end, rule, label, score });
            }
            rest = run.shorter();
        }
        None
    }
}

fn judged(text: &str, run: &Run, positive: bool, negative: bool) -> Option<f32> {
    let digits = run.digits(text);
    let range = range(&digits)?;
    let glued = letter_at(text, run.end).is_some_and(|it| it.is_ascii_alphabetic() || it == '_');
    let shape = run.shape();
    let single = shape.iter().all(|length| *length == 1);
    let grouped = shape.len() <= 6 && shape.iter().all(|length| *length >= 2);
    let regular = shape.len() == 1 || single || grouped;
    if glued || !regular || !check::luhn(&digits) || digits.iter().all(|it| *it == digits[0]) {
        return None;
    }
    let dotted = text.get(run.start..run.end)?.contains('.');
    match (range, positive, negative) {
        (_, _, true) => None,
        (_, true, false) => Some(0.98),
        (Range::Scheme, false, false) if !dotted => Some(if shape.len() > 1 { 0.95 } else { 0.85 }),
        _ => None,
    }
}

/// The scheme whose range the number is in, by its first digits and its length.
fn range(digits: &[u8]) -> Option<Range> {
    let length = digits.len();
    let first = check::number(digits.get(..6)?);
    let scheme = match first {
        400_000..=499_999 => matches!(length, 16 | 19),
        510_000..=559_999 | 222_100..=272_099 => length == 16,
        340_000..=349_999 | 370_000..=379_999 => length == 15,
        300_000..=305_999 | 309_500..=309_599 | 380_000..=399_999 => matches!(length, 14 | 16 | 19),
        360_000..=369_999 => matches!(length, 14..=19),
        352_800..=358_999 => matches!(length, 16..=19),
        601_100..=601_199 | 644_000..=659_999 | 620_000..=629_999 => matches!(length, 16..=19),
        220_000..=220_499 => matches!(length, 16..=19),
        979_200..=979_299 | 506_099..=506_198 => length == 16,
        _ => false,
    };
    let wide = match first {
        400_000..=499_999 => length == 13,
        // Older numbers of JCB, and what generators of test numbers still make.
        213_100..=213_199 | 180_000..=180_099 => length == 15,
        350_000..=359_999 => length == 16,
        500_000..=509_999 | 560_000..=699_999 | 810_000..=829_999 => (12..=19).contains(&length),
        _ => false,
    };
    match (scheme, wide) {
        (true, _) => Some(Range::Scheme),
        (false, true) => Some(Range::Wide),
        _ => None,
    }
}
