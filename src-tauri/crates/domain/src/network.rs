//! How other computers reach this one, and the names that a person may give it for them.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Names that a person may give.
const MOST_NAMES: usize = 16;
/// Characters of a host name (RFC 1035, 2.3.4).
const NAME_CHARS: usize = 253;
/// Characters between two dots of a host name.
const LABEL_CHARS: usize = 63;

/// The port for other computers. Off until the person switches it on and confirms it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct NetworkSettings {
    /// Let other computers in, while the local port is open and there is a key.
    pub enabled: bool,
    /// The port, on every address of this computer, by TLS.
    pub port: u16,
    /// Names and addresses by which they reach this computer, beside those that it knows itself.
    pub names: Vec<String>,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self { enabled: false, port: 8443, names: Vec::new() }
    }
}

impl NetworkSettings {
    /// Checks port and names, and says which is wrong.
    ///
    /// # Errors
    /// The name of the field.
    pub fn validate(&self) -> Result<(), &'static str> {
        if self.port < 1024 {
            return Err("server.network.port");
        }
        let good = self.names.iter().all(|name| NetworkName::parse(name).is_some());
        if self.names.len() > MOST_NAMES || !good {
            return Err("server.network.names");
        }
        Ok(())
    }
}

/// A name by which another computer can reach this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworkName {
    /// A host name in lower case.
    Host(String),
    /// An address.
    Address(IpAddr),
}

impl NetworkName {
    /// Reads a host name (letters, digits, hyphens and dots; others in their ASCII form) or an address of
    /// one computer, as a person writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = bare.parse::<IpAddr>() {
            let address = address.to_canonical();
            let one = !address.is_unspecified() && !address.is_multicast();
            return one.then_some(Self::Address(address));
        }
        is_host_name(text).then(|| Self::Host(text.to_ascii_lowercase()))
    }

    /// As it stands in an address of the web: `box.lan`, `192.168.1.7`, `[fd00::7]`.
    #[must_use]
    pub fn in_url(&self) -> String {
        match self {
            Self::Host(name) => name.clone(),
            Self::Address(IpAddr::V4(address)) => address.to_string(),
            Self::Address(IpAddr::V6(address)) => format!("[{address}]"),
        }
    }
}

fn is_host_name(text: &str) -> bool {
    let label = |label: &str| {
        let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let ends = label.starts_with('-') || label.ends_with('-');
        inner && !ends && (1..=LABEL_CHARS).contains(&label.len())
    };
    // What ends in a number is an address that somebody mistyped.
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= NAME_CHARS
        && text.split('.').all(label)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_hosts_or_addresses_of_one_computer() {
        let url = |text: &str| NetworkName::parse(text).map(|name| name.in_url());
        assert_eq!(url(" Box.LAN "), Some("box.lan".to_owned()));
        assert_eq!(url("10.0.0.7"), Some("10.0.0.7".to_owned()));
        assert_eq!(url("::ffff:10.0.0.7"), Some("10.0.0.7".to_owned()));
        assert_eq!(url("[FD00::7]"), Some("[fd00::7]".to_owned()));
        for text in [
            "",
            ".",
            "box.",
            "-box",
            "box_1",
            "a b",
            "*.lan",
            "10.0.0",
            "10.0.0.256",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "https://box",
            "box:8443",
            "bücher.example",
        ] {
            assert_eq!(url(text), None, "{text}");
        }
        assert_eq!(url(&"a".repeat(64)), None);
        assert_eq!(url(&["a"; 127].join(".")), Some(["a"; 127].join(".")));
        assert_eq!(url(&["a"; 128].join(".")), None);
    }
}
