//! The names of one conversation: which value each stands for, which the person lets the model read,
//! and which were minted for the model's own words. Saved as one row, encrypted, with the
//! conversation; it goes with it.

use std::collections::BTreeSet;

use data_encoding::BASE32_NOPAD;
use hearth_domain::{ConversationId, GuardAction, GuardFinding, GuardKind};
use hearth_guard::placeholder::Placeholders;
use hearth_store::{Reader, Writer};
use serde::{Deserialize, Serialize};

use super::Policy;

/// Random letters of a mark: enough that no text has one by chance.
const MARK: usize = 5;

/// The names of a conversation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Masking {
    /// Values that people wrote.
    pub(crate) names: Placeholders,
    /// Values that the model wrote and that are hidden from people until they want them.
    pub(crate) output: Placeholders,
    /// Names whose values the model may read.
    allowed: BTreeSet<String>,
    /// Kinds that are let through.
    kinds: BTreeSet<GuardKind>,
}

impl Masking {
    /// For a conversation without names, with marks of these random bytes.
    fn new(random: [u8; 8]) -> Self {
        let (mine, its) = random.split_at(4);
        let mark = |bytes: &[u8]| BASE32_NOPAD.encode(bytes).chars().take(MARK).collect::<String>();
        Self::marked(&mark(mine), &mark(its))
    }

    /// With these marks.
    pub(super) fn marked(names: &str, output: &str) -> Self {
        // One letter more: the two never meet, whatever was drawn.
        Self::of(Placeholders::new(names), Placeholders::new(&format!("{output}x")))
    }

    /// With names that were given already.
    pub(crate) fn of(names: Placeholders, output: Placeholders) -> Self {
        Self { names, output, allowed: BTreeSet::new(), kinds: BTreeSet::new() }
    }

    /// With marks that nobody can guess.
    pub(crate) fn random() -> hearth_store::Result<Self> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|_| hearth_store::Error::Randomness)?;
        Ok(Self::new(random))
    }

    /// That of a conversation; `None` where nothing was ever masked or let through in it.
    pub(crate) fn read(r: &Reader<'_>, of: ConversationId) -> hearth_store::Result<Option<Self>> {
        let Some(json) = r.masking(of)? else { return Ok(None) };
        serde_json::from_str(&json).map(Some).map_err(|_| hearth_store::Error::RowMalformed)
    }

    pub(crate) fn save(&self, w: &mut Writer<'_>, of: ConversationId) -> hearth_store::Result<()> {
        let json = serde_json::to_string(self).map_err(|_| hearth_store::Error::RowMalformed)?;
        w.masking_save(of, &json)
    }

    /// The text as the model reads it by a policy: where that promises to mask, also without what the
    /// person lets through.
    pub(crate) fn conceal_by(&self, policy: &Policy, text: &str) -> String {
        if policy.promises() { self.names.conceal(text, |_| true) } else { self.conceal(text) }
    }

    /// The text as the model reads it for the person.
    pub(crate) fn conceal(&self, text: &str) -> String {
        self.names.conceal(text, |name| !self.allowed.contains(name))
    }

    /// Whether a kind is let through.
    pub(crate) fn lets_through(&self, kind: GuardKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// What is done about a finding now that the person has decided.
    pub(super) fn now(&self, finding: &GuardFinding) -> GuardAction {
        let named = finding.name.as_ref().is_some_and(|name| self.allowed.contains(name));
        if named || self.lets_through(finding.kind) { GuardAction::Allow } else { finding.action }
    }

    /// Lets the model read a value.
    pub(super) fn allow(&mut self, name: &str) {
        self.allowed.insert(name.to_owned());
    }

    /// Lets everything of a kind through, with the values that have names already.
    pub(super) fn allow_kind(&mut self, kind: GuardKind, names: impl IntoIterator<Item = String>) {
        self.kinds.insert(kind);
        self.allowed.extend(names);
    }

    /// A name stands for this value, whatever was decided before.
    pub(super) fn mask(&mut self, kind: GuardKind, label: &str, value: &str) -> String {
        let name = self.names.mint(label, value);
        self.allowed.remove(&name);
        self.kinds.remove(&kind);
        name
    }
}

#[cfg(test)]
mod tests {
    use hearth_domain::{ChatGuard, PortProfile};

    use super::*;

    #[test]
    fn a_value_that_is_allowed_is_read_by_the_model_and_the_others_are_not() {
        let mut masking = Masking::new([7; 8]);
        let card = masking.mask(GuardKind::Pii, "CREDIT_CARD", "4111 1111 1111 1111");
        let mail = masking.mask(GuardKind::Pii, "EMAIL_ADDRESS", "jo@example.org");
        let text = "4111 1111 1111 1111, jo@example.org";
        assert_eq!(masking.conceal(text), format!("{card}, {mail}"));
        masking.allow(&card);
        assert_eq!(masking.conceal(text), format!("4111 1111 1111 1111, {mail}"));
        let program = Policy::new(ChatGuard::default(), Some(PortProfile::Standard));
        assert_eq!(masking.conceal_by(&program, text), format!("{card}, {mail}"));
        assert_eq!(masking.mask(GuardKind::Pii, "CREDIT_CARD", "4111 1111 1111 1111"), card);
        assert_eq!(masking.conceal(text), format!("{card}, {mail}"));
    }

    #[test]
    fn names_for_the_model_s_words_are_never_those_of_a_person_s() {
        let mut masking = Masking::new([0; 8]);
        let mine = masking.names.mint("EMAIL_ADDRESS", "jo@example.org");
        let its = masking.output.mint("EMAIL_ADDRESS", "al@example.org");
        assert_ne!(mine, its);
    }
}
