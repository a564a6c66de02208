//! Which addresses of the Internet Protocol a request may go to. Pure: a table and a look into it.
//!
//! The table has what the registries of special addresses of IANA (RFC 6890, RFC 8190) call not globally reachable, and
//! some more that reach into a computer or its network by another name. Of IPv6 only what is given out to the
//! Internet (2000::/3) is public, so a range that is reserved tomorrow is closed today.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where a request may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Public addresses, and of them the ports 80 and 443 only.
    Internet,
    /// Also this computer and private networks, on any port: the person said so for this very address.
    Local,
}

impl Reach {
    /// Whether a request may go to this address.
    pub(crate) fn allows(self, address: IpAddr) -> bool {
        match place(address) {
            Place::Public => true,
            Place::Own => self == Self::Local,
            Place::Closed => false,
        }
    }

    /// Whether a request may go to this port. Port 0 is none.
    pub(crate) fn allows_port(self, port: u16) -> bool {
        match self {
            Self::Internet => matches!(port, 80 | 443),
            Self::Local => port != 0,
        }
    }
}

/// What an address is for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Somebody's server on the Internet.
    Public,
    /// This computer or a private network.
    Own,
    /// Never a place for a request.
    Closed,
}

use Place::{Closed, Own};

/// Special ranges of IPv4: network, length of its prefix, what it is. The first row that holds the address counts.
const RANGES_V4: &[(Ipv4Addr, u32, Place)] = &[
    // "This network"; 0.0.0.0 reaches this computer on many systems. RFC 791, 3.2
    (Ipv4Addr::new(0, 0, 0, 0), 8, Closed),
    // Private. RFC 1918
    (Ipv4Addr::new(10, 0, 0, 0), 8, Own),
    // Shared by the customers of a provider (CGNAT); a cloud has its metadata here. RFC 6598
    (Ipv4Addr::new(100, 64, 0, 0), 10, Closed),
    // Loopback. RFC 1122, 3.2.1.3
    (Ipv4Addr::new(127, 0, 0, 0), 8, Own),
    // Azure's own server inside of each of its machines: a public address that is none.
    (Ipv4Addr::new(168, 63, 129, 16), 32, Closed),
    // Link-local, with the metadata of most clouds (169.254.169.254). RFC 3927
    (Ipv4Addr::new(169, 254, 0, 0), 16, Closed),
    // Private. RFC 1918
    (Ipv4Addr::new(172, 16, 0, 0), 12, Own),
    // Assignments of the IETF: DS-Lite, PCP, NAT64 discovery. RFC 6890
    (Ipv4Addr::new(192, 0, 0, 0), 24, Closed),
    // Documentation (TEST-NET-1). RFC 5737
    (Ipv4Addr::new(192, 0, 2, 0), 24, Closed),
    // Relays of 6to4, given up. RFC 7526
    (Ipv4Addr::new(192, 88, 99, 0), 24, Closed),
    // Private. RFC 1918
    (Ipv4Addr::new(192, 168, 0, 0), 16, Own),
    // Benchmarks of devices. RFC 2544
    (Ipv4Addr::new(198, 18, 0, 0), 15, Closed),
    // Documentation (TEST-NET-2 and 3). RFC 5737
    (Ipv4Addr::new(198, 51, 100, 0), 24, Closed),
    (Ipv4Addr::new(203, 0, 113, 0), 24, Closed),
    // Multicast. RFC 5771
    (Ipv4Addr::new(224, 0, 0, 0), 4, Closed),
    // Reserved, and the broadcast address. RFC 1112, 4; RFC 919, 7
    (Ipv4Addr::new(240, 0, 0, 0), 4, Closed),
];

