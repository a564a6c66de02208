//! Addresses as a person, or somebody who means harm, writes them.

use std::net::IpAddr;

use hearth_outbound::{Error, LONGEST_ADDRESS, Reach, Target};

/// Addresses of every range that is not public, and which reach is needed: `None` where none is enough.
const RANGES: &[(&str, Option<Reach>)] = &[
    ("0.0.0.0", None),
    ("0.255.255.255", None),
    ("10.0.0.0", Some(Reach::Local)),
    ("10.255.255.255", Some(Reach::Local)),
    ("100.64.0.0", None),
    ("100.100.100.200", None),
    ("100.127.255.255", None),
    ("127.0.0.1", Some(Reach::Local)),
    ("127.255.255.254", Some(Reach::Local)),
    ("168.63.129.16", None),
    ("169.254.0.0", None),
    ("169.254.169.254", None),
    ("169.254.255.255", None),
    ("172.16.0.0", Some(Reach::Local)),
    ("172.31.255.255", Some(Reach::Local)),
    ("192.0.0.0", None),
    ("192.0.0.192", None),
    ("192.0.2.1", None),
    ("192.88.99.1", None),
    ("192.168.0.0", Some(Reach::Local)),
    ("192.168.255.255", Some(Reach::Local)),
    ("198.18.0.0", None),
    ("198.19.255.255", None),
    ("198.51.100.1", None),
    ("203.0.113.1", None),
    ("224.0.0.1", None),
    ("239.255.255.255", None),
    ("240.0.0.1", None),
    ("255.255.255.255", None),
    ("::", None),
    ("::1", Some(Reach::Local)),
    ("::2", None),
    ("::7f00:1", None),
    ("::10.0.0.1", None),
    ("::8.8.8.8", None),
    ("::ffff:127.0.0.1", Some(Reach::Local)),
    ("::ffff:10.0.0.1", Some(Reach::Local)),
    ("::ffff:169.254.169.254", None),
    ("::ffff:0.0.0.0", None),
    ("::ffff:0:10.0.0.1", None),
    ("64:ff9b::10.0.0.1", None),
    ("64:ff9b::127.0.0.1", None),
    ("64:ff9b::169.254.169.254", None),
    ("64:ff9b:1::8.8.8.8", None),
    ("100::1", None),
    ("2001::1", None),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", None),
    ("2001:2::1", None),
    ("2001:10::1", None),
    ("2001:20::1", None),
    ("2001:1ff::1", None),
    ("2001:db8::1", None),
    ("2002:a00:1::1", None),
    ("2002:808:808::1", None),
    ("3fff::1", None),
    ("3fff:fff::1", None),
    ("4000::1", None),
    ("5f00::1", None),
    ("fc00::1", Some(Reach::Local)),
    ("fdff::1", Some(Reach::Local)),
    ("fd00:ec2::254", None),
    ("fd20:ce::254", None),
    ("fe00::1", None),
    ("fe80::1", None),
    ("febf::1", None),
    ("fec0::1", None),
    ("ff02::1", None),
    ("ff0e::1", None),
];

/// The neighbours of the ranges, and servers that everybody knows.
const PUBLIC: &[&str] = &[
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.0.3.0",
    "192.88.98.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450::1",
    "3ffe::1",
];

fn url(address: &str) -> String {
    match address.parse().unwrap() {
        IpAddr::V4(address) => format!("http://{address}/"),
        IpAddr::V6(address) => format!("http://[{address}]/"),
    }
}

#[test]
fn ac_45_every_range_that_is_not_public_is_refused_and_only_ones_own_can_be_allowed() {
    for (address, needed) in RANGES {
        let refused = Target::parse(&url(address), Reach::Internet);
        assert_eq!(refused.unwrap_err(), Error::Forbidden, "{address}");
        let allowed = Target::parse(&url(address), Reach::Local).is_ok();
        assert_eq!(allowed, needed.is_some(), "{address}");
    }
    for address in PUBLIC {
        for reach in [Reach::Internet, Reach::Local] {
            assert!(Target::parse(&url(address), reach).is_ok(), "{address}");
        }
    }
}

