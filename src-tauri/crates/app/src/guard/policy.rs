//! What is done about a finding: the wishes of the person in chats, the profile at the port. The
//! table of `hearth-guard` says what a finding means by itself; nothing here makes one of the port
//! milder than its profile.

use hearth_domain::{ChatGuard, GuardAction, GuardChoice, PortProfile};
use hearth_guard::{Action, Channel, Finding, Kind, action, policy::THRESHOLD};

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

/// The kinds that a person wants looked for.
pub(super) fn chat_kinds(guard: &ChatGuard) -> Vec<Kind> {
    INPUT.into_iter().filter(|kind| choice(guard, *kind) != GuardChoice::Off).collect()
}

/// What is done in a chat; `None` where the finding is too weak to count.
pub(super) fn in_chat(guard: &ChatGuard, finding: &Finding) -> Option<GuardAction> {
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
pub(super) fn in_passage(guard: &ChatGuard, finding: &Finding) -> Option<GuardAction> {
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
        assert!(!chat_kinds(&guard).contains(&Kind::Secrets));
    }
}
