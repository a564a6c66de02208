//! What is done about a finding: the wishes of the person in chats, the profile at the port. The
//! table of `hearth-guard` says what a finding means by itself; nothing here makes one of the port
//! milder than its profile.

use hearth_domain::{ChatGuard, GuardAction, GuardChoice, PortProfile};
use hearth_guard::{Action, Channel, Finding, Kind, action, policy::THRESHOLD};

/// What holds for a conversation: what the person chose, and where a program asks in it, at least what
/// the profile of its key promises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    chat: ChatGuard,
    program: Option<PortProfile>,
}

impl Policy {
    /// What a person chose, for what a person asks, or a program under this profile.
    pub(crate) fn new(chat: ChatGuard, program: Option<PortProfile>) -> Self {
        Self { chat, program }
    }

    /// Who asks, as the audit log has it.
    pub(crate) fn actor(&self) -> &'static str {
        if self.program.is_some() { "port" } else { "person" }
    }

    /// The profile of the program that asks.
    pub(crate) fn program(&self) -> Option<PortProfile> {
        self.program
    }

    /// Whether nothing goes on where a detector fails.
    pub(crate) fn promises(&self) -> bool {
        self.program.is_some_and(promises)
    }

    /// Whether personal data and secrets are masked in answers.
    pub(crate) fn masks_output(&self) -> bool {
        self.chat.mask_output || self.promises()
    }

    /// Whether marks of the template, thoughts and endless repetition are taken out of answers.
    pub(crate) fn cleans_output(&self) -> bool {
        self.chat.clean_output || self.program.is_some_and(|it| it != PortProfile::Off)
    }

    /// The kinds that are looked for.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        let program = self.program.map(port_kinds).unwrap_or_default();
        let wanted = |kind: &Kind| choice(&self.chat, *kind) != GuardChoice::Off;
        INPUT.into_iter().filter(|kind| wanted(kind) || program.contains(kind)).collect()
    }

    /// What is done about a finding in what is asked; `None` where it does not count. What the person
    /// lets `through` in this conversation does not loosen what a profile promises.
    pub(super) fn act(&self, finding: &Finding, through: bool) -> Option<GuardAction> {
        let chosen = in_chat(&self.chat, finding).filter(|_| !through);
        let Some(profile) = self.program else { return chosen };
        // Nobody is there who could be asked.
        let nobody = |it| if it == GuardAction::Confirm { GuardAction::Block } else { it };
        chosen.map(nobody).max(at_port(profile, finding))
    }

    /// What is done about a finding in a passage that the answer is to read.
    pub(super) fn in_passage(&self, finding: &Finding, through: bool) -> Option<GuardAction> {
        let chosen = in_passage(&self.chat, finding).filter(|_| !through);
        chosen.max(self.program.and_then(|profile| in_passage_at_port(profile, finding)))
    }
}

/// Whether a profile promises that nothing goes on unseen, and that personal data and secrets are masked.
pub(crate) fn promises(profile: PortProfile) -> bool {
    matches!(profile, PortProfile::Standard | PortProfile::Strict)
}

/// Kinds that are looked for in texts of people and programs.
const INPUT: [Kind; 4] = [Kind::Injection, Kind::Pii, Kind::Secrets, Kind::Toxicity];

/// What a person wants done about a kind.
fn choice(guard: &ChatGuard, kind: Kind) -> GuardChoice {
    match kind {
        Kind::Injection => guard.injection,
        Kind::Pii => guard.pii,
        Kind::Secrets => guard.secrets,
        Kind::Toxicity => guard.toxicity,
        Kind::Output => GuardChoice::Off,
    }
}

/// What is done in a chat; `None` where the finding is too weak to count.
fn in_chat(guard: &ChatGuard, finding: &Finding) -> Option<GuardAction> {
    if finding.score < THRESHOLD {
        return None;
    }
    match choice(guard, finding.kind) {
        GuardChoice::Off => None,
        GuardChoice::Note => Some(GuardAction::Note),
        GuardChoice::Mask => Some(GuardAction::Mask),
        GuardChoice::Warn => Some(GuardAction::Confirm),
        GuardChoice::Block => Some(GuardAction::Block),
    }
}

/// What is done about a finding in a passage of a document; `None` where it does not count. What is
/// only noted in a question is not told of a document: the person chose it.
fn in_passage(guard: &ChatGuard, finding: &Finding) -> Option<GuardAction> {
    match (finding.kind, in_chat(guard, finding)?) {
        (Kind::Injection, _) | (_, GuardAction::Block) => Some(GuardAction::Quarantine),
        (Kind::Pii | Kind::Secrets, GuardAction::Mask | GuardAction::Confirm) => {
            Some(GuardAction::Mask)
        }
        _ => None,
    }
}

