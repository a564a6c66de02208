//! Keys, tokens and passwords. Some have a form of their own (`providers`, `keys`), some are known by
//! what stands around them (`assigned`, `spoken`, `links`), and what is left must at least look random
//! in the right place (`opaque`). Never asked of anybody over the network whether it works.

mod assigned;
mod checksum;
mod commands;
mod judge;
mod keys;
mod links;
mod opaque;
mod providers;
mod search;
mod spoken;
mod stop;
mod table;

use crate::{
    finding::{Channel, Finding, Kind},
    scan::Detector,
    view::Views,
};

/// A place in the folded form.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Hit {
    start: usize,
    end: usize,
    rule: &'static str,
    score: f32,
}

/// Finds secrets.
#[derive(Debug)]
pub struct Secrets {
    keys: keys::Keys,
    providers: providers::Providers,
    links: links::Links,
    spoken: spoken::Spoken,
    search: search::Search,
    assigned: assigned::Assigned,
    commands: commands::Commands,
    opaque: opaque::Opaque,
}

impl Default for Secrets {
    fn default() -> Self {
        Self::new()
    }
}

impl Secrets {
    /// Compiles the rules.
    #[must_use]
    pub fn new() -> Self {
        judge::prepare();
        Self {
            keys: keys::Keys::new(),
            providers: providers::Providers::new(),
            links: links::Links::new(),
            spoken: spoken::Spoken::new(),
            search: search::Search::new(),
            assigned: assigned::Assigned::new(),
            commands: commands::Commands::new(),
            opaque: opaque::Opaque::new(),
        }
    }

    fn hits(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.keys.find(text, &mut hits);
        self.providers.find(text, &mut hits);
        self.links.find(text, &mut hits);
        let words = self.search.words(text);
        self.assigned.find(text, &words.names, &mut hits);
        self.commands.find(text, &words.commands, &mut hits);
        self.spoken.find(text, &words.sentences, &mut hits);
        self.opaque.find(text, &mut hits);
        joined(hits)
    }
}

impl Detector for Secrets {
    fn kind(&self) -> Kind {
        Kind::Secrets
    }

    fn find(&self, views: &Views<'_>, _: Channel, found: &mut Vec<Finding>) {
        for hit in self.hits(&views.folded.text) {
            let place = views.folded.original(hit.start..hit.end);
            let Hit { rule, score, .. } = hit;
            let (start, end, label) = (place.start, place.end, "SECRET");
            found.push(Finding { kind: Kind::Secrets, rule, label, start, end, score });
        }
    }
}

/// One hit a place: the rule that came first names it, and none of what any rule saw is left out.
fn joined(hits: Vec<Hit>) -> Vec<Hit> {
    let mut order: Vec<(usize, Hit)> = hits.into_iter().enumerate().collect();
    order.sort_by_key(|(_, hit)| hit.start);
    let mut joined: Vec<(usize, Hit)> = Vec::new();
    for (rank, hit) in order {
        match joined.last_mut() {
            Some((first, last)) if hit.start < last.end => {
                last.end = last.end.max(hit.end);
                last.score = last.score.max(hit.score);
                if rank < *first {
                    *first = rank;
                    last.rule = hit.rule;
                }
            }
            _ => joined.push((rank, hit)),
        }
    }
    joined.into_iter().map(|(_, hit)| hit).collect()
}

#[cfg(test)]
mod tests;
