//! What a schema from a stranger may cost before anything is made of it: libraries walk schemas by
//! calling themselves, and a regular expression can be longer than its text.

use serde_json::Value;

use crate::Error;

/// Bytes of a schema at most.
const MOST_BYTES: usize = 256 << 10;
/// Values within values at most.
const MOST_DEPTH: usize = 64;
/// Values in all.
const MOST_VALUES: usize = 20_000;
/// Bytes of a regular expression in a schema, and groups within groups in it.
const MOST_PATTERN: usize = 2048;
const MOST_GROUPS: usize = 32;
/// Of something repeated, the largest count that is spelt out.
const MOST_TIMES: u64 = 20_000;

/// Keywords of JSON schema that count something.
const COUNTS: [&str; 6] =
    ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];

/// Reads a schema and checks what it would cost.
pub(crate) fn schema(text: &str) -> Result<Value, Error> {
    if text.len() > MOST_BYTES {
        return Err(Error::StructureTooComplex);
    }
    // serde_json itself stops at 128 values within values.
    let schema: Value = serde_json::from_str(text).map_err(|_| Error::StructureInvalid)?;
    check(&schema)?;
    if schema.is_object() || schema.is_boolean() {
        Ok(schema)
    } else {
        Err(Error::StructureInvalid)
    }
}

/// Checks a schema that was read.
pub(crate) fn check(schema: &Value) -> Result<(), Error> {
    let mut todo = vec![(schema, 0)];
    let mut values = 0;
    while let Some((value, depth)) = todo.pop() {
        values += 1;
        if depth > MOST_DEPTH || values > MOST_VALUES {
            return Err(Error::StructureTooComplex);
        }
        match value {
            Value::Array(items) => todo.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => {
                for (name, field) in fields {
                    keyword(name, field)?;
                    todo.push((field, depth + 1));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn keyword(name: &str, value: &Value) -> Result<(), Error> {
    let fits = match value {
        Value::String(text) if name == "pattern" => is_simple(text),
        // Here the names are patterns.
        Value::Object(fields) if name == "patternProperties" => {
            fields.keys().all(|text| is_simple(text))
        }
        Value::Number(number) if COUNTS.contains(&name) => {
            number.as_u64().is_none_or(|n| n <= MOST_TIMES)
        }
        _ => true,
    };
    if fits { Ok(()) } else { Err(Error::StructureTooComplex) }
}

fn is_simple(pattern: &str) -> bool {
    let (mut depth, mut deepest) = (0usize, 0);
    for byte in pattern.bytes() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    pattern.len() <= MOST_PATTERN && deepest <= MOST_GROUPS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_beyond_the_limits_are_refused_before_they_are_compiled() {
        let deep = |n: usize| {
            let open = r#"{"properties":{"a":"#.repeat(n);
            format!("{open}{{}}{}", "}}".repeat(n))
        };
        assert!(schema(&deep(20)).is_ok());
        for text in [
            deep(40),
            deep(50_000),
            format!("[{}1]", "1,".repeat(200_000)),
            format!(r#"{{"pattern":"{}"}}"#, "(".repeat(50)),
            format!(r#"{{"pattern":"{}"}}"#, "a".repeat(5000)),
            r#"{"patternProperties":{"((((((((((((((((((((((((((((((((((a":{}}}"#.to_owned(),
            r#"{"maxItems":1000000000}"#.to_owned(),
        ] {
            let refused = schema(&text).unwrap_err();
            assert!(matches!(refused, Error::StructureTooComplex | Error::StructureInvalid));
        }
        assert!(matches!(schema("7").unwrap_err(), Error::StructureInvalid));
        assert!(matches!(schema("{").unwrap_err(), Error::StructureInvalid));
    }
}
