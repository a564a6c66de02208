//! Rows of our own: numbers are made here, so that none is anybody's.

use proptest::prelude::*;

use super::*;
use std::sync::LazyLock;

static PII: LazyLock<Pii> = LazyLock::new(Pii::new);

fn labels(text: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    PII.find(&Views::of(text), Channel::User, &mut found);
    found.retain(|it| it.score >= 0.5);
    found.sort_by_key(|it| it.start);
    found.iter().map(|it| (it.label, text[it.range()].to_owned())).collect()
}

fn finds(text: &str, label: &'static str, value: &str) {
    assert_eq!(labels(text), [(label, value.to_owned())], "{text}");
}

fn clean(text: &str) {
    assert_eq!(labels(text), [], "{text}");
}

/// The body with the digit that makes Luhn's check right.
fn luhn(body: &str) -> String {
    let with = |digit: u8| format!("{body}{digit}");
    (0..10).map(with).find(|it| check::luhn(&check::digits(it))).unwrap()
}

/// The account number of this body.
fn iban(country: &str, body: &str) -> String {
    let with = |check: u32| format!("{country}{check:02}{body}");
    let right = |it: &String| check::mod_97(it[4..].chars().chain(it[..4].chars())) == Some(1);
    (2..99).map(with).find(right).unwrap()
}

#[test]
fn addresses_of_mail_are_found_as_people_write_them() {
    finds(
        "write to Jo.Doe+x@mail.example.org, please",
        "EMAIL_ADDRESS",
        "Jo.Doe+x@mail.example.org",
    );
    finds("请发到jo@example.org。", "EMAIL_ADDRESS", "jo@example.org");
    finds("jo.doe [at] example.org", "EMAIL_ADDRESS", "jo.doe [at] example.org");
    finds("mail jo(at)example(dot)org now", "EMAIL_ADDRESS", "jo(at)example(dot)org");
    finds("it is jo_doe at example dot org", "EMAIL_ADDRESS", "jo_doe at example dot org");
    finds("ask jo\u{200b}@example.org", "EMAIL_ADDRESS", "jo\u{200b}@example.org");
}

#[test]
fn things_with_an_at_sign_that_are_no_mail_stay() {
    for text in [
        "header@3x.webp",
        "git@example.org:tools/scan.git",
        "al@desk:~$ make",
        "add @scope/thing@1.2.3",
        "run example.org/web@sha512:00ff",
        "@router.post(\"/x\")",
        "<name>@<server>",
        "shop at example dot org",
    ] {
        clean(text);
    }
}

#[test]
fn cards_pass_the_check_and_lie_in_a_range() {
    let card = luhn("411111222233334");
    finds(&format!("my card is {card}."), "CREDIT_CARD", &card);
    let grouped = format!("{} {} {} {}", &card[..4], &card[4..8], &card[8..12], &card[12..]);
    finds(&format!("cardNumber: {grouped}"), "CREDIT_CARD", &grouped);
    let spaced: Vec<String> = card.chars().map(String::from).collect();
    finds(&format!("one by one: {}", spaced.join(" ")), "CREDIT_CARD", &spaced.join(" "));
    let wide: String =
        card.chars().map(|it| char::from_u32(u32::from(it) + 0xfee0).unwrap()).collect();
    finds(&format!("card {wide}"), "CREDIT_CARD", &wide);
    let wrong = format!("{}{}", &card[..15], (card[15..].parse::<u8>().unwrap() + 1) % 10);
    clean(&format!("my card is {wrong}."));
    clean(&format!("barcode {card}"));
    clean("ends in **** 1234");
}

#[test]
fn accounts_pass_the_check_of_the_whole() {
    let account = iban("DE", "370400440532013000");
    finds(&format!("pay to {account}, thanks"), "IBAN_CODE", &account);
    finds(&format!("iban {}", account.to_lowercase()), "IBAN_CODE", &account.to_lowercase());
    let groups: Vec<String> =
        account.as_bytes().chunks(4).map(|it| String::from_utf8(it.to_vec()).unwrap()).collect();
    finds(&format!("pay to {} now", groups.join(" ")), "IBAN_CODE", &groups.join(" "));
    clean(&account.replace("3704", "3705"));
    clean("type DE48-QX77LM");
}

#[test]
fn social_security_numbers_were_given_out_or_are_none() {
    finds("SSN 219-40-1234", "US_SSN", "219-40-1234");
    finds("my ssn is 219401234", "US_SSN", "219401234");
    finds("SSN: 219\u{2011}40\u{2011}1234", "US_SSN", "219\u{2011}40\u{2011}1234");
    for text in ["SSN 000-12-1234", "666-12-1234", "900-12-1234", "219-00-1234", "219-40-0000"] {
        clean(text);
    }
    clean("article 219-40-1234-K");
    clean("219401234 bytes were read");
    clean("xxx-xx-1234");
}

