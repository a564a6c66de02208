//! Personal data that has a form: addresses of mail, phones, cards, accounts, numbers of people and
//! of machines. Each is found by its form, checked by its own rule (check digits, ranges, lengths)
//! and weighed by what stands around it. Names and postal addresses have no form and are not here.

mod card;
mod check;
mod email;
mod iban;
mod ip;
mod national;
mod national_rules;
mod phone;
mod places;
mod regions;
mod run;
mod ssn;
mod taken;

use crate::{
    finding::{Channel, Finding, Kind},
    scan::Detector,
    view::{View, Views},
};

/// A place in the folded form.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Hit {
    start: usize,
    end: usize,
    rule: &'static str,
    label: &'static str,
    score: f32,
}

/// Finds personal data.
#[derive(Debug)]
pub struct Pii {
    email: email::Email,
    card: card::Card,
    ip: ip::Ip,
    ssn: ssn::Ssn,
    national: national::National,
    phone: phone::Phone,
}

impl Default for Pii {
    fn default() -> Self {
        Self::new()
    }
}

impl Pii {
    /// Compiles the rules.
    #[must_use]
    pub fn new() -> Self {
        Self {
            email: email::Email::new(),
            card: card::Card::new(),
            ip: ip::Ip::new(),
            ssn: ssn::Ssn::new(),
            national: national::National::new(),
            phone: phone::Phone::new(),
        }
    }

    /// The surest reading of each place: the order of the rules decides where two overlap.
    fn hits(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.email.find(text, &mut hits);
        let digits = run::digits(text);
        if digits.is_empty() && !text.contains("::") {
            return hits;
        }
        let mut taken = taken::Taken::of(&hits);
        let mut add =
            |found: Vec<Hit>| hits.extend(found.into_iter().filter(|hit| taken.take(hit)));
        add(iban::find(text));
        add(self.card.find(text, &digits));
        add(self.ip.find(text));
        add(self.ssn.find(text, &digits));
        add(self.national.find(text, &digits));
        add(self.phone.find(text));
        hits
    }
}

impl Detector for Pii {
    fn kind(&self) -> Kind {
        Kind::Pii
    }

    fn find(&self, views: &Views<'_>, _: Channel, found: &mut Vec<Finding>) {
        for hit in self.hits(&views.folded.text) {
            found.push(finding(&views.folded, hit));
        }
    }
}

fn finding(view: &View, hit: Hit) -> Finding {
    let place = view.original(hit.start..hit.end);
    let Hit { rule, label, score, .. } = hit;
    Finding { kind: Kind::Pii, rule, label, start: place.start, end: place.end, score }
}

#[cfg(test)]
mod tests;
