//! What a person can change about the guardrails: what is done about each kind in chat, the profile
//! of the port, how long the audit log is kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is done about a kind of finding in what a person writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum GuardChoice {
    /// It is not looked for.
    Off,
    /// A quiet line says so.
    #[default]
    Note,
    /// The model reads a name in its place.
    Mask,
    /// It is sent only when the person says so.
    Warn,
    /// It is not sent.
    Block,
}

/// The guardrails of window, quick chat and command line: the person's own words on their own
/// computer. Nothing is changed or held back unless they ask for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct ChatGuard {
    /// Text that tries to instruct the assistant; cannot be masked.
    pub injection: GuardChoice,
    /// Personal data.
    pub pii: GuardChoice,
    /// Keys and passwords.
    pub secrets: GuardChoice,
    /// Abuse; cannot be masked.
    pub toxicity: GuardChoice,
    /// Take marks of the template, thoughts and endless repetition out of answers.
    pub clean_output: bool,
    /// Mask personal data and secrets in answers that are not the person's own words.
    pub mask_output: bool,
}

impl Default for ChatGuard {
    fn default() -> Self {
        Self {
            injection: GuardChoice::Note,
            pii: GuardChoice::Note,
            secrets: GuardChoice::Note,
            toxicity: GuardChoice::Off,
            clean_output: true,
            mask_output: false,
        }
    }
}

/// What the port does with texts of programs. No request can change it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum PortProfile {
    /// Nothing is looked for.
    Off,
    /// What is found is reported, and nothing changed.
    Note,
    /// Personal data and secrets are masked, certain attacks refused, the rest reported.
    #[default]
    Standard,
    /// As standard, and every attack and abuse is refused.
    Strict,
}

/// The guardrails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct GuardSettings {
    /// In chats.
    pub chat: ChatGuard,
    /// At the port.
    pub port: PortProfile,
    /// Days that entries of the audit log are kept, at most 3650; 0 keeps them.
    pub audit_days: u32,
}

impl Default for GuardSettings {
    fn default() -> Self {
        Self { chat: ChatGuard::default(), port: PortProfile::default(), audit_days: 365 }
    }
}

impl GuardSettings {
    /// Checks what cannot be.
    ///
    /// # Errors
    /// The name of the field.
    pub fn validate(&self) -> Result<(), &'static str> {
        if self.chat.injection == GuardChoice::Mask {
            return Err("guard.chat.injection");
        }
        if self.chat.toxicity == GuardChoice::Mask {
            return Err("guard.chat.toxicity");
        }
        if self.audit_days > 3650 {
            return Err("guard.audit_days");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_default_a_person_s_own_words_are_neither_changed_nor_held_back() {
        let ChatGuard { injection, pii, secrets, toxicity, mask_output, .. } = ChatGuard::default();
        for choice in [injection, pii, secrets, toxicity] {
            assert!(matches!(choice, GuardChoice::Off | GuardChoice::Note));
        }
        assert!(!mask_output);
        assert_eq!(PortProfile::default(), PortProfile::Standard);
    }

    #[test]
    fn what_has_no_place_cannot_be_masked() {
        let mut settings = GuardSettings::default();
        assert_eq!(settings.validate(), Ok(()));
        settings.chat.injection = GuardChoice::Mask;
        assert_eq!(settings.validate(), Err("guard.chat.injection"));
    }
}
