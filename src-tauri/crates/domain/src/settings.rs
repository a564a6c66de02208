//! What a person can change. One struct, one command (`settings_update`), one row in the store.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use ts_rs::TS;

use crate::{FolderId, GuardSettings, ModelId, NetworkSettings, PersonaId, SamplingParams};

/// More folders than anybody keeps open.
const OPEN_FOLDERS: usize = 1_000;

/// Light, dark, or what the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How strongly text and lines stand out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Contrast {
    /// As the system says.
    #[default]
    System,
    /// More.
    More,
}

/// How it looks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct Appearance {
    /// Light, dark, or what the system says.
    pub theme: Theme,
    /// How strongly text and lines stand out.
    pub contrast: Contrast,
    /// The size of everything in percent, 80 to 200.
    pub text_size: u32,
    /// Tokens and speed below each answer.
    pub speed_line: bool,
    /// Mark misspelt words in the field.
    pub spell_check: bool,
    /// A BCP 47 tag of a catalogue that is there; `None` follows the system.
    pub language: Option<String>,
    /// The folders of the list that stand open, 1000 at most.
    pub open_folders: Vec<FolderId>,
}

impl Default for Appearance {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            contrast: Contrast::default(),
            text_size: 100,
            speed_line: true,
            spell_check: true,
            language: None,
            open_folders: Vec::new(),
        }
    }
}

/// When the default model is kept in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum WarmPolicy {
    /// From the start of the program to its end.
    #[default]
    Always,
    /// From the start until nothing was asked for a while; loaded again when a window is focused.
    Idle,
    /// While a window is open.
    Window,
    /// Loaded by a question, unloaded when nothing was asked for a while.
    Never,
}

/// The model and how it is run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct ModelSettings {
    /// Used unless a conversation or a request names another.
    pub default_model: Option<ModelId>,
    /// Tokens of the KV cache that all sequences share; 0 lets Hearth choose.
    pub context_size: u32,
    /// Sequences that run at once, 1 to 64.
    pub parallel: u32,
    /// Threads; 0 lets Hearth choose.
    pub threads: u32,
    /// When the default model is kept in memory.
    pub warm: WarmPolicy,
    /// The same while the computer runs on its battery; `None` makes no difference.
    pub warm_on_battery: Option<WarmPolicy>,
    /// Minutes without a question after which [`WarmPolicy::Idle`] unloads, 1 to 1440.
    pub warm_minutes: u32,
    /// MiB that all loaded models take together, at most 16777216; 0 is three quarters of the computer's memory. A
    /// model that is larger alone is loaded alone.
    pub memory_mib: u32,
    /// MiB on disk, at most 1048576, for what was read of conversations, so that they go on at once
    /// after a restart; 0 keeps nothing there.
    pub prompt_cache_mib: u32,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            default_model: None,
            context_size: 0,
            parallel: 8,
            threads: 0,
            warm: WarmPolicy::default(),
            warm_on_battery: None,
            warm_minutes: 30,
            memory_mib: 0,
            prompt_cache_mib: 2048,
        }
    }
}

/// How answers are made unless a persona or a request says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct GenerationDefaults {
    /// The persona of a new conversation.
    pub persona: Option<PersonaId>,
    /// Sampling.
    pub sampling: SamplingParams,
}

/// The local port. Off until the person switches it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct ServerSettings {
    /// Listen while the desktop application runs.
    pub enabled: bool,
    /// The port on loopback.
    pub port: u16,
    /// Days for which a line about each request is kept, at most 366; 0 writes none.
    pub log_days: u32,
    /// The same for other computers.
    pub network: NetworkSettings,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self { enabled: false, port: 8790, log_days: 7, network: NetworkSettings::default() }
    }
}

/// What closing the main window does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum CloseChoice {
    /// Asks once; until then, or where nothing can be asked, it ends the program.
    #[default]
    Ask,
    /// The program stays in the tray. Without a tray host it is minimised.
    Tray,
    /// The program ends.
    Quit,
}

/// The windows, the tray and what happens without being asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct DesktopSettings {
    /// What closing the main window does.
    pub close: CloseChoice,
    /// Whether start on login was offered; what the system says about it is not a setting.
    pub start_on_login_offered: bool,
    /// The keys that open the quick chat from anywhere, as `Ctrl+Shift+Space`; `None` takes none.
    pub shortcut: Option<String>,
    /// Hide the quick chat when another window gets the keyboard.
    pub quick_hides_on_blur: bool,
    /// Make the quick chat's window ahead of its first use: faster, and it costs its memory.
    pub quick_ahead: bool,
    /// Minutes in the tray after which the main window's web view is given back; 0 keeps it.
    pub release_minutes: u32,
    /// Say when a long answer is ready and no window has the keyboard.
    pub notifications: bool,
}

impl Default for DesktopSettings {
    fn default() -> Self {
        Self {
            close: CloseChoice::default(),
            start_on_login_offered: false,
            shortcut: Some("Ctrl+Shift+Space".to_owned()),
            quick_hides_on_blur: false,
            quick_ahead: false,
            release_minutes: 5,
            notifications: true,
        }
    }
}

/// When the data is locked by itself, where a passphrase was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct LockSettings {
    /// Minutes without a key or a click in a window of Hearth, at most 1440; 0 never locks.
    pub idle_minutes: u32,
    /// Lock when the computer goes to sleep or its screen is locked.
    pub on_sleep: bool,
}

