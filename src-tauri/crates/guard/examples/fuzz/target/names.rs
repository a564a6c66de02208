//! Placeholders: what is masked is gone, and comes back where it may be shown and nowhere else.

use hearth_guard::{
    Channel, Guard, Kind,
    placeholder::{Placeholders, mask, restore},
};

use super::{draw::Draw, holds};

pub(super) fn check(guard: &Guard, draw: &mut Draw, text: &str) -> Result<(), String> {
    // Drawn for each text: no text holds it.
    let mark = format!("q{:09x}", draw.next() >> 28);
    let mut chat = Placeholders::new(&mark);
    let findings = guard.scan(text, Channel::User, &[Kind::Pii, Kind::Secrets]).findings;
    let masked = mask(text, &findings, &mut chat);
    let mut other = Placeholders::new("z9z9z9z9");
    let _ = mask(text, &findings, &mut other);
    holds(restore(&masked, &other) == masked, || format!("{masked:?} means something elsewhere"))?;
    holds(restore(text, &chat) == text, || format!("names in {text:?}, where there are none"))?;
    gone(&chat, &masked)?;
    comes_back(&chat, text, &masked)?;
    stays(draw, text)
}

/// Once concealed, a text holds no value that has a name.
fn gone(chat: &Placeholders, masked: &str) -> Result<(), String> {
    let concealed = chat.conceal(masked, |_| true);
    // Not in what stands between names: a value may be as short as a number in one.
    let mut rest = vec![concealed];
    let names: Vec<String> = chat.names().collect();
    for name in &names {
        rest = rest.iter().flat_map(|it| it.split(name.as_str())).map(str::to_owned).collect();
    }
    for value in names.iter().filter_map(|name| chat.value(name)) {
        holds(!rest.iter().any(|it| it.contains(value)), || format!("{value:?} in {rest:?}"))?;
    }
    Ok(())
}

/// What is shown is the text, but for names in links and code, which stay names.
fn comes_back(chat: &Placeholders, text: &str, masked: &str) -> Result<(), String> {
    let mut shown = restore(masked, chat);
    let special = ['`', '~', '<', '(', '[', ':', '.'];
    if !text.contains(special) {
        holds(shown == text, || format!("{shown:?} is shown of {masked:?}"))?;
    }
    for name in chat.names() {
        shown = shown.replace(&name, chat.value(&name).unwrap_or_default());
    }
    holds(shown == text, || format!("{shown:?} comes back of {masked:?}"))
}

/// Behind whatever comes of the text, a name in a link, in code or in a tag stays one.
fn stays(draw: &mut Draw, text: &str) -> Result<(), String> {
    let mut chat = Placeholders::new("q7w2e9");
    let name = chat.mint("EMAIL_ADDRESS", "jo@example.org");
    let filler = |unwanted: &[char]| text.replace(unwanted, "");
    let run: String = text.split_whitespace().collect();
    let word: String = filler(&['`', '~', '[', ']', '<']).split_whitespace().collect();
    let written = match draw.below(6) {
        0 => format!("https://{run}{name}"),
        1 => format!("`{}{name}`", filler(&['`', '\n'])),
        2 => format!("[a]({}{name})", filler(&[')', '\n'])),
        3 => format!("<a {}{name}>", filler(&['>', '\n'])),
        4 => format!("```\n{}{name}\n```", filler(&['`'])),
        _ => format!("{word}[a](https://example.org/{name})"),
    };
    holds(restore(&written, &chat) == written, || format!("restored in {written:?}"))
}
