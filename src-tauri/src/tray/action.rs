//! What can be chosen in the tray. Each choice has a name, so that a click on a menu that has been
//! replaced meanwhile still means what it said.

use std::str::FromStr;

use hearth_domain::{ConversationId, PersonaId};

/// What begins the name of a choice in the tray; other menus have other names.
const AREA: &str = "tray:";

/// A choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Show the main window.
    Open,
    /// Show the quick chat.
    Quick,
    /// Begin a conversation with this persona, or with none.
    Begin(Option<PersonaId>),
    /// Show a conversation.
    Show(ConversationId),
    /// Load the default model.
    Load,
    /// Unload the model, or stop loading it.
    Unload,
    /// Pause or take up background work.
    Pause,
    /// Open or close the port.
    Port,
    /// Turn start on login on or off.
    Login,
    /// Lock the data.
    Lock,
    /// Show the settings.
    Settings,
    /// End the program.
    Quit,
}

/// The choices that need no more than their word.
const PLAIN: [(&str, Action); 11] = [
    ("open", Action::Open),
    ("quick", Action::Quick),
    ("begin", Action::Begin(None)),
    ("load", Action::Load),
    ("unload", Action::Unload),
    ("pause", Action::Pause),
    ("port", Action::Port),
    ("login", Action::Login),
    ("lock", Action::Lock),
    ("settings", Action::Settings),
    ("quit", Action::Quit),
];
const BEGIN: &str = "begin:";
const SHOW: &str = "show:";

impl Action {
    /// Its name in the menu.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Begin(Some(persona)) => format!("{AREA}{BEGIN}{persona}"),
            Self::Show(conversation) => format!("{AREA}{SHOW}{conversation}"),
            plain => {
                let found = PLAIN.iter().find(|(_, action)| action == plain);
                format!("{AREA}{}", found.map_or("", |(word, _)| word))
            }
        }
    }

    /// The choice of a name; `None` for the names of other menus.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let word = name.strip_prefix(AREA)?;
        if let Some(persona) = word.strip_prefix(BEGIN) {
            return PersonaId::from_str(persona).ok().map(|persona| Self::Begin(Some(persona)));
        }
        if let Some(conversation) = word.strip_prefix(SHOW) {
            return ConversationId::from_str(conversation).ok().map(Self::Show);
        }
        PLAIN.iter().find(|(plain, _)| *plain == word).map(|(_, action)| *action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0192f0c1-2345-7abc-8def-0123456789ab";

    #[test]
    fn every_choice_is_found_by_its_name() {
        let persona = PersonaId::from_str(ID).unwrap();
        let conversation = ConversationId::from_str(ID).unwrap();
        let more = [Action::Begin(Some(persona)), Action::Show(conversation)];
        for action in PLAIN.iter().map(|(_, action)| *action).chain(more) {
            assert_eq!(Action::named(&action.name()), Some(action), "{action:?}");
        }
    }

    #[test]
    fn the_names_of_other_menus_mean_nothing_here() {
        for name in ["", "quit", "tray:", "tray:show:", "tray:begin:x", "other:quit"] {
            assert_eq!(Action::named(name), None, "{name}");
        }
    }
}
