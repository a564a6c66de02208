//! The one table of what a finding means: by where the text came from, what was found and how sure
//! the detector is. Plain data and pure; settings of a user are applied by `app` on top of it.

use serde::{Deserialize, Serialize};

use crate::finding::{Channel, Finding, Kind};

/// What is to be done, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing.
    Allow,
    /// It is counted and can be looked up; nobody is interrupted.
    Note,
    /// A placeholder takes its place.
    Mask,
    /// It goes on, with a warning that can be seen.
    Warn,
    /// It is kept and marked, and not given to the model unless the user insists.
    Quarantine,
    /// It does not go on.
    Block,
    /// It goes on only after a person has said so.
    Confirm,
}

/// From here on a finding counts. One threshold for all; detectors are calibrated to it.
pub const THRESHOLD: f32 = 0.5;
/// From here on a finding is as good as certain (a validator agreed, several rules met).
pub const CERTAIN: f32 = 0.9;

/// What a finding means in a text from there.
#[must_use]
pub fn action(channel: Channel, finding: &Finding) -> Action {
    of(channel, finding.kind, finding.score)
}

/// The table.
#[must_use]
pub fn of(channel: Channel, kind: Kind, score: f32) -> Action {
    // A score that is no number counts as certain: a broken detector must not open the door.
    if score < THRESHOLD {
        return Action::Allow;
    }
    let certain = score >= CERTAIN || score.is_nan();
    match (kind, channel) {
        // It is the user's own machine: what they type themselves is only noted.
        (Kind::Injection, Channel::User) => Action::Note,
        (Kind::Injection, Channel::Document | Channel::ToolResult) => Action::Quarantine,
        (Kind::Injection, Channel::ToolDefinition) => Action::Confirm,
        (Kind::Injection, Channel::Api) if certain => Action::Block,
        (Kind::Injection, Channel::Api | Channel::ModelOutput) => Action::Warn,
        (Kind::Pii | Kind::Secrets, Channel::ToolDefinition) => Action::Confirm,
        (Kind::Pii | Kind::Secrets, _) => Action::Mask,
        (Kind::Toxicity, Channel::User | Channel::Document) => Action::Note,
        (Kind::Toxicity, _) => Action::Warn,
        (Kind::Output, _) => Action::Mask,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNELS: [Channel; 6] = [
        Channel::User,
        Channel::Document,
        Channel::ToolResult,
        Channel::ToolDefinition,
        Channel::Api,
        Channel::ModelOutput,
    ];

    #[test]
    fn nothing_is_done_below_the_threshold() {
        for channel in CHANNELS {
            for kind in Kind::ALL {
                assert_eq!(of(channel, kind, 0.49), Action::Allow);
            }
        }
    }

    #[test]
    fn a_score_that_is_no_number_never_allows() {
        for channel in CHANNELS {
            for kind in Kind::ALL {
                assert_ne!(of(channel, kind, f32::NAN), Action::Allow);
            }
        }
    }

    #[test]
    fn a_surer_finding_is_never_treated_more_mildly() {
        for channel in CHANNELS {
            for kind in Kind::ALL {
                assert!(of(channel, kind, 1.0) >= of(channel, kind, 0.5));
            }
        }
    }

    #[test]
    fn a_users_own_words_are_never_held_back() {
        for kind in Kind::ALL {
            assert!(of(Channel::User, kind, 1.0) < Action::Quarantine);
        }
    }
}
