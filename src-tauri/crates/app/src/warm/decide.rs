//! The rule of the warm model: what is to be done now, from what is known now. Pure, so that a year
//! of a computer's life can be tested in a second. Not here: doing it.

use hearth_domain::{EngineState, ModelId, ModelSettings, Timestamp, WarmPolicy};

/// With [`WarmPolicy::Window`], how long the model outlives the last window, in milliseconds: one
/// that is opened again at once, as the quick chat is, finds it.
const LINGER: i64 = 10_000;
/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;

/// The windows, as the shell tells of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Windows {
    /// Whether one can be seen.
    pub(super) open: bool,
    /// Whether one has the keyboard.
    pub(super) focused: bool,
    /// When that changed last.
    pub(super) changed: Timestamp,
    /// How often one got the keyboard since the start; a look that comes late misses none.
    pub(super) times_focused: u64,
}

/// All that the rule looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Situation<'a> {
    pub(super) now: Timestamp,
    pub(super) settings: &'a ModelSettings,
    pub(super) on_battery: bool,
    pub(super) engine: &'a EngineState,
    pub(super) windows: Windows,
    /// A window got the keyboard (or the program its settings) since the model was let go.
    pub(super) woken: bool,
    /// The person wants no work in the background.
    pub(super) paused: bool,
    /// The last load failed, or the person let the model go: only they bring it back.
    pub(super) barred: bool,
    /// The computer has hardly any memory left.
    pub(super) short: bool,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Load the default model.
    Load,
    /// Let the model go.
    Unload,
    /// Nothing before this moment, unless something changes.
    WaitUntil(Timestamp),
    /// Nothing until something changes.
    Wait,
}

impl Situation<'_> {
    /// The policy that holds now.
    pub(super) fn policy(&self) -> WarmPolicy {
        let other = self.settings.warm_on_battery.filter(|_| self.on_battery);
        other.unwrap_or(self.settings.warm)
    }

    /// The rule.
    pub(super) fn step(&self) -> Step {
        match self.engine {
            EngineState::Empty if self.wants_model() => Step::Load,
            EngineState::Ready { idle_since, .. } => match self.ends(*idle_since) {
                Some(end) if end <= self.now => Step::Unload,
                Some(end) => Step::WaitUntil(end),
                None => Step::Wait,
            },
            // A load that failed is told and never tried again unasked.
            EngineState::Empty
            | EngineState::Loading { .. }
            | EngineState::Busy { .. }
            | EngineState::Failed { .. } => Step::Wait,
        }
    }

    fn wants_model(&self) -> bool {
        let wanted = match self.policy() {
            WarmPolicy::Always => true,
            WarmPolicy::Idle => self.woken,
            WarmPolicy::Window => self.windows.open,
            WarmPolicy::Never => false,
        };
        wanted && !self.paused && !self.barred
    }

    /// When a model that nothing is asked of is let go.
    fn ends(&self, idle_since: Timestamp) -> Option<Timestamp> {
        let rest = match self.policy() {
            WarmPolicy::Always => return None,
            WarmPolicy::Window if self.windows.open => return None,
            WarmPolicy::Window => LINGER,
            WarmPolicy::Idle | WarmPolicy::Never if self.short => LINGER,
            WarmPolicy::Idle | WarmPolicy::Never => i64::from(self.settings.warm_minutes) * MINUTE,
        };
        // Whoever comes to a window, or leaves it, was there.
        Some(Timestamp(idle_since.0.max(self.windows.changed.0) + rest))
    }
}

/// Which of the models beside the one in front are let go now, and when the next one will be. They are
/// there for whoever asked for them, whatever the policy of the person's own model is; where memory is
/// short, the one that was idle for longest goes at once.
pub(super) fn let_go_beside(
    beside: &[EngineState],
    now: Timestamp,
    minutes: u32,
    short: bool,
) -> (Vec<ModelId>, Option<Timestamp>) {
    let end = |idle_since: &Timestamp| Timestamp(idle_since.0 + i64::from(minutes) * MINUTE);
    let mut idle: Vec<_> = beside
        .iter()
        .filter_map(|state| match state {
            EngineState::Ready { model, idle_since, .. } => Some((end(idle_since), model)),
            EngineState::Empty
            | EngineState::Loading { .. }
            | EngineState::Busy { .. }
            | EngineState::Failed { .. } => None,
        })
        .collect();
    idle.sort_by_key(|(end, _)| *end);
    let over = idle.partition_point(|(end, _)| *end <= now).max(usize::from(short)).min(idle.len());
    let next = idle.get(over).map(|(end, _)| *end);
    (idle.into_iter().take(over).map(|(_, model)| model.clone()).collect(), next)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
