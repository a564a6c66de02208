//! Telephone numbers: with the code of a country, in the forms of North America, with the zero that
//! is dialled inside a country, and bare ones where the text speaks of calling. Own tables instead
//! of a port of libphonenumber: what decides between a number and a part's name is what stands
//! around it, and its thousands of patterns cost more than all other rules together.

use regex::Regex;

use super::{Hit, check, regions, run::spaced};
use crate::pattern::{Words, after, before, compile};

#[derive(Debug)]
pub(super) struct Phone {
    positive: Words,
    negative: Words,
    after: Words,
    extension: Regex,
}

/// What a candidate is made of.
struct Number<'a> {
    written: &'a str,
    digits: String,
    shape: Vec<usize>,
    plus: bool,
}

impl Phone {
    pub(super) fn new() -> Self {
        Self {
            positive: Words::new(
                "tel|telephone|phones?|phone[ _-]?(?:no|num|number)|mobile|mob|cell|cellphone|call(?:ed|ing)?|dial|\
                 ring|text|sms|whatsapp|signal|fax|number|contact|reach|answering|messages?|hotline|landline|pager|\
                 telefon|telefonnummer|handy|handynummer|mobil|rufen|anrufen|erreichbar|rückfragen|nummer|rufnummer|\
                 t[ée]l[ée]phone|t[ée]l|appel(?:er|ez)?|portable|num[ée]ro|tel[ée]fono|llam(?:ar|a|e|ame)|m[óo]vil|\
                 n[úu]mero|celular|telefone|ligue|telem[óo]vel|telefono|chiam(?:are|a)|cellulare|bel|bellen|\
                 telefoonnummer|numer|zadzwo[ńn]|телефон|номер|звони(?:те|ть)?|numara|numaram|telefonu|puhelin|\
                 registered",
                "電話|电话|手机|號碼|号码|携帯|전화|연락처|번호|هاتف|رقم|جوال|फ़ोन|नंबर|טלפון",
            ),
            negative: Words::new(
                "serial|order|account|invoice|part|model|ticket|tracking|invalid|random|reference|room|flight|din|iso|\
                 isbn|issn|ean|sku|torque|score|array|population|total|version|id|imei|unix|time|timestamp|deadline|\
                 date|points|meter|library|page|row|line|step|commit|port|pid|size|bytes|article|booking|rma|parcel|\
                 range|card|iban|ssn|code|figure|table|section|seed|zip|plz|postal|case|batch|lot|build|tolerance|\
                 license|licence|passport|cas|price|amount|balance|year|born",
                "订单|编号|注文",
            ),
            after: Words::new("office|fax|mobile|home|work|cell|phone|tel|mobil|handy|main", ""),
            extension: compile(r"^ ?(?:x|ext\.?|extension) ?[0-9]{1,6}"),
        }
    }

    pub(super) fn find(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut at = 0;
        while let Some(found) = spaced(text, at) {
            match self.phone(text, found.start, found.end) {
                Some(hit) => {
                    at = hit.end;
                    hits.push(hit);
                }
                None => at = found.end,
            }
        }
        hits
    }

    fn phone(&self, text: &str, start: usize, end: usize) -> Option<Hit> {
        if !begins(text, start) {
            return None;
        }
        let window = before(text, start, 44);
        let near = before(text, start, 18);
        let negative = self.negative.stand_in(near);
        let mut end = end;
        loop {
            let open = text.get(start..end)?.starts_with('(') && !text[start..end].contains(')');
            let start = if open { start + 1 } else { start };
            let number = Number::of(text.get(start..end)?);
            let extended = self.extension.find(after(text, end, 16)).map_or(0, |found| found.end());
            let positive =
                self.positive.stand_in(window) || self.after.stand_in(after(text, end, 12));
            if ends(text, end, extended)
                && let Some(score) = number.score(positive, negative)
            {
                let (rule, label) = ("pii.phone", "PHONE_NUMBER");
                return Some(Hit { start, end: end + extended, rule, label, score });
            }
            // Another number may follow after a space: without the last group it may fit. Not so
            // where nothing but the form speaks for it: a row of random digits has every form.
            if !number.plus && !positive {
                return None;
            }
            end = start + text.get(start..end)?.rfind(' ')?;
            end = start
                + text.get(start..end)?.trim_end_matches([' ', '.', '-', '/', '(', ')']).len();
        }
    }
}

/// A number begins after a border: not inside a word, a price, a fraction, a name of a part.
fn begins(text: &str, start: usize) -> bool {
    let mut letters = text[..start].chars().rev();
    let (one, two) = (letters.next(), letters.next());
    let word = |letter: Option<char>| letter.is_some_and(|it| it.is_ascii_alphanumeric());
    match one {
        None => true,
        Some('.' | ',' | '-' | '/' | ':') => {
            !word(two) || (one == Some(':') && !two.is_some_and(|it| it.is_ascii_digit()))
        }
        Some('_' | '$' | '€' | '£' | '#' | '@' | '%' | '*' | '+' | '<' | '^' | '~') => false,
        Some(letter) => !letter.is_ascii_alphanumeric(),
    }
}

