//! Typed reading of a JSON object: each field has a type and a range, and a wrong one is named.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::Refusal;

type Result<T> = std::result::Result<T, Refusal>;

/// The fields of a request.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// A field that is there and not null.
    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(self, name: &str) -> Result<Option<&'a str>> {
        let expected = || Refusal::field(name, "a string");
        self.get(name).map(|value| value.as_str().ok_or_else(expected)).transpose()
    }

    pub(super) fn flag(self, name: &str) -> Result<Option<bool>> {
        let expected = || Refusal::field(name, "true or false");
        self.get(name).map(|value| value.as_bool().ok_or_else(expected)).transpose()
    }

    /// A number in a range; what is no number cannot be written in JSON, and infinity is outside.
    #[allow(clippy::cast_possible_truncation, reason = "the ranges are far inside of f32")]
    pub(super) fn number(self, name: &str, range: RangeInclusive<f64>) -> Result<Option<f32>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let found = value.as_f64().filter(|number| range.contains(number));
        let expected =
            || Refusal::field(name, &format!("a number from {} to {}", range.start(), range.end()));
        found.map(|number| Some(number as f32)).ok_or_else(expected)
    }

    pub(super) fn integer(self, name: &str, range: RangeInclusive<u32>) -> Result<Option<u32>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let found = value.as_u64().and_then(|number| u32::try_from(number).ok());
        let expected = || {
            Refusal::field(name, &format!("an integer from {} to {}", range.start(), range.end()))
        };
        found.filter(|number| range.contains(number)).map(Some).ok_or_else(expected)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read<T>(value: &Value, read: impl FnOnce(Fields<'_>) -> Result<T>) -> Option<T> {
        read(Fields(value.as_object().unwrap())).ok()
    }

    #[test]
    fn a_number_outside_its_range_or_of_another_type_is_refused() {
        let number = |value: Value| read(&json!({ "t": value }), |f| f.number("t", 0.0..=2.0));
        assert_eq!(number(json!(0)), Some(Some(0.0)));
        assert_eq!(number(json!(null)), Some(None));
        for wrong in [json!(-0.1), json!(2.1), json!("1"), json!(1e300), json!([1]), json!(true)] {
            assert_eq!(number(wrong.clone()), None, "{wrong}");
        }
    }

    #[test]
    fn an_integer_is_whole_positive_and_in_its_range() {
        let integer = |value: Value| read(&json!({ "n": value }), |f| f.integer("n", 1..=10));
        assert_eq!(integer(json!(10)), Some(Some(10)));
        for wrong in [json!(0), json!(11), json!(-1), json!(1.5), json!(1e9), json!("1")] {
            assert_eq!(integer(wrong.clone()), None, "{wrong}");
        }
        let huge: Value = serde_json::from_str("9223372036854775808").unwrap();
        assert_eq!(integer(huge), None);
    }
}
