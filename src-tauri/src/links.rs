//! Links of our own scheme, from a web page or another program. What they say is nobody's word: a
//! link puts a short text into the field of the window at most. It sends nothing, installs nothing,
//! opens nothing, changes nothing (AC-12).

use tauri::AppHandle;
use thiserror::Error;
use url::Url;

use crate::page;

/// The scheme, as the packages register it.
const SCHEME: &str = "hearth";
/// Characters that a link may put into the field.
const LONGEST: usize = 8_000;

/// A link that wants what links may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a link was not followed: links may only put a short text into the field")]
pub(crate) struct Refused;

/// Whether an argument of the command line is a link, not a file.
pub(crate) fn is_link(argument: &str) -> bool {
    let scheme = argument.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME))
}

/// Does what the links may do; the window is shown by whoever calls this.
pub(crate) fn follow_all(handle: &AppHandle, links: &[String]) {
    for link in links {
        match text(link) {
            Ok(text) => page::offer_draft(handle, text),
            Err(refused) => {
                tracing::warn!("{refused}");
                page::refuse_link(handle);
            }
        }
    }
}

/// The text that `hearth://chat?q=…` offers. All other parts of the query are ignored, `send` too.
fn text(link: &str) -> Result<String, Refused> {
    let url = Url::parse(link).map_err(|_| Refused)?;
    let chat = url.scheme() == SCHEME
        && url.host_str() == Some("chat")
        && matches!(url.path(), "" | "/")
        && url.username().is_empty()
        && url.port().is_none();
    if !chat {
        return Err(Refused);
    }
    let offered = url.query_pairs().find(|(name, _)| name == "q").map(|(_, text)| text);
    let text: String = offered.unwrap_or_default().chars().filter(|c| is_plain(*c)).collect();
    let text = text.trim();
    if text.chars().count() > LONGEST {
        return Err(Refused);
    }
    Ok(text.to_owned())
}

/// What a person can see: no controls, nothing without width, nothing that turns the writing.
fn is_plain(c: char) -> bool {
    let unseen = matches!(
        c,
        '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    );
    !unseen && (matches!(c, '\n' | '\t') || !c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ac_12_a_link_to_the_chat_offers_its_text_and_nothing_else_of_it_counts() {
        let text = |link| text(link).unwrap();
        assert_eq!(text("hearth://chat?q=Hello%20there"), "Hello there");
        assert_eq!(text("HEARTH://chat/?q=a+b&send=1&model=x"), "a b");
        assert_eq!(text("hearth://chat?send=1&q=%0A%0Ax%0Ay%20"), "x\ny");
        assert_eq!(text("hearth://chat"), "");
        // What cannot be seen is not taken.
        assert_eq!(text("hearth://chat?q=a%E2%80%AEb%00%F3%A0%81%81c"), "abc");
    }

    #[test]
    fn ac_12_whatever_else_a_link_wants_is_refused() {
        for link in [
            "hearth://mcp/install?command=rm",
            "hearth://chat/../mcp?q=x",
            "hearth://chat/send?q=x",
            "hearth://user@chat?q=x",
            "hearth://chat:8080?q=x",
            "hearth:chat?q=x",
            "hearth:///chat?q=x",
            "hearth://settings",
            "hearth://",
            "https://chat?q=x",
            "hearth",
        ] {
            assert_eq!(text(link), Err(Refused), "{link}");
        }
        let long = format!("hearth://chat?q={}", "x".repeat(LONGEST + 1));
        assert_eq!(text(&long), Err(Refused));
    }

    #[test]
    fn a_file_is_no_link() {
        assert!(is_link("hearth://chat?q=x") && is_link("Hearth:x"));
        for file in ["model.gguf", "/a/hearth:b", "C:\\hearth.gguf", "hearthy://x", ""] {
            assert!(!is_link(file), "{file}");
        }
    }
}
