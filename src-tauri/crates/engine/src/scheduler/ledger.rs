//! Who had how much: the tokens worked on for each caller, so that callers of one class get equal
//! parts however many requests they send.
//!
//! This is start-time fair queueing: a caller that comes (back) begins where the least served of
//! those who are there stands, so that nobody saves up while away.

use std::collections::HashMap;

use hearth_domain::{Caller, Priority};

use super::class;

/// Callers that are away and remembered, at most.
const MOST_AWAY: usize = 64;

#[derive(Debug, Default)]
struct Account {
    /// Tokens, those expected of what runs among them.
    served: u64,
    /// Requests that wait or run.
    open: usize,
}

/// The accounts of every class.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    classes: [HashMap<Caller, Account>; class::CLASSES],
}

impl Ledger {
    /// A request comes.
    pub(crate) fn open(&mut self, class: Priority, caller: &Caller) {
        let accounts = &mut self.classes[class::index(class)];
        let there = accounts.values().filter(|account| account.open > 0);
        let floor = there.map(|account| account.served).min();
        if accounts.len() > MOST_AWAY {
            accounts.retain(|_, account| account.open > 0);
        }
        let account = accounts.entry(caller.clone()).or_default();
        if account.open == 0 {
            // Where nobody is there, there is nobody to be fair to.
            account.served = floor.map_or(0, |floor| account.served.max(floor));
        }
        account.open += 1;
    }

    /// A request is at its end.
    pub(crate) fn close(&mut self, class: Priority, caller: &Caller) {
        if let Some(account) = self.classes[class::index(class)].get_mut(caller) {
            account.open = account.open.saturating_sub(1);
        }
    }

    /// So many tokens were worked on, or are expected to be.
    pub(crate) fn charge(&mut self, class: Priority, caller: &Caller, tokens: u64) {
        if let Some(account) = self.classes[class::index(class)].get_mut(caller) {
            account.served = account.served.saturating_add(tokens);
        }
    }

    /// So many tokens were expected and did not come.
    pub(crate) fn refund(&mut self, class: Priority, caller: &Caller, tokens: u64) {
        if let Some(account) = self.classes[class::index(class)].get_mut(caller) {
            account.served = account.served.saturating_sub(tokens);
        }
    }

    /// What the caller had so far; who has less goes first.
    pub(crate) fn served(&self, class: Priority, caller: &Caller) -> u64 {
        self.classes[class::index(class)].get(caller).map_or(0, |account| account.served)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASS: Priority = Priority::Stream;

    fn key(name: &str) -> Caller {
        Caller::Key(name.into())
    }

    #[test]
    fn whoever_comes_later_begins_where_the_least_served_stands() {
        let mut ledger = Ledger::default();
        ledger.open(CLASS, &key("a"));
        ledger.charge(CLASS, &key("a"), 500);
        ledger.open(CLASS, &key("b"));
        assert_eq!(ledger.served(CLASS, &key("b")), 500);
    }

    #[test]
    fn a_debt_is_not_lost_by_leaving_for_a_moment() {
        let mut ledger = Ledger::default();
        ledger.open(CLASS, &key("a"));
        ledger.open(CLASS, &key("b"));
        ledger.charge(CLASS, &key("a"), 500);
        ledger.close(CLASS, &key("a"));
        ledger.open(CLASS, &key("a"));
        assert_eq!(ledger.served(CLASS, &key("a")), 500);
    }

    #[test]
    fn what_was_expected_and_did_not_come_is_given_back() {
        let mut ledger = Ledger::default();
        ledger.open(CLASS, &key("a"));
        ledger.charge(CLASS, &key("a"), 300);
        ledger.refund(CLASS, &key("a"), 200);
        assert_eq!(ledger.served(CLASS, &key("a")), 100);
        assert_eq!(ledger.served(Priority::Batch, &key("a")), 0, "classes are apart");
    }

    #[test]
    fn callers_that_went_are_forgotten_in_the_end() {
        let mut ledger = Ledger::default();
        for n in 0..1000 {
            ledger.open(CLASS, &key(&n.to_string()));
            ledger.close(CLASS, &key(&n.to_string()));
        }
        assert!(ledger.classes[1].len() <= MOST_AWAY + 1);
    }
}
