//! The one place that hands an address to another program. `hearth-api` has checked it and the
//! person has seen it; it is checked again here, because here is where harm would be done.

use std::{
    process::{Command, Stdio},
    thread,
};

use hearth_api::{ApiError, Result};
use hearth_domain::ErrorCode;
use url::Url;

/// What a link may be; files, scripts and other programs' schemes are not among it.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Opens an address in the system's own program for it.
///
/// # Errors
/// `invalid_request` for anything but `http`, `https` and `mailto`; `desktop_only` where the
/// system has no program that opens addresses.
pub(crate) fn open(address: &str) -> Result<()> {
    let url = checked(address)?;
    let mut command = command(&url);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // The choice for our own web view is not one for the person's browser.
    command.env_remove("WEBKIT_DISABLE_DMABUF_RENDERER");
    let mut child = command.spawn().map_err(|_| ApiError::desktop_only())?;
    // Someone has to notice its end, or it stays in the process table.
    thread::spawn(move || child.wait());
    Ok(())
}

fn checked(address: &str) -> Result<Url> {
    let url = Url::parse(address).ok();
    url.filter(|url| SCHEMES.contains(&url.scheme())).ok_or_else(|| {
        ApiError::new(ErrorCode::InvalidRequest, "only http, https and mailto links are opened")
    })
}

/// The address is one argument of a program, never a line for a shell.
fn command(url: &Url) -> Command {
    let mut command = if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else if cfg!(target_os = "macos") {
        Command::new("open")
    } else {
        Command::new("xdg-open")
    };
    command.arg(url.as_str());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_and_mail_addresses_leave_the_program() {
        assert!(checked("https://example.org/a?b=c").is_ok());
        assert!(checked("mailto:someone@example.org").is_ok());
        for refused in ["file:///etc/passwd", "javascript:alert(1)", "smb://host/x", "--help", ""] {
            assert!(checked(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn an_address_cannot_become_a_second_argument_or_a_shell_line() {
        let url = checked("https://example.org/\"; rm -rf ~ #' --x").unwrap();
        let command = command(&url);
        let last = command.get_args().last().unwrap().to_str().unwrap();
        assert!(last.starts_with("https://example.org/"));
        assert!(!last.contains([' ', '"']));
    }
}
