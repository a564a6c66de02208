//! Addresses of machines. Not addresses: versions and numbers of sections in four parts, object
//! identifiers, times, paths of code. The own machine (loopback), masks and the rest that names no
//! machine are nobody's.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    ops::Range,
};

use regex::Regex;

use super::{Hit, taken::Taken};
use crate::pattern::{Words, after, before, compile, letter_at, letter_before};

#[derive(Debug)]
pub(super) struct Ip {
    four: Regex,
    positive: Words,
    negative: Words,
    dotted: Regex,
}

impl Ip {
    pub(super) fn new() -> Self {
        Self {
            four: compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"),
            positive: Words::new(
                "ips?|ipv4|ipv6|ip[ _-]?addr(?:ess)?|addr(?:ess)?|address|adresse|direcci[oó]n|endere[cç]o|host|\
                 hostname|server|client|from|ping|dns|gateway|subnet|peer|remote|src|dst|source|destination|ssh|\
                 connect(?:ed)?|listen|bind|http|https|router|proxy|machine|logged|blocked|request",
                "地址|アドレス|주소|адрес",
            ),
            negative: Words::new(
                "version|versions|ver|v|rev|revision|release|driver|firmware|build|upgraded?|update|downgrade|\
                 section|sections|figure|fig|chapter|clause|paragraph|table|manual|appendix|oid|lib|package|\
                 plugin|sdk|kernel|chrome|safari|firefox|edge|assembly|nuget|requires?|installed|abschnitt|kapitel",
                "版本|バージョン|버전|§|第",
            ),
            dotted: compile(r"(?:^|[^0-9.])[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?:[^0-9.]|$)"),
        }
    }

    pub(super) fn find(&self, text: &str) -> Vec<Hit> {
        let sixes = sixes(text).into_iter().filter_map(|it| self.six(text, it.start, it.end));
        let sixes: Vec<Hit> = sixes.collect();
        // One can end with the digits of the other kind, which are no machine of their own then.
        let taken = Taken::of(&sixes);
        let fours =
            self.four.find_iter(text).filter_map(|it| self.four(text, it.start(), it.end()));
        fours
            .filter(|hit| taken.is_free(&(hit.start..hit.end)))
            .chain(sixes.iter().copied())
            .collect()
    }

    fn four(&self, text: &str, start: usize, end: usize) -> Option<Hit> {
        let address: Ipv4Addr = text.get(start..end)?.parse().ok()?;
        let mut next = text[end..].chars();
        let (next, second) = (next.next(), next.next());
        let goes_on = next.is_some_and(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '-'))
            || (next == Some('.') && second.is_some_and(|it| it.is_ascii_alphanumeric()));
        let joined = match letter_before(text, start) {
            Some(it @ ('.' | '_' | '-' | '+')) => {
                !(it == '-' && before(text, start, 2).starts_with(' '))
            }
            Some('/') => !before(text, start, 2).starts_with('/'),
            Some(it) => it.is_ascii_alphanumeric(),
            None => false,
        };
        let octets = address.octets();
        let nobodys =
            octets[0] == 127 || octets[0] == 0 || octets == [255; 4] || octets[..2] == [255, 255];
        let window = before(text, start, 40);
        let near = before(text, start, 14);
        let positive = self.positive.stand_in(window);
        let said = self.negative.stand_in(window) && !self.ip_said(near)
            || (!self.ip_said(near) && self.about_versions(text, end));
        // A version has small numbers, an address seldom has four of them.
        let small = octets[0] != 10 && octets.iter().all(|octet| *octet < 20) && !positive;
        let score = match (goes_on || joined || nobodys, said, small) {
            (true, ..) | (_, true, _) => return None,
            (_, _, true) => 0.4,
            _ if positive => 0.95,
            _ => 0.8,
        };
        let (rule, label) = ("pii.ip", "IP_ADDRESS");
        Some(Hit { start, end, rule, label, score })
    }

    /// The word right before says that it is an address, whatever else the sentence is about.
    fn ip_said(&self, near: &str) -> bool {
        let near = near.to_ascii_lowercase();
        near.trim_end_matches([' ', ':', '=', '"', '\'']).ends_with("ip")
            || near.contains("address")
    }

    /// What follows is a version in three parts: `... to 4.0.1`.
    fn about_versions(&self, text: &str, end: usize) -> bool {
        // Wider than what is looked at: an address that the window cuts off is no version.
        let next = after(text, end, 48);
        self.dotted.find(next).is_some_and(|found| found.start() < 24)
    }

    fn six(&self, text: &str, start: usize, end: usize) -> Option<Hit> {
        let (mut start, mut end) = (start, end);
        // The colon of a sentence before, the stop after.
        if text[start..end].starts_with(':') && !text[start..end].starts_with("::") {
            start += 1;
        }
        let found = text[start..end].trim_end_matches('.');
        end = start + found.len();
        if found.ends_with(':') && !found.ends_with("::") {
            end -= 1;
        }
        let address: Ipv6Addr = text.get(start..end)?.parse().ok()?;
        let letter = |it: Option<char>| {
            it.is_some_and(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | ':'))
        };
        if letter(letter_before(text, start)) || letter(letter_at(text, end)) {
            return None;
        }
        let written = text.get(start..end)?;
        let said = self.positive.stand_in(before(text, start, 24))
            || before(text, start, 16).to_ascii_lowercase().contains("unspecified");
        let groups = written.split(':').filter(|group| !group.is_empty()).count();
        let digit = written.bytes().any(|byte| byte.is_ascii_digit());
        let score = match (address.is_loopback(), groups, digit) {
            (true, ..) => return None,
            (_, 0, _) => {
                if said {
                    0.6
                } else {
                    return None;
                }
            }
            (_, 1, _) | (_, _, false) => {
                if said {
                    0.8
                } else {
                    return None;
                }
            }
            _ => 0.95,
        };
        let (rule, label) = ("pii.ip6", "IP_ADDRESS");
        Some(Hit { start, end, rule, label, score })
    }
}

/// Runs of hexadecimal digits and colons, at least two of these, and what follows after dots.
fn sixes(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let belongs = |byte: &&u8| byte.is_ascii_hexdigit() || **byte == b':';
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(colon) = bytes[from..].iter().position(|byte| *byte == b':') {
        let colon = from + colon;
        let start = colon - bytes[from..colon].iter().rev().take_while(belongs).count();
        let run = start + bytes[start..].iter().take_while(belongs).count();
        from = run;
        if bytes[start..run].iter().filter(|byte| **byte == b':').count() > 1 {
            let goes_on = |byte: &&u8| belongs(byte) || **byte == b'.';
            from += bytes[run..].iter().take_while(goes_on).count();
            found.push(start..from);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn runs_are_those_of_a_pattern(text in "[0-9a-fg:. ]{0,60}") {
            let pattern = compile(r"[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");
            let matched = pattern.find_iter(&text).map(|found| found.range());
            prop_assert_eq!(sixes(&text), matched.collect::<Vec<_>>());
        }
    }
}