/// Special ranges of IPv6, as above. What no row holds is public inside of 2000::/3 and closed outside of it.
const RANGES_V6: &[(Ipv6Addr, u32, Place)] = &[
    // Loopback. RFC 4291, 2.5.3
    (Ipv6Addr::LOCALHOST, 128, Own),
    // Unspecified, and IPv4-compatible addresses, given up. RFC 4291, 2.5.2 and 2.5.5.1
    (Ipv6Addr::UNSPECIFIED, 96, Closed),
    // NAT64 of a network's own choice: where the IPv4 address lies in it is not known. RFC 8215
    (block(0x64, 0xff9b, 1), 48, Closed),
    // Discard only. RFC 6666
    (block(0x100, 0, 0), 64, Closed),
    // Assignments of the IETF: Teredo (2001::/32, RFC 4380), benchmarks (2001:2::/48, RFC 5180), ORCHID (2001:10::/28,
    // RFC 4843; 2001:20::/28, RFC 7343). RFC 2928
    (block(0x2001, 0, 0), 23, Closed),
    // Documentation. RFC 3849, RFC 9637
    (block(0x2001, 0xdb8, 0), 32, Closed),
    (block(0x3fff, 0, 0), 20, Closed),
    // 6to4, given up: an IPv4 address inside, and a relay on the way. RFC 3056, RFC 7526
    (block(0x2002, 0, 0), 16, Closed),
    // Segments of routing by source. RFC 9602
    (block(0x5f00, 0, 0), 16, Closed),
    // Inside of the private ones, the services of Amazon's and Google's clouds for their own machines, metadata with them.
    (block(0xfd00, 0xec2, 0), 32, Closed),
    (block(0xfd20, 0xce, 0), 32, Closed),
    // Private (ULA). RFC 4193
    (block(0xfc00, 0, 0), 7, Own),
    // Link-local, and site-local, given up. RFC 4291, 2.5.6; RFC 3879
    (block(0xfe80, 0, 0), 10, Closed),
    (block(0xfec0, 0, 0), 10, Closed),
    // Multicast. RFC 4291, 2.7
    (block(0xff00, 0, 0), 8, Closed),
];

/// What is given out to the Internet. RFC 4291, 2.4
const PUBLIC_V6: (Ipv6Addr, u32) = (block(0x2000, 0, 0), 3);

/// NAT64: how a network without IPv4 reaches servers that have nothing else. RFC 6052, 2.1
const NAT64: (Ipv6Addr, u32) = (block(0x64, 0xff9b, 0), 96);

const fn block(first: u16, second: u16, third: u16) -> Ipv6Addr {
    Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0)
}

fn place(address: IpAddr) -> Place {
    // ::ffff:0:0/96 is IPv4 by another name (RFC 4291, 2.5.5.2).
    match address.to_canonical() {
        IpAddr::V4(address) => place_v4(address),
        IpAddr::V6(address) => place_v6(address),
    }
}

fn place_v4(address: Ipv4Addr) -> Place {
    let row = RANGES_V4.iter().find(|(network, prefix, _)| {
        (address.to_bits() ^ network.to_bits()).leading_zeros() >= *prefix
    });
    row.map_or(Place::Public, |(_, _, place)| *place)
}

fn place_v6(address: Ipv6Addr) -> Place {
    if is_within(address, NAT64) {
        // The prefix is for public addresses only (RFC 6052, 3.1): private ones behind it are a way around the table.
        let [.., a, b, c, d] = address.octets();
        return match place_v4(Ipv4Addr::new(a, b, c, d)) {
            Place::Public => Place::Public,
            Own | Closed => Closed,
        };
    }
    let row = RANGES_V6.iter().find(|(network, prefix, _)| is_within(address, (*network, *prefix)));
    match row {
        Some((_, _, place)) => *place,
        None if is_within(address, PUBLIC_V6) => Place::Public,
        None => Closed,
    }
}

fn is_within(address: Ipv6Addr, (network, prefix): (Ipv6Addr, u32)) -> bool {
    (address.to_bits() ^ network.to_bits()).leading_zeros() >= prefix
}