#[test]
fn addresses_of_machines_are_told_from_versions() {
    finds("from 81.2.69.160 port 22", "IP_ADDRESS", "81.2.69.160");
    finds("ping 2001:db8::7:1.", "IP_ADDRESS", "2001:db8::7:1");
    finds("10.1.2.3/24", "IP_ADDRESS", "10.1.2.3");
    assert_eq!(labels("81.2.69.160 then see now 81.2.69.161").len(), 2);
    for text in [
        "firmware 10.4.7.9",
        "moved the plugin from 3.1.8.2 to 4.0.1",
        "see chapter 7.2.4.1 below",
        "oid 2.16.840.1.101.3.4",
        "Viewer/12.0.45.6",
        "256.1.1.1",
        "alloc::boxed::Box",
        "07:18:59",
        "only on 127.0.0.1",
        "mask 255.255.255.0",
    ] {
        clean(text);
    }
}

#[test]
fn phones_of_many_countries_are_found_with_their_code() {
    for phone in [
        "+1 202-555-0143",
        "+49 30 901820",
        "+33 1 23 45 67 89",
        "+44 20 7946 0018",
        "+39 06 12345678",
        "+34 612 34 56 78",
        "+351 21 123 4567",
        "+31 20 123 4567",
        "+32 2 123 45 67",
        "+41 44 123 45 67",
        "+43 1 1234567",
        "+45 32 12 34 56",
        "+46 8 123 456 78",
        "+47 21 23 45 67",
        "+358 9 1234567",
        "+353 1 234 5678",
        "+48 22 123 45 67",
        "+420 222 123 456",
        "+421 2 1234 5678",
        "+36 1 234 5678",
        "+40 21 123 4567",
        "+359 2 123 4567",
        "+30 21 2345 6789",
        "+90 212 345 67 89",
        "+7 495 123-45-67",
        "+380 44 123 4567",
        "+972 2-123-4567",
        "+971 4 234 5678",
        "+966 11 234 5678",
        "+91 22 1234 5678",
        "+86 10 1234 5678",
        "+81 3-1234-5678",
        "+82 2-1234-5678",
        "+65 6123 4567",
        "+61 2 1234 5678",
        "+64 9 123 4567",
        "+27 11 123 4567",
        "+55 11 2345-6789",
        "+52 55 1234 5678",
        "+54 11 1234-5678",
    ] {
        finds(&format!("It is {phone}, ok"), "PHONE_NUMBER", phone);
    }
}

#[test]
fn phones_without_a_code_need_their_form_or_a_word() {
    finds("(202) 555-0143", "PHONE_NUMBER", "(202) 555-0143");
    finds("030 90182012", "PHONE_NUMBER", "030 90182012");
    finds("please call 555 0143", "PHONE_NUMBER", "555 0143");
    finds("电话是612 34 56 78，", "PHONE_NUMBER", "612 34 56 78");
    finds("202-555-0143 x12", "PHONE_NUMBER", "202-555-0143 x12");
    for text in [
        "bearing 61 205 3380",
        "2011-03-08",
        "seen on 3.11.2018 at 09:05",
        "between 5/6/2017 and 7/8/2018",
        "costs $8,905,112.50",
        "norm ISO 9241-210",
        "final 3-0, 2-2",
        "timestamp 1512345678",
        "grew to 9,407,215 people",
        "order 118-2046813-9975320",
        "amplifier QR-207-8843K",
        "open 10:15 to 18:45",
        "ISBN 978-0-306-40615-7",
        "ratio of 2.718281828459",
    ] {
        clean(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_makes_it_stumble_and_every_place_is_on_borders_of_letters(
        text in r"([\PC\n]{0,6}|[0-9+() .:@/\-]{0,24}|[a-f0-9:]{0,12}|[A-Z]{2}[0-9]{2}[0-9A-Z ]{0,30}|at|dot| ){0,12}"
    ) {
        let mut found = Vec::new();
        PII.find(&Views::of(&text), Channel::User, &mut found);
        for hit in found {
            prop_assert!(hit.start < hit.end);
            prop_assert!(text.get(hit.range()).is_some());
            prop_assert!((0.0..=1.0).contains(&hit.score));
        }
    }
}

#[test]
fn ac_51_a_megabyte_of_numbers_is_read_to_its_end() {
    let cut_off =
        |word: &str, number: &str| format!("x{word}{:<1$}{number} ", "", 47 - word.len() + 1);
    for unit in [
        "jo@example.org ".to_owned(),
        "jo [at] example [dot] org, ".to_owned(),
        "ip 203.0.113.9 and 2001:db8::1 ".to_owned(),
        "call +49 30 901820 now ".to_owned(),
        cut_off("cpf", "111.444.777-35"),
        "nhs 943 476 5919 ".to_owned(),
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        let mut found = Vec::new();
        PII.find(&Views::of(&text), Channel::User, &mut found);
        let last = found.iter().map(|it| it.end).max();
        assert!(last.is_none_or(|end| text.len() - end <= unit.len()), "{unit}");
    }
}

proptest! {
    #[test]
    fn no_two_findings_have_the_same_place(text in r"(?:[a-f0-9:. @+-]|jo@ex\.org|203\.0\.113\.9|2001:db8::1|\+49 30 901820 ){0,60}") {
        let mut hits = PII.hits(&text);
        hits.sort_by_key(|hit| hit.start);
        prop_assert!(hits.is_sorted_by(|one, other| one.end <= other.start), "{hits:?}");
    }
}
