//! What `hearth serve` is told.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use clap::Args as ClapArgs;

/// Where other computers are let in unless it is said.
const ALL_ADDRESSES: &str = "0.0.0.0:8443";

#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  hearth serve --port 8790 --ui\n  \
    hearth serve --network --network-name box.example.org --network-certificate hearth.pem")]
pub(crate) struct Serve {
    /// The address on this computer
    #[arg(long, value_name = "H", default_value = "127.0.0.1", value_parser = loopback)]
    pub(crate) host: IpAddr,
    /// The port; 0 picks a free one
    #[arg(long, value_name = "N", default_value_t = 8790)]
    pub(crate) port: u16,
    /// A catalogue name, a known file, or the path of a GGUF (which allows that file)
    #[arg(long, value_name = "M")]
    pub(crate) model: Option<String>,
    /// Tokens of the KV cache that all sequences share
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(256..=1_048_576))]
    pub(crate) ctx_size: Option<u32>,
    /// Threads
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) threads: Option<u32>,
    /// Answers that run at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) parallel: Option<u32>,
    /// A file with the key of the port [else: HEARTH_API_KEY, else one made on the first run]
    #[arg(long, value_name = "F")]
    pub(crate) api_key_file: Option<PathBuf>,
    /// Serve the user interface too
    #[arg(long)]
    pub(crate) ui: bool,
    /// Let other computers in as well, with a key and by TLS [at 0.0.0.0:8443 where none is said]
    #[arg(long, value_name = "ADDRESS:PORT", num_args = 0..=1, default_missing_value = ALL_ADDRESSES)]
    pub(crate) network: Option<SocketAddr>,
    /// A name or address by which they reach this computer, beside its own; several with commas between
    /// [else: HEARTH_NETWORK_NAME]
    #[arg(long, value_name = "NAME", requires = "network", value_delimiter = ',')]
    pub(crate) network_name: Vec<String>,
    /// Write what their programs are to trust into this file, in PEM
    #[arg(long, value_name = "F", requires = "network")]
    pub(crate) network_certificate: Option<PathBuf>,
}

fn loopback(text: &str) -> Result<IpAddr, &'static str> {
    let name = if text == "localhost" { "127.0.0.1" } else { text };
    let address: Option<IpAddr> = name.trim_matches(['[', ']']).parse().ok();
    let ours = address.filter(IpAddr::is_loopback);
    ours.ok_or("Hearth listens here on this computer only: 127.0.0.1, localhost or ::1; --network lets others in")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Args, Command};

    fn serve(arguments: &[&str]) -> Option<Serve> {
        let all = ["hearth", "serve"].iter().chain(arguments);
        match Args::try_parse_from(all).ok()?.command {
            Command::Serve(serve) => Some(serve),
            _ => None,
        }
    }

    #[test]
    fn addresses_that_others_can_reach_are_refused_where_there_is_no_tls() {
        for own in ["127.0.0.1", "localhost", "::1", "[::1]"] {
            assert!(loopback(own).is_ok(), "{own}");
        }
        for other in ["0.0.0.0", "::", "192.168.1.2", "example", ""] {
            assert!(loopback(other).is_err(), "{other}");
        }
    }

    #[test]
    fn other_computers_are_let_in_only_where_it_is_said() {
        let network = |arguments: &[&str]| serve(arguments).map(|serve| serve.network);
        assert_eq!(network(&[]), Some(None));
        assert_eq!(network(&["--network"]), Some(ALL_ADDRESSES.parse().ok()));
        assert_eq!(network(&["--network", "[::]:443"]), Some("[::]:443".parse().ok()));
        for wrong in [&["--network", "8443"][..], &["--network-name", "box.lan"]] {
            assert_eq!(network(wrong), None, "{wrong:?}");
        }
        let named = serve(&["--network", "--network-name", "a.lan", "--network-name", "b.lan"]);
        assert_eq!(
            named.map(|serve| serve.network_name),
            Some(vec!["a.lan".into(), "b.lan".into()])
        );
    }
}
