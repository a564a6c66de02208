//! The GGUF format, version 3, as a writer that does not care whether the result makes sense.

/// A value of the header.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// 32 bits, unsigned.
    U32(u32),
    /// 32 bits, signed.
    I32(i32),
    /// 32 bits, with a point.
    F32(f32),
    /// Yes or no.
    Bool(bool),
    /// A text.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
    /// A list of signed numbers.
    I32s(Vec<i32>),
    /// A list of numbers with a point.
    F32s(Vec<f32>),
    /// Any type with any bytes.
    Raw(u32, Vec<u8>),
}

/// A tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// Its dimensions, the length of a row first.
    pub shape: Vec<u64>,
    /// The number of its type: 0 is F32, 1 is F16.
    pub kind: u32,
    /// Where it claims to begin; `None` tells the truth.
    pub offset: Option<u64>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file in parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Gguf {
    /// The first four bytes.
    pub magic: [u8; 4],
    /// The version.
    pub version: u32,
    /// The entries of the header, in order.
    pub entries: Vec<(String, Value)>,
    /// The tensors, in order.
    pub tensors: Vec<Tensor>,
    /// How many entries it claims to have; `None` tells the truth.
    pub claimed_entries: Option<u64>,
    /// How many tensors it claims to have; `None` tells the truth.
    pub claimed_tensors: Option<u64>,
}

const ALIGNMENT: usize = 32;

impl Gguf {
    /// A file without entries and tensors.
    #[must_use]
    pub fn new() -> Self {
        Self {
            magic: *b"GGUF",
            version: 3,
            entries: Vec::new(),
            tensors: Vec::new(),
            claimed_entries: None,
            claimed_tensors: None,
        }
    }

    /// Sets an entry, in its old place where it has one.
    pub fn set(&mut self, key: &str, value: Value) {
        match self.entries.iter_mut().find(|(name, _)| name == key) {
            Some(entry) => entry.1 = value,
            None => self.entries.push((key.to_owned(), value)),
        }
    }

    /// Takes an entry out.
    pub fn remove(&mut self, key: &str) {
        self.entries.retain(|(name, _)| name != key);
    }

    /// The bytes before the weights.
    #[must_use]
    pub fn header(&self) -> Vec<u8> {
        let mut out = self.magic.to_vec();
        out.extend(self.version.to_le_bytes());
        out.extend(self.claimed_tensors.unwrap_or(self.tensors.len() as u64).to_le_bytes());
        out.extend(self.claimed_entries.unwrap_or(self.entries.len() as u64).to_le_bytes());
        for (key, value) in &self.entries {
            text(&mut out, key);
            write_value(&mut out, value);
        }
        let mut next = 0;
        for tensor in &self.tensors {
            text(&mut out, &tensor.name);
            out.extend((tensor.shape.len() as u32).to_le_bytes());
            tensor.shape.iter().for_each(|n| out.extend(n.to_le_bytes()));
            out.extend(tensor.kind.to_le_bytes());
            out.extend(tensor.offset.unwrap_or(next).to_le_bytes());
            next += tensor.bytes.len().next_multiple_of(ALIGNMENT) as u64;
        }
        out
    }

    /// The whole file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.header();
        pad(&mut out);
        for tensor in &self.tensors {
            out.extend(&tensor.bytes);
            pad(&mut out);
        }
        out
    }
}

impl Default for Gguf {
    fn default() -> Self {
        Self::new()
    }
}

fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

fn list(out: &mut Vec<u8>, kind: u32, len: usize) {
    out.extend(9u32.to_le_bytes());
    out.extend(kind.to_le_bytes());
    out.extend((len as u64).to_le_bytes());
}

fn write_value(out: &mut Vec<u8>, value: &Value) {
    let kind = |out: &mut Vec<u8>, kind: u32| out.extend(kind.to_le_bytes());
    match value {
        Value::U32(n) => {
            kind(out, 4);
            out.extend(n.to_le_bytes());
        }
        Value::I32(n) => {
            kind(out, 5);
            out.extend(n.to_le_bytes());
        }
        Value::F32(n) => {
            kind(out, 6);
            out.extend(n.to_le_bytes());
        }
        Value::Bool(yes) => {
            kind(out, 7);
            out.push(u8::from(*yes));
        }
        Value::Text(words) => {
            kind(out, 8);
            text(out, words);
        }
        Value::Texts(texts) => {
            list(out, 8, texts.len());
            texts.iter().for_each(|words| text(out, words));
        }
        Value::I32s(numbers) => {
            list(out, 5, numbers.len());
            numbers.iter().for_each(|n| out.extend(n.to_le_bytes()));
        }
        Value::F32s(numbers) => {
            list(out, 6, numbers.len());
            numbers.iter().for_each(|n| out.extend(n.to_le_bytes()));
        }
        Value::Raw(number, bytes) => {
            kind(out, *number);
            out.extend(bytes);
        }
    }
}
