//! The names by which other computers reach this one, and the part of them that a certificate of ours may
//! speak for.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use hearth_domain::NetworkName;

use crate::Error;

/// Where networks of their own have their addresses (RFC 1918, 3927, 4193, 4291, 6598 and this computer
/// itself): address and length of the prefix.
pub(super) const OWN_NETWORKS: [(IpAddr, u8); 9] = [
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
    (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(100, 64, 0, 0)), 10),
    (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
    (IpAddr::V6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
    (IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 10),
    (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
];

/// The domain of names that computers of one network give themselves (RFC 6762).
pub(super) const OWN_DOMAIN: &str = "local";

/// How this computer is reached.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// What the person said.
    given: Vec<NetworkName>,
    /// The name that the computer has itself, where it is one.
    own: Option<String>,
}

impl Names {
    /// Reads what the person said, and asks the system for its name.
    pub(super) fn read(given: &[String]) -> Result<Self, Error> {
        let read = |name: &String| NetworkName::parse(name).ok_or(Error::NoName(name.clone()));
        let given = given.iter().map(read).collect::<Result<_, _>>()?;
        let system = gethostname::gethostname();
        // `box.example.org` calls itself `box` in its own network.
        let own = system.to_str().and_then(|name| name.split('.').next());
        let own = own.and_then(NetworkName::parse).and_then(|name| match name {
            NetworkName::Host(name) if name != "localhost" => Some(name),
            _ => None,
        });
        Ok(Self { given, own })
    }

    /// What the person said.
    pub(super) fn given(&self) -> &[NetworkName] {
        &self.given
    }

    /// Every name and given address under which one connection is answered that came to this address of
    /// ours.
    pub(super) fn at(&self, address: IpAddr) -> Vec<NetworkName> {
        let mut names = self.given.clone();
        names.extend(self.own.iter().map(|own| NetworkName::Host(format!("{own}.{OWN_DOMAIN}"))));
        let address = NetworkName::Address(address);
        if self.speaks_for(&address) && !names.contains(&address) {
            names.push(address);
        }
        names
    }

    /// What is shown to the person: the addresses on which a listener at `host` is reached now, and the
    /// given names.
    pub(super) fn urls(&self, host: IpAddr, port: u16) -> Vec<String> {
        let addresses = if host.is_unspecified() { own_addresses(host) } else { vec![host] };
        let addresses = addresses.into_iter().map(NetworkName::Address);
        let mut names: Vec<_> = addresses.filter(|address| self.speaks_for(address)).collect();
        names.extend(
            self.given.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>(),
        );
        let port = if port == 443 { String::new() } else { format!(":{port}") };
        names.iter().map(|name| format!("https://{}{port}", name.in_url())).collect()
    }

    /// Whether a certificate may name this: what the person said, and what only a network of its own has.
    fn speaks_for(&self, name: &NetworkName) -> bool {
        let NetworkName::Address(address) = name else { return self.given.contains(name) };
        self.given.contains(name)
            || OWN_NETWORKS.iter().any(|(network, length)| is_within(*address, *network, *length))
    }
}

/// The addresses of the interfaces that are up, those of version 4 first. None where the system does not
/// tell them: then only what the person said is shown.
fn own_addresses(listening: IpAddr) -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let addresses = interfaces
        .iter()
        .filter(|interface| !interface.is_loopback() && interface.is_oper_up())
        .map(if_addrs::Interface::ip)
        .filter(|address| address.is_ipv4() || listening.is_ipv6())
        // An address of one link needs the name of an interface of the other computer.
        .filter(|address| {
            !is_within(*address, Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0).into(), 10)
        });
    addresses.collect::<BTreeSet<_>>().into_iter().collect()
}

fn is_within(address: IpAddr, network: IpAddr, length: u8) -> bool {
    let bits = |address| match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 4),
        IpAddr::V6(address) => (address.to_bits(), 6),
    };
    let ((address, one), (network, other)) = (bits(address), bits(network));
    one == other && (address ^ network).leading_zeros() >= u32::from(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(given: &[&str]) -> Names {
        Names::read(&given.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn an_address_of_a_network_of_its_own_is_spoken_for_and_a_public_one_only_where_it_was_given() {
        let speaks = |given: &[&str], address: &str| {
            names(given).speaks_for(&NetworkName::parse(address).unwrap())
        };
        for own in [
            "10.255.0.1",
            "172.31.9.9",
            "192.168.1.7",
            "100.127.0.1",
            "127.0.0.2",
            "fd12::1",
            "::1",
        ] {
            assert!(speaks(&[], own), "{own}");
        }
        for public in ["9.9.9.9", "172.32.0.1", "100.128.0.1", "2001:db8::7", "::2"] {
            assert!(!speaks(&[], public), "{public}");
            assert!(speaks(&[public], public), "{public}");
        }
        assert!(speaks(&["box.lan"], "box.lan") && !speaks(&["box.lan"], "www.box.lan"));
    }

    #[test]
    fn what_is_shown_is_what_others_can_type() {
        let shown =
            |given: &[&str], host: &str, port| names(given).urls(host.parse().unwrap(), port);
        assert_eq!(
            shown(&["Box.lan"], "192.168.1.7", 8443),
            ["https://192.168.1.7:8443", "https://box.lan:8443"]
        );
        assert_eq!(shown(&["192.168.1.7"], "192.168.1.7", 443), ["https://192.168.1.7"]);
        assert_eq!(shown(&[], "fd00::7", 8443), ["https://[fd00::7]:8443"]);
        assert_eq!(shown(&[], "9.9.9.9", 8443), [""; 0]);
        let all = shown(&[], "0.0.0.0", 8443);
        assert!(all.iter().all(|url| !url.contains("127.0.0.1") && !url.contains('[')), "{all:?}");
    }

    #[test]
    fn what_is_no_name_is_said() {
        let refused = Names::read(&["box.lan".to_owned(), "no name".to_owned()]).unwrap_err();
        assert!(matches!(refused, Error::NoName(name) if name == "no name"));
    }
}