impl Default for LockSettings {
    fn default() -> Self {
        Self { idle_minutes: 15, on_sleep: true }
    }
}

/// Everything a person can change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct Settings {
    /// How it looks.
    pub appearance: Appearance,
    /// The model and how it is run.
    pub model: ModelSettings,
    /// How answers are made.
    pub generation: GenerationDefaults,
    /// The local port.
    pub server: ServerSettings,
    /// The windows, the tray and what happens by itself.
    pub desktop: DesktopSettings,
    /// When the data is locked by itself.
    pub lock: LockSettings,
    /// What is looked for in texts, and what is done about it.
    pub guard: GuardSettings,
    /// The first-run page was seen.
    pub welcomed: bool,
    /// The recovery code was shown and acknowledged.
    pub recovery_acknowledged: bool,
}

/// Why a patch was refused; nothing of it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// A field does not exist or has the wrong type.
    #[error("the settings have no such field, or it has another type")]
    Shape,
    /// A value is out of range.
    #[error("the setting {0} is out of range")]
    Range(&'static str),
}

impl Settings {
    /// Applies a JSON merge patch (RFC 7396) and checks the whole.
    ///
    /// # Errors
    /// [`SettingsError`] where a field is unknown, of the wrong type, or out of range.
    pub fn patched(&self, patch: &Value) -> Result<Self, SettingsError> {
        let mut whole = serde_json::to_value(self).map_err(|_| SettingsError::Shape)?;
        merge(&mut whole, patch)?;
        let next: Self = serde_json::from_value(whole).map_err(|_| SettingsError::Shape)?;
        next.validate()?;
        Ok(next)
    }

    /// Checks the ranges.
    ///
    /// # Errors
    /// [`SettingsError::Range`] with the name of the field.
    pub fn validate(&self) -> Result<(), SettingsError> {
        let model = &self.model;
        if !(80..=200).contains(&self.appearance.text_size) {
            return Err(SettingsError::Range("appearance.text_size"));
        }
        if self.appearance.open_folders.len() > OPEN_FOLDERS {
            return Err(SettingsError::Range("appearance.open_folders"));
        }
        if !(1..=64).contains(&model.parallel) {
            return Err(SettingsError::Range("model.parallel"));
        }
        if model.context_size != 0 && !(256..=1_048_576).contains(&model.context_size) {
            return Err(SettingsError::Range("model.context_size"));
        }
        if model.threads > 256 {
            return Err(SettingsError::Range("model.threads"));
        }
        if !(1..=1440).contains(&model.warm_minutes) {
            return Err(SettingsError::Range("model.warm_minutes"));
        }
        if model.memory_mib > 16_777_216 {
            return Err(SettingsError::Range("model.memory_mib"));
        }
        if model.prompt_cache_mib > 1_048_576 {
            return Err(SettingsError::Range("model.prompt_cache_mib"));
        }
        if self.desktop.release_minutes > 1440 {
            return Err(SettingsError::Range("desktop.release_minutes"));
        }
        if self.lock.idle_minutes > 1440 {
            return Err(SettingsError::Range("lock.idle_minutes"));
        }
        if self.server.port < 1024 {
            return Err(SettingsError::Range("server.port"));
        }
        if self.server.log_days > 366 {
            return Err(SettingsError::Range("server.log_days"));
        }
        self.server.network.validate().map_err(SettingsError::Range)?;
        if self.server.network.enabled && self.server.network.port == self.server.port {
            return Err(SettingsError::Range("server.network.port"));
        }
        self.guard.validate().map_err(SettingsError::Range)?;
        self.generation.sampling.validate().map_err(SettingsError::Range)
    }
}

/// RFC 7396, but a key that the target does not have is an error instead of an addition.
fn merge(target: &mut Value, patch: &Value) -> Result<(), SettingsError> {
    let Value::Object(fields) = patch else {
        *target = patch.clone();
        return Ok(());
    };
    let Value::Object(target) = target else {
        return Err(SettingsError::Shape);
    };
    for (key, value) in fields {
        merge(target.get_mut(key).ok_or(SettingsError::Shape)?, value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_changes_one_field_and_keeps_the_rest() {
        let before = Settings::default();
        let after = before.patched(&json!({"appearance": {"theme": "dark"}})).unwrap();
        assert_eq!(after.appearance.theme, Theme::Dark);
        assert_eq!(after.model, before.model);
    }

    #[test]
    fn null_takes_a_choice_back() {
        let chosen =
            Settings::default().patched(&json!({"model": {"default_model": "x"}})).unwrap();
        let back = chosen.patched(&json!({"model": {"default_model": null}})).unwrap();
        assert_eq!(back.model.default_model, None);
    }

    #[test]
    fn an_unknown_field_a_wrong_type_and_a_wrong_range_are_refused() {
        let settings = Settings::default();
        let refused = |patch| settings.patched(&patch).unwrap_err();
        assert_eq!(refused(json!({"colour": 1})), SettingsError::Shape);
        assert_eq!(refused(json!({"server": {"port": "x"}})), SettingsError::Shape);
        let range = refused(json!({"model": {"parallel": 0}}));
        assert_eq!(range, SettingsError::Range("model.parallel"));
        let network = |network| refused(json!({"server": {"network": network}}));
        let same = network(json!({"enabled": true, "port": settings.server.port}));
        assert_eq!(same, SettingsError::Range("server.network.port"));
        let name = network(json!({"names": ["https://box.lan"]}));
        assert_eq!(name, SettingsError::Range("server.network.names"));
    }
}
