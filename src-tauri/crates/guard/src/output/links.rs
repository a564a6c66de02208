//! What a link of a model's answer may do: only a few schemes, told the way a browser tells them,
//! however they are written. Opening one is the host's business.

/// What a link is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// May be shown as a link, with this target.
    Safe(String),
    /// A picture that is all there, in a form without scripts.
    Inline(String),
    /// Is shown as text.
    Refused,
}

/// Looks at the target of a link or of a picture.
#[must_use]
pub fn link(target: &str) -> Link {
    // A browser leaves these out before it reads the scheme.
    let plain: String =
        target.chars().filter(|letter| !letter.is_control() && !letter.is_whitespace()).collect();
    let Some((scheme, rest)) = plain.split_once(':') else { return Link::Refused };
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" if rest.starts_with("//") && rest.len() > 2 && !rest.contains('\\') => {
            Link::Safe(plain)
        }
        "mailto" if rest.contains('@') => Link::Safe(plain),
        "tel" if rest.bytes().all(|byte| byte.is_ascii_digit() || b"+-().".contains(&byte)) => {
            Link::Safe(plain)
        }
        "data" if is_picture(rest) => Link::Inline(plain),
        _ => Link::Refused,
    }
}

fn is_picture(rest: &str) -> bool {
    let lower = rest.get(..32.min(rest.len())).unwrap_or_default().to_ascii_lowercase();
    ["image/png;base64,", "image/jpeg;base64,", "image/gif;base64,", "image/webp;base64,"]
        .iter()
        .any(|kind| lower.starts_with(kind))
        && rest.split_once(',').is_some_and(|(_, body)| {
            body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ac_33_only_a_few_schemes_pass_however_they_are_written() {
        for safe in [
            "https://example.org/a?b=c",
            "HTTP://example.org",
            "mailto:jo@example.org",
            "tel:+12025550143",
        ] {
            assert!(matches!(link(safe), Link::Safe(_)), "{safe}");
        }
        for refused in [
            "javascript:alert(1)",
            " java\nscript:alert(1)",
            "\u{1}javascript:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "smb://host/x",
            "ms-msdt:/id",
            "//example.org",
            "\\\\host\\share",
            "/local",
            "#x",
            "https:\\/\\/example.org",
            "data:image/svg+xml;base64,PHN2Zz4=",
            "https:",
            "tauri://localhost",
            "",
        ] {
            assert_eq!(link(refused), Link::Refused, "{refused}");
        }
    }
}