/// And ends at one.
fn ends(text: &str, end: usize, extended: usize) -> bool {
    let mut letters = text[end + extended..].chars();
    let (one, two, three) = (letters.next(), letters.next(), letters.next());
    let digit = |it: Option<char>| it.is_some_and(|it| it.is_ascii_digit());
    let word = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
    match one {
        Some(',' | ':' | '.') => !digit(two),
        Some('-') => !word(two) || (two.is_some_and(char::is_alphabetic) && word(three)),
        Some('%' | '_' | '@' | '$' | '€') => false,
        Some(letter) => !letter.is_ascii_alphanumeric(),
        None => true,
    }
}

impl<'a> Number<'a> {
    fn of(written: &'a str) -> Self {
        // "+44 (0)20": the zero in brackets is not dialled from abroad.
        let plain = written.replacen("(0)", "", usize::from(written.contains('+')));
        let groups = plain.split(|letter: char| !letter.is_ascii_digit());
        let shape = groups.map(str::len).filter(|length| *length > 0).collect();
        let digits = plain.chars().filter(char::is_ascii_digit).collect();
        Self {
            written,
            digits,
            shape,
            plus: written.starts_with(['+']) || written.starts_with("(+"),
        }
    }

    fn score(&self, positive: bool, negative: bool) -> Option<f32> {
        if self.digits.len() > 17 || self.is_date() {
            return None;
        }
        if self.plus {
            return self.international(&self.digits).then_some(0.95);
        }
        if let Some(rest) = self.digits.strip_prefix("00")
            && self.shape.first().is_some_and(|length| *length > 2 || self.shape.len() > 1)
            && self.digits.len() >= 10
            && self.international(rest)
            && !negative
        {
            return Some(0.8);
        }
        let shaped = self.north_american() || self.trunk() || self.bracketed();
        match (shaped, positive, negative) {
            (true, true, false) => Some(0.9),
            (true, false, false) => Some(0.6),
            (false, true, false) => self.local().then_some(0.7),
            _ => None,
        }
    }

    fn international(&self, digits: &str) -> bool {
        if !regions::may_be_code(digits) || !(7..=15).contains(&digits.len()) {
            return false;
        }
        match regions::of(digits) {
            Some((region, national)) => {
                let trunkless = national.strip_prefix(region.trunk).unwrap_or(national);
                region.fits(national) || region.fits(trunkless)
            }
            None => true,
        }
    }

    /// (ddd) ddd-dddd and its like; with spaces alone too many other things look like it.
    fn north_american(&self) -> bool {
        let (shape, digits) = match self.shape.as_slice() {
            [1, shape @ ..] if self.digits.starts_with('1') => (shape, &self.digits[1..]),
            shape => (shape, self.digits.as_str()),
        };
        shape == [3, 3, 4]
            && !digits.starts_with(['0', '1'])
            && self.written.contains(['-', '.', '(', ' '])
    }

    /// The zero that is dialled inside a country, and a number of one of the plans after it.
    fn trunk(&self) -> bool {
        let groups = self.shape.len();
        let social = self.shape == [3, 2, 4];
        let sane =
            (2..=5).contains(&groups) && !social && self.shape.iter().all(|length| *length >= 2);
        let Some(rest) = self.digits.strip_prefix('0') else { return false };
        sane && (8..=11).contains(&rest.len().saturating_add(1))
            && !rest.starts_with('0')
            && regions::REGIONS
                .iter()
                .any(|region| region.trunk.starts_with('0') && region.fits(rest))
    }

    /// A short area code in brackets, then the number.
    fn bracketed(&self) -> bool {
        let Some((area, rest)) = self.written.strip_prefix('(').and_then(|it| it.split_once(')'))
        else {
            return false;
        };
        let rest = check::digits(rest).len();
        area.chars().all(|letter| letter.is_ascii_digit())
            && (2..=5).contains(&area.len())
            && (5..=9).contains(&rest)
            && self.digits.len() >= 8
    }

    /// Where the text speaks of calling, six to twelve digits in few groups are a number.
    fn local(&self) -> bool {
        let groups = self.shape.len();
        let lone = groups == 1 && (7..=12).contains(&self.digits.len());
        let grouped = (2..=5).contains(&groups)
            && (6..=13).contains(&self.digits.len())
            && self.shape.iter().skip(1).all(|length| *length >= 2);
        lone || grouped
    }

    fn is_date(&self) -> bool {
        let dated = self.written.contains(['.', '-', '/']) && !self.written.contains([' ', '(']);
        let numbers: Vec<u64> =
            self.written.split(['.', '-', '/']).map(|group| group.parse().unwrap_or(0)).collect();
        match (self.shape.as_slice(), numbers.as_slice()) {
            ([4, 1 | 2, 1 | 2], [year, month, day]) => {
                dated && (1000..3000).contains(year) && check::is_day(*day, *month)
            }
            ([1 | 2, 1 | 2, 2 | 4], [day, month, _]) => {
                dated && (check::is_day(*day, *month) || check::is_day(*month, *day))
            }
            _ => false,
        }
    }
}