#[test]
fn ac_45_odd_ways_to_write_an_address_of_ones_own_are_seen_through() {
    for host in [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "127.0.1",
        "0x7f.1",
        "0x7f000001",
        "0X7F.0.0.0x1",
        "017700000001",
        "0177.0.0.01",
        "2130706433",
        "0",
        "0.0.0.0",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:10.0.0.1]",
        "[::127.0.0.1]",
        "[::]",
        "%31%32%37.0.0.1",
        "127%2e0.0.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "①②⑦.0.0.1",
        "169.254.169.254",
        "0xa9fea9fe",
        "2852039166",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "LocalHost.",
        "lo%63alhost",
        "ｌocalhost",
        "app.localhost",
        "a.b.localhost.",
        "printer.local",
        "router.home.arpa",
        "metadata.google.internal",
    ] {
        for scheme in ["http", "https"] {
            let refused = Target::parse(&format!("{scheme}://{host}/"), Reach::Internet);
            assert_eq!(refused.unwrap_err(), Error::Forbidden, "{host}");
        }
    }
}

#[test]
fn ac_45_what_two_readers_could_read_differently_is_no_address() {
    for text in [
        "http://good.example\\@127.0.0.1/",
        "http://good.example/\\..\\x",
        "http://good.example#@evil",
        "http://good.example/#",
        "http://good.example@127.0.0.1/",
        "http://user:word@good.example/",
        "http://:word@good.example/",
        "http://good.exam\nple/",
        "http://good.example/\u{0}",
        "\u{1}http://good.example/",
        "http://good.example\u{85}/",
        "http:///",
        "http://",
        "https://?a",
        "http://.",
        "http://a..b/",
        "http://-.example:99999/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://1.2.3.4.5/",
        "http://256.256.256.256/",
        "http://a b/",
        "http://xn--a/",
        "good.example",
        "//good.example/",
        "",
    ] {
        for reach in [Reach::Internet, Reach::Local] {
            assert_eq!(Target::parse(text, reach).unwrap_err(), Error::InvalidAddress, "{text:?}");
        }
    }
}

#[test]
fn ac_45_other_schemes_are_no_address() {
    for text in [
        "file:///etc/passwd",
        "file://good.example/x",
        "gopher://good.example:70/_x",
        "ftp://good.example/",
        "ws://good.example/",
        "dict://good.example:11211/",
        "data:text/plain,x",
        "javascript:alert(1)",
        "unix:/run/x.sock",
        "blob:https://good.example/x",
        "http+unix://good.example/",
    ] {
        for reach in [Reach::Internet, Reach::Local] {
            assert_eq!(Target::parse(text, reach).unwrap_err(), Error::InvalidAddress, "{text}");
        }
    }
}

#[test]
fn ac_45_only_the_ports_of_the_web_are_reached_on_the_internet() {
    for port in [0, 1, 22, 25, 81, 444, 3306, 6379, 8080, 8443, 65535] {
        let text = format!("http://good.example:{port}/");
        assert_eq!(Target::parse(&text, Reach::Internet).unwrap_err(), Error::Forbidden);
        assert_eq!(Target::parse(&text, Reach::Local).is_ok(), port != 0, "{port}");
    }
    for (text, port) in [
        ("http://good.example/", 80),
        ("https://good.example/", 443),
        ("https://good.example:80/", 80),
        ("http://good.example:443/", 443),
    ] {
        assert_eq!(Target::parse(text, Reach::Internet).unwrap().port(), port);
    }
}

#[test]
fn an_address_that_grows_too_long_when_it_is_spelled_out_is_refused() {
    let of = |path: String| Target::parse(&format!("http://a.example/{path}"), Reach::Internet);
    let room = LONGEST_ADDRESS - "http://a.example/".len();
    assert!(of("x".repeat(room)).is_ok());
    assert_eq!(of("x".repeat(room + 1)).unwrap_err(), Error::InvalidAddress);
    assert_eq!(of("ü".repeat(room / 3)).unwrap_err(), Error::InvalidAddress);
    let label = "x".repeat(64);
    assert_eq!(
        Target::parse(&format!("http://{label}.example/"), Reach::Internet).unwrap_err(),
        Error::InvalidAddress
    );
}

#[test]
fn an_address_says_what_it_is_and_hides_what_may_be_secret_when_it_is_logged() {
    let text = "https://Bücher.Example.:443/hooks/canary?key=canary";
    let target = Target::parse(text, Reach::Internet).unwrap();
    assert_eq!(target.url().as_str(), "https://xn--bcher-kva.example/hooks/canary?key=canary");
    assert_eq!((target.host(), target.port()), ("xn--bcher-kva.example", 443));
    assert_eq!((target.is_tls(), target.reach()), (true, Reach::Internet));
    assert_eq!(format!("{target:?}"), "Target(https://xn--bcher-kva.example:443, Internet)");
    let local = Target::parse("http://[::ffff:10.0.0.1]:8080", Reach::Local).unwrap();
    assert_eq!((local.host(), local.is_tls()), ("[::ffff:a00:1]", false));
}
