//! How telephone numbers are built, country by country: the code, how many digits follow it, and
//! what is dialled before a number inside the country. Facts of the numbering plans (ITU E.164 and
//! the national plans), as far as telling a number from another one needs them; not a directory.

/// One country, or several that share a code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    /// After the plus.
    pub(super) code: &'static str,
    /// Fewest digits after the code.
    pub(super) least: usize,
    /// Most digits after the code.
    pub(super) most: usize,
    /// What is dialled before the number inside the country.
    pub(super) trunk: &'static str,
    /// First digits that a number after code or trunk can have.
    pub(super) first: &'static str,
}

const fn region(
    code: &'static str,
    least: usize,
    most: usize,
    trunk: &'static str,
    first: &'static str,
) -> Region {
    Region { code, least, most, trunk, first }
}

/// The plans that are known in detail.
pub(super) const REGIONS: &[Region] = &[
    region("1", 10, 10, "1", "23456789"),
    region("7", 10, 10, "8", "346789"),
    region("20", 8, 10, "0", "12345689"),
    region("27", 9, 9, "0", "12345678"),
    region("30", 10, 10, "", "2678"),
    region("31", 9, 9, "0", "123456789"),
    region("32", 8, 9, "0", "123456789"),
    region("33", 9, 9, "0", "12345679"),
    region("34", 9, 9, "", "56789"),
    region("36", 8, 9, "06", "123456789"),
    region("39", 6, 11, "", "03"),
    region("40", 9, 9, "0", "2378"),
    region("41", 9, 9, "0", "23456789"),
    region("43", 4, 13, "0", "12345678"),
    region("44", 9, 10, "0", "1235789"),
    region("45", 8, 8, "", "23456789"),
    region("46", 7, 10, "0", "123456789"),
    region("47", 8, 8, "", "2345679"),
    region("48", 9, 9, "", "12345678"),
    region("49", 6, 13, "0", "123456789"),
    region("52", 10, 10, "", "123456789"),
    region("54", 10, 11, "0", "12368 9"),
    region("55", 10, 11, "0", "123456789"),
    region("60", 8, 10, "0", "13456789"),
    region("61", 9, 9, "0", "234578"),
    region("62", 8, 12, "0", "123456789"),
    region("63", 8, 10, "0", "2345689"),
    region("64", 8, 10, "0", "234679"),
    region("65", 8, 8, "", "3689"),
    region("66", 8, 9, "0", "2345689"),
    region("81", 9, 10, "0", "123456789"),
    region("82", 8, 10, "0", "123456789"),
    region("84", 9, 10, "0", "235789"),
    region("86", 10, 11, "0", "123456789"),
    region("90", 10, 10, "0", "23458"),
    region("91", 10, 10, "0", "123456789"),
    region("92", 9, 10, "0", "2345689"),
    region("351", 9, 9, "", "2369"),
    region("352", 5, 11, "", "23456789"),
    region("353", 7, 9, "0", "1245678 9"),
    region("354", 7, 7, "", "45678"),
    region("358", 6, 12, "0", "123456789"),
    region("359", 7, 9, "0", "23456789"),
    region("370", 8, 8, "0", "34567"),
    region("371", 8, 8, "", "26"),
    region("372", 7, 8, "", "34567 8"),
    region("380", 9, 9, "0", "34569"),
    region("381", 8, 9, "0", "12367"),
    region("385", 8, 9, "0", "12345679"),
    region("386", 8, 8, "0", "1234567"),
    region("420", 9, 9, "", "234567"),
    region("421", 9, 9, "0", "2345 9"),
    region("852", 8, 8, "", "23569"),
    region("886", 8, 9, "0", "23456789"),
    region("966", 9, 9, "0", "15"),
    region("971", 8, 9, "0", "2345679"),
    region("972", 8, 9, "0", "2345789"),
];

/// The region whose code the digits begin with; codes of three digits before those of one.
pub(super) fn of(digits: &str) -> Option<(&'static Region, &str)> {
    REGIONS
        .iter()
        .filter_map(|region| Some((region, digits.strip_prefix(region.code)?)))
        .max_by_key(|(region, _)| region.code.len())
}

/// Whether digits after a plus begin like a code at all: no country has one that begins with these.
pub(super) fn may_be_code(digits: &str) -> bool {
    !["0", "210", "214", "215", "217", "219", "28", "83", "89", "99"]
        .iter()
        .any(|none| digits.starts_with(none))
}

impl Region {
    /// Whether these digits, without code and trunk, can be a number of the plan.
    pub(super) fn fits(&self, national: &str) -> bool {
        (self.least..=self.most).contains(&national.len())
            && national.chars().next().is_some_and(|digit| self.first.contains(digit))
    }
}
