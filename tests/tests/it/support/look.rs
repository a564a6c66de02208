//! The ways everything can look, by the settings of appearance.

use serde_json::{Value, json};

use super::page::Page;

/// What is looked for in a view.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Rules {
    /// Every rule.
    All,
    /// That of the contrast of colours.
    Colours,
    /// Nothing; it is only kept as a picture.
    None,
}

/// How everything looks for one round through the views.
pub(crate) struct Look {
    /// What its pictures are called.
    pub(crate) name: &'static str,
    appearance: Value,
    rtl: bool,
    /// What axe-core looks for; a dark page differs from a light one by its colours alone.
    pub(crate) rules: Rules,
}

/// The two themes, both with more contrast, right to left, twice as large.
pub(crate) fn looks() -> Vec<Look> {
    let look = |name, theme: &str, contrast: &str, rules| Look {
        name,
        appearance: json!({
            "theme": theme, "contrast": contrast, "text_size": 100, "language": "en",
        }),
        rtl: false,
        rules,
    };
    let mut rtl = look("rtl", "light", "system", Rules::None);
    rtl.appearance["language"] = json!("ar");
    rtl.rtl = true;
    let mut large = look("200", "light", "system", Rules::None);
    large.appearance["text_size"] = json!(200);
    vec![
        look("light", "light", "system", Rules::All),
        look("dark", "dark", "system", Rules::Colours),
        look("contrast", "light", "more", Rules::Colours),
        look("contrast-dark", "dark", "more", Rules::Colours),
        rtl,
        large,
    ]
}

/// Changes the look and waits until the page has it.
pub(crate) fn wear(page: &Page, look: &Look) {
    page.set(&json!({ "appearance": look.appearance }));
    let text = |name: &str| look.appearance[name].as_str().expect("a word").to_owned();
    page.shows(&format!("html[data-theme=\"{}\"]", text("theme")));
    let size = look.appearance["text_size"].as_u64().expect("a number");
    let sized = if size == 100 { ":not([style*=\"font-size\"])" } else { "[style*=\"200%\"]" };
    page.shows(&format!("html{sized}"));
    let contrast =
        if text("contrast") == "more" { "[data-contrast]" } else { ":not([data-contrast])" };
    page.shows(&format!("html{contrast}"));
    let dir = if look.rtl { "rtl" } else { "ltr" };
    page.shows(&format!("html[dir=\"{dir}\"]"));
}
