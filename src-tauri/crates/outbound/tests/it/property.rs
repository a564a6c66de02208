//! Whatever address somebody thinks of: none of a forbidden range passes, in no way of writing it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hearth_outbound::{Error, Reach, Target};
use proptest::prelude::*;

use crate::support::{Lies, internet, lied_to, post};

/// The ranges, written down a second time and in another way than the program has them.
const FORBIDDEN: &[(&str, u32)] = &[
    ("0.0.0.0", 8),
    ("10.0.0.0", 8),
    ("100.64.0.0", 10),
    ("127.0.0.0", 8),
    ("169.254.0.0", 16),
    ("172.16.0.0", 12),
    ("192.0.0.0", 24),
    ("192.0.2.0", 24),
    ("192.88.99.0", 24),
    ("192.168.0.0", 16),
    ("198.18.0.0", 15),
    ("198.51.100.0", 24),
    ("203.0.113.0", 24),
    ("224.0.0.0", 4),
    ("240.0.0.0", 4),
    ("::", 96),
    ("::ffff:10.0.0.0", 104),
    ("::ffff:127.0.0.0", 104),
    ("::ffff:169.254.0.0", 112),
    ("64:ff9b::10.0.0.0", 104),
    ("64:ff9b::127.0.0.0", 104),
    ("64:ff9b:1::", 48),
    ("100::", 64),
    ("2001::", 32),
    ("2001:2::", 48),
    ("2001:10::", 28),
    ("2001:20::", 28),
    ("2001:db8::", 32),
    ("2002::", 16),
    ("3fff::", 20),
    ("fc00::", 7),
    ("fe80::", 10),
    ("fec0::", 10),
    ("ff00::", 8),
];

/// Those of them that stay closed where private networks are allowed.
fn is_always_closed(network: &str) -> bool {
    let own = ["10.", "127.", "172.16.", "192.168.", "::ffff:10.", "::ffff:127.", "fc00::"];
    // Loopback of IPv6 lies in the first.
    network != "::"
        && !network.starts_with("fc00")
        && !own.iter().any(|own| network.starts_with(own))
}

/// An address of a range: its network, with other bits behind the prefix.
fn within(network: &str, prefix: u32, bits: u128) -> IpAddr {
    match network.parse().unwrap() {
        IpAddr::V4(network) => {
            let mask = u32::MAX.checked_shr(prefix).unwrap_or(0);
            Ipv4Addr::from_bits(network.to_bits() | (bits as u32 & mask)).into()
        }
        IpAddr::V6(network) => {
            let mask = u128::MAX.checked_shr(prefix).unwrap_or(0);
            Ipv6Addr::from_bits(network.to_bits() | (bits & mask)).into()
        }
    }
}

/// Ways to write an address as a host.
fn written(address: IpAddr) -> Vec<String> {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            let bits = address.to_bits();
            vec![
                address.to_string(),
                format!("{address}."),
                bits.to_string(),
                format!("{bits:#x}"),
                format!("0{bits:o}"),
                format!("{a:#x}.{}", bits & 0xff_ffff),
                format!("0{a:o}.{b}.{}", u32::from(c) << 8 | u32::from(d)),
                format!("[::ffff:{address}]"),
                format!("[64:ff9b::{address}]"),
                format!("[::{address}]"),
            ]
        }
        IpAddr::V6(address) => {
            let full = address.segments().map(|segment| format!("{segment:04X}")).join(":");
            vec![format!("[{address}]"), format!("[{full}]")]
        }
    }
}

proptest! {
    #[test]
    fn ac_45_no_address_of_a_forbidden_range_passes(
        row in 0..FORBIDDEN.len(), bits: u128, is_secured: bool,
    ) {
        let (network, prefix) = FORBIDDEN[row];
        let scheme = if is_secured { "https" } else { "http" };
        for host in written(within(network, prefix, bits)) {
            let text = format!("{scheme}://{host}/");
            let refused = Target::parse(&text, Reach::Internet);
            prop_assert_eq!(refused.unwrap_err(), Error::Forbidden, "{}", text);
            if is_always_closed(network) {
                let refused = Target::parse(&text, Reach::Local);
                prop_assert_eq!(refused.unwrap_err(), Error::Forbidden, "{}", text);
            }
        }
    }

    #[test]
    fn ac_45_no_name_that_stands_for_a_forbidden_address_passes(
        row in 0..FORBIDDEN.len(), bits: u128, place in 0..3_usize,
    ) {
        let (network, prefix) = FORBIDDEN[row];
        let inside = within(network, prefix, bits).to_string();
        let mut answer = vec!["1.1.1.1", "2606:4700:4700::1111"];
        answer.insert(place, &inside);
        let (outbound, _, lies) = lied_to(Lies::new(&[&answer]));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let refused = runtime.block_on(post(&outbound, &internet("http://good.example/")));
        prop_assert_eq!(refused, Err(Error::Forbidden), "{:?}", answer);
        prop_assert!(lies.dialed().is_empty());
    }

    #[test]
    fn what_passes_is_no_special_address_by_the_standard_library(bits: u128, is_v4: bool) {
        let address = if is_v4 {
            IpAddr::V4(Ipv4Addr::from_bits(bits as u32))
        } else {
            IpAddr::V6(Ipv6Addr::from_bits(bits))
        };
        for host in written(address) {
            let Ok(target) = Target::parse(&format!("http://{host}/"), Reach::Internet) else { continue };
            let special = match target.url().host() {
                Some(url::Host::Ipv4(address)) => special_v4(address),
                Some(url::Host::Ipv6(address)) => match address.to_canonical() {
                    IpAddr::V4(address) => special_v4(address),
                    IpAddr::V6(address) => special_v6(address),
                },
                _ => true,
            };
            prop_assert!(!special, "{}", host);
        }
    }

    #[test]
    fn whatever_is_typed_is_refused_or_is_an_address_that_reads_the_same_again(text in ".{0,80}") {
        for text in [text.clone(), format!("http://{text}"), format!("https://a.example/{text}")] {
            for reach in [Reach::Internet, Reach::Local] {
                if let Ok(target) = Target::parse(&text, reach) {
                    let again = Target::parse(target.url().as_str(), reach);
                    prop_assert_eq!(again, Ok(target));
                }
            }
        }
    }
}

fn special_v4(address: Ipv4Addr) -> bool {
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_unspecified()
}

fn special_v6(address: Ipv6Addr) -> bool {
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
}