/// What is done at the port about a finding in a passage of a document; `None` where it does not
/// count. Whoever wrote the document is not the program that asks.
pub(super) fn in_passage_at_port(profile: PortProfile, finding: &Finding) -> Option<GuardAction> {
    if finding.score < THRESHOLD {
        return None;
    }
    match (profile, finding.kind) {
        (PortProfile::Off, _) | (_, Kind::Output) => None,
        (PortProfile::Note, _) => Some(GuardAction::Note),
        (_, Kind::Injection) => Some(GuardAction::Quarantine),
        (_, Kind::Pii | Kind::Secrets) => Some(GuardAction::Mask),
        (PortProfile::Strict, Kind::Toxicity) => Some(GuardAction::Quarantine),
        (PortProfile::Standard, Kind::Toxicity) => None,
    }
}

/// The kinds that the port looks for.
pub(super) fn port_kinds(profile: PortProfile) -> &'static [Kind] {
    if profile == PortProfile::Off { &[] } else { &INPUT }
}

/// What is done at the port; `None` where the finding is too weak to count.
pub(super) fn at_port(profile: PortProfile, finding: &Finding) -> Option<GuardAction> {
    let by_table = match action(Channel::Api, finding) {
        Action::Allow => return None,
        Action::Note => GuardAction::Note,
        Action::Mask => GuardAction::Mask,
        Action::Warn => GuardAction::Warn,
        // Nobody is there who could be asked.
        Action::Quarantine | Action::Block | Action::Confirm => GuardAction::Block,
    };
    match profile {
        PortProfile::Off => None,
        PortProfile::Note => Some(GuardAction::Note),
        PortProfile::Standard => Some(by_table),
        PortProfile::Strict if by_table == GuardAction::Mask => Some(GuardAction::Mask),
        PortProfile::Strict => Some(GuardAction::Block),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(kind: Kind, score: f32) -> Finding {
        Finding { kind, rule: "rule", label: "LABEL", start: 0, end: 1, score }
    }

    #[test]
    fn a_stricter_profile_is_never_milder() {
        let order =
            [PortProfile::Off, PortProfile::Note, PortProfile::Standard, PortProfile::Strict];
        for kind in INPUT {
            for score in [0.5, 0.95, f32::NAN] {
                let acts = order.map(|profile| at_port(profile, &finding(kind, score)));
                assert!(acts.is_sorted(), "{kind:?} {score}: {acts:?}");
            }
        }
    }

    #[test]
    fn the_standard_profile_masks_values_and_refuses_what_is_certain() {
        let standard = |kind, score| at_port(PortProfile::Standard, &finding(kind, score));
        assert_eq!(standard(Kind::Pii, 0.6), Some(GuardAction::Mask));
        assert_eq!(standard(Kind::Secrets, 0.6), Some(GuardAction::Mask));
        assert_eq!(standard(Kind::Injection, 0.6), Some(GuardAction::Warn));
        assert_eq!(standard(Kind::Injection, 0.95), Some(GuardAction::Block));
        assert_eq!(standard(Kind::Injection, 0.4), None);
    }

    #[test]
    fn in_a_chat_the_person_s_choice_decides_and_off_is_not_looked_for() {
        let mut guard = ChatGuard { pii: GuardChoice::Mask, ..ChatGuard::default() };
        assert_eq!(in_chat(&guard, &finding(Kind::Pii, 0.9)), Some(GuardAction::Mask));
        assert_eq!(in_chat(&guard, &finding(Kind::Pii, 0.2)), None);
        guard.secrets = GuardChoice::Off;
        assert!(!Policy::new(guard, None).kinds().contains(&Kind::Secrets));
    }

    #[test]
    fn a_program_that_asks_in_a_conversation_is_held_to_both_its_profile_and_the_person_s_choice() {
        let off = ChatGuard {
            injection: GuardChoice::Off,
            pii: GuardChoice::Warn,
            secrets: GuardChoice::Off,
            ..ChatGuard::default()
        };
        let policy = Policy::new(off.clone(), Some(PortProfile::Standard));
        let act = |policy: &Policy, kind, through| policy.act(&finding(kind, 0.95), through);
        assert_eq!(policy.kinds(), INPUT);
        assert_eq!(act(&policy, Kind::Injection, false), Some(GuardAction::Block));
        assert_eq!(act(&policy, Kind::Secrets, false), Some(GuardAction::Mask));
        // What would be asked of a person is refused, and what the person lets through is still masked.
        assert_eq!(act(&policy, Kind::Pii, false), Some(GuardAction::Block));
        assert_eq!(act(&policy, Kind::Pii, true), Some(GuardAction::Mask));
        let lax = Policy::new(off.clone(), Some(PortProfile::Off));
        assert_eq!(act(&lax, Kind::Pii, false), Some(GuardAction::Block));
        assert_eq!(act(&lax, Kind::Pii, true), None);
        let person = Policy::new(off, None);
        assert_eq!(act(&person, Kind::Pii, false), Some(GuardAction::Confirm));
        assert!(policy.masks_output() && !person.masks_output() && !person.promises());
    }
}
