//! What an export file may be called: a name that every system takes and that leads nowhere.

use hearth_domain::{ExportFormat, Timestamp};

use super::dates;

/// Characters of a name, without its ending.
const CHARACTERS: usize = 80;

/// Names that Windows keeps for devices, whatever their ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The title of a single conversation, or the program and the day.
pub(super) fn of_file(titles: &[String], now: Timestamp, format: ExportFormat) -> String {
    let ending = match format {
        ExportFormat::Json => "json",
        ExportFormat::Markdown => "md",
    };
    let name = match titles {
        [title] => safe(title),
        _ => None,
    };
    let name = name.unwrap_or_else(|| format!("hearth-{}", dates::day(now)));
    format!("{name}.{ending}")
}

/// A name of letters, digits and what stands between them; `None` where nothing is left.
fn safe(title: &str) -> Option<String> {
    let kept: String = title
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '(' | ')') { c } else { ' ' })
        .collect();
    let name = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = name.chars().take(CHARACTERS).collect();
    let name = name.trim().to_owned();
    let lower = name.to_ascii_lowercase();
    let numbered = ["com", "lpt"].iter().any(|port| {
        lower.strip_prefix(port).is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit())
    });
    if name.is_empty() {
        None
    } else if numbered || DEVICES.contains(&lower.as_str()) {
        Some(format!("_{name}"))
    } else {
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(title: &str) -> String {
        of_file(&[title.to_owned()], Timestamp(0), ExportFormat::Json)
    }

    #[test]
    fn a_name_has_nothing_that_a_path_has() {
        assert_eq!(named("../../etc/passwd"), "etc passwd.json");
        assert_eq!(named("C:\\a|b?\u{0}\u{202e}\n"), "C a b.json");
        assert_eq!(named("Grüße, 世界!"), "Grüße 世界.json");
        assert_eq!(named("..."), "hearth-1970-01-01.json");
        assert_eq!(named("NUL"), "_NUL.json");
        assert_eq!(named("com1"), "_com1.json");
        assert!(named(&"x".repeat(5000)).len() < 100);
        let many = ["a".to_owned(), "b".to_owned()];
        let name = of_file(&many, Timestamp(0), ExportFormat::Markdown);
        assert_eq!(name, "hearth-1970-01-01.md");
    }
}
