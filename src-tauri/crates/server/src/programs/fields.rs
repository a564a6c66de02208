//! Typed reading of a JSON object: each field has a type and a range, and a wrong one is named. What was
//! looked at is noted: it tells what was asked in vain, and what an interface takes (`openapi`).

use std::{
    cell::RefCell,
    collections::{BTreeMap, btree_map::Entry},
    ops::RangeInclusive,
};

use serde_json::{Map, Value};

use super::{Refusal, Result};

/// The fields of a request, or of a part of it.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Value>,
    looked_at: Option<&'a LookedAt>,
}

/// What a field may be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Its reader knows.
    Own,
    /// A text of at least one character.
    Name,
    Text,
    Texts,
    Flag,
    Number(RangeInclusive<f64>),
    Integer(RangeInclusive<u32>),
    /// Nothing that asks anything: it is known, and not there yet.
    Empty,
}

/// Reads a request. With it come sentences on what was asked in vain; `harmless` fields ask nothing of
/// the answer.
pub(crate) fn read<T>(
    body: &Value,
    harmless: &[&str],
    read: impl FnOnce(Fields<'_>) -> Result<T>,
) -> Result<(T, Vec<String>)> {
    let looked_at = LookedAt::default();
    let asked = read(Fields::of_request(body, &looked_at)?)?;
    Ok((asked, looked_at.warnings(body, harmless)))
}

/// Which fields of a request were looked at, and for what. What nobody looks at was asked in vain.
#[derive(Default)]
pub(crate) struct LookedAt(RefCell<BTreeMap<String, Kind>>);

impl LookedAt {
    /// The fields, by name.
    pub(crate) fn kinds(self) -> BTreeMap<String, Kind> {
        self.0.into_inner()
    }

    /// The first more exact word on a field stays.
    fn note(&self, name: &str, kind: Kind) {
        match self.0.borrow_mut().entry(name.to_owned()) {
            Entry::Vacant(entry) => {
                entry.insert(kind);
            }
            Entry::Occupied(mut entry) if *entry.get() == Kind::Own => {
                entry.insert(kind);
            }
            Entry::Occupied(_) => {}
        }
    }

    /// A sentence for each field that nobody looked at.
    fn warnings(&self, body: &Value, harmless: &[&str]) -> Vec<String> {
        let looked_at = self.0.borrow();
        let names = body.as_object().into_iter().flat_map(Map::keys);
        let unknown = names.filter(|name| !looked_at.contains_key(*name));
        // A name is repeated to its sender, but not without end.
        let unknown = unknown.filter(|name| !harmless.contains(&name.as_str()) && name.len() <= 64);
        let sentence = |name| format!("'{name}' is not known here and was ignored");
        unknown.take(Self::MOST).map(sentence).collect()
    }

    /// More are not named.
    const MOST: usize = 16;
}

impl<'a> Fields<'a> {
    /// The fields of a part of a request.
    pub(crate) fn new(object: &'a Map<String, Value>) -> Self {
        Self { object, looked_at: None }
    }

    /// The fields of a request; it is noted which are looked at.
    pub(crate) fn of_request(body: &'a Value, looked_at: &'a LookedAt) -> Result<Self> {
        let object = body.as_object().ok_or_else(|| Refusal::field("body", "a JSON object"))?;
        Ok(Self { object, looked_at: Some(looked_at) })
    }

    /// A field that is there and not null.
    pub(crate) fn get(self, name: &str) -> Option<&'a Value> {
        self.look(name, Kind::Own)
    }

    fn look(self, name: &str, kind: Kind) -> Option<&'a Value> {
        if let Some(looked_at) = self.looked_at {
            looked_at.note(name, kind);
        }
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// Refuses fields that are known and not built yet, unless they ask nothing.
    pub(crate) fn without(self, names: &[&str]) -> Result<()> {
        let empty = |value: &Value| match value {
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(entries) => entries.is_empty(),
            _ => false,
        };
        let asked = |name: &&&str| self.look(name, Kind::Empty).is_some_and(|it| !empty(it));
        // All are looked at, so that all are known.
        let asked: Vec<_> = names.iter().filter(asked).collect();
        asked.first().map_or(Ok(()), |name| Err(Refusal::not_supported(name)))
    }

    /// A list of texts; none is an empty one.
    pub(crate) fn texts(self, name: &str) -> Result<Vec<String>> {
        let wrong = || Refusal::field(name, "a list of strings");
        let Some(value) = self.look(name, Kind::Texts) else { return Ok(Vec::new()) };
        let texts = value.as_array().ok_or_else(wrong)?;
        let texts = texts.iter().map(|text| text.as_str().map(str::to_owned));
        texts.collect::<Option<_>>().ok_or_else(wrong)
    }

    /// The name of a model, which every request gives.
    pub(crate) fn model(self) -> Result<String> {
        let model = self.look("model", Kind::Name).and_then(Value::as_str);
        let model = model.filter(|model| !model.is_empty());
        let model = model.ok_or_else(|| Refusal::field("model", "the name of a model"))?;
        Ok(model.to_owned())
    }

    /// A part of the request that is an object.
    pub(crate) fn part(self, name: &str) -> Result<Option<&'a Map<String, Value>>> {
        let expected = || Refusal::field(name, "an object");
        self.get(name).map(|value| value.as_object().ok_or_else(expected)).transpose()
    }

    pub(crate) fn text(self, name: &str) -> Result<Option<&'a str>> {
        let expected = || Refusal::field(name, "a string");
        self.look(name, Kind::Text).map(|value| value.as_str().ok_or_else(expected)).transpose()
    }

    pub(crate) fn flag(self, name: &str) -> Result<Option<bool>> {
        let expected = || Refusal::field(name, "true or false");
        self.look(name, Kind::Flag).map(|value| value.as_bool().ok_or_else(expected)).transpose()
    }

    /// A number in a range; what is no number cannot be written in JSON, and infinity is outside.
    #[allow(clippy::cast_possible_truncation, reason = "the ranges are far inside of f32")]
    pub(crate) fn number(self, name: &str, range: RangeInclusive<f64>) -> Result<Option<f32>> {
        let Some(value) = self.look(name, Kind::Number(range.clone())) else { return Ok(None) };
        let found = value.as_f64().filter(|number| range.contains(number));
        let expected =
            || Refusal::field(name, &format!("a number from {} to {}", range.start(), range.end()));
        found.map(|number| Some(number as f32)).ok_or_else(expected)
    }

    /// A whole number in a range, however it is written: `5.0` is 5, as in JSON Schema.
    pub(crate) fn integer(self, name: &str, range: RangeInclusive<u32>) -> Result<Option<u32>> {
        let Some(value) = self.look(name, Kind::Integer(range.clone())) else { return Ok(None) };
        let found = whole(value).and_then(|number| u32::try_from(number).ok());
        let expected = || {
            Refusal::field(name, &format!("an integer from {} to {}", range.start(), range.end()))
        };
        found.filter(|number| range.contains(number)).map(Some).ok_or_else(expected)
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is cut or has a sign is no whole number from 0 on"
)]
fn whole(value: &Value) -> Option<u64> {
    let written_as_fraction = || value.as_f64().filter(|it| *it >= 0.0 && it.fract() == 0.0);
    value.as_u64().or_else(|| written_as_fraction().map(|number| number as u64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read<T>(value: &Value, read: impl FnOnce(Fields<'_>) -> Result<T>) -> Option<T> {
        read(Fields::new(value.as_object().unwrap())).ok()
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
    fn what_nobody_looked_at_is_named() {
        let body = json!({"a": 1, "b": 2, "user": "x", "c": null});
        let (a, warnings) = super::read(&body, &["user"], |it| it.integer("a", 0..=9)).unwrap();
        assert_eq!(a, Some(1));
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings[0].contains("'b'") && warnings[1].contains("'c'"), "{warnings:?}");
    }

    #[test]
    fn an_integer_is_whole_positive_and_in_its_range() {
        let integer = |value: Value| read(&json!({ "n": value }), |f| f.integer("n", 1..=10));
        assert_eq!(integer(json!(10)), Some(Some(10)));
        assert_eq!(integer(json!(5.0)), Some(Some(5)));
        for wrong in [json!(0), json!(11), json!(-1), json!(1.5), json!(1e9), json!("1")] {
            assert_eq!(integer(wrong.clone()), None, "{wrong}");
        }
        let huge: Value = serde_json::from_str("9223372036854775808").unwrap();
        assert_eq!(integer(huge), None);
    }
}
