//! The objects of PDF (ISO 32000-2, 7.3), each with the place it was read from.

use std::fmt;
use std::ops::Range;

/// A value and where its text stands: offsets into the file, or into an unpacked object stream.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) value: Value,
    pub(super) span: Range<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Boolean(bool),
    Integer(i64),
    Real(f64),
    /// The bytes as written: decoded from their notation, not decrypted.
    String(Vec<u8>),
    Name(Vec<u8>),
    Array(Vec<Object>),
    Dictionary(Dictionary),
    Reference(Reference),
}

/// `number generation R`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct Reference {
    pub(super) number: u32,
    pub(super) generation: u16,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.generation)
    }
}

/// Entries in the order in which they stand, repeated keys included.
#[derive(Clone, Debug, Default)]
pub(super) struct Dictionary {
    pub(super) entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: Vec<u8>,
    /// Where the key begins.
    pub(super) at: u64,
    pub(super) value: Object,
}

/// Objects are equal when they say the same, wherever they stand.
impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// Dictionaries are equal when they say the same in any order.
impl PartialEq for Dictionary {
    fn eq(&self, other: &Self) -> bool {
        fn sorted(dictionary: &Dictionary) -> Vec<&Entry> {
            let mut entries: Vec<_> = dictionary.entries.iter().collect();
            entries.sort_by(|one, two| one.key.cmp(&two.key));
            entries
        }
        self.entries.len() == other.entries.len()
            && sorted(self).iter().zip(sorted(other)).all(|(one, two)| one.key == two.key && one.value == two.value)
    }
}

impl Dictionary {
    /// The value of a key; of a repeated key the last, as most readers take it. A null is no value.
    pub(super) fn get(&self, key: &str) -> Option<&Object> {
        let entry = self.entries.iter().rev().find(|entry| entry.key == key.as_bytes())?;
        (entry.value.value != Value::Null).then_some(&entry.value)
    }

    pub(super) fn name(&self, key: &str) -> Option<&[u8]> {
        self.get(key)?.as_name()
    }

    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        self.get(key)?.as_integer()
    }

    pub(super) fn reference(&self, key: &str) -> Option<Reference> {
        self.get(key)?.as_reference()
    }

    /// The first key that stands twice.
    pub(super) fn repeated(&self) -> Option<String> {
        let mut keys: Vec<_> = self.entries.iter().map(|entry| entry.key.as_slice()).collect();
        keys.sort_unstable();
        let twice = keys.windows(2).find_map(|pair| match pair {
            [one, two] if one == two => Some(*one),
            _ => None,
        })?;
        Some(String::from_utf8_lossy(twice).into_owned())
    }
}

impl Object {
    pub(super) fn null() -> Self {
        Object { value: Value::Null, span: 0..0 }
    }

    pub(super) fn as_integer(&self) -> Option<i64> {
        if let Value::Integer(number) = self.value { Some(number) } else { None }
    }

    pub(super) fn as_number(&self) -> Option<f64> {
        match self.value {
            Value::Integer(number) => Some(number as f64),
            Value::Real(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn as_boolean(&self) -> Option<bool> {
        if let Value::Boolean(value) = self.value { Some(value) } else { None }
    }

    pub(super) fn as_name(&self) -> Option<&[u8]> {
        if let Value::Name(name) = &self.value { Some(name) } else { None }
    }

    pub(super) fn as_string(&self) -> Option<&[u8]> {
        if let Value::String(bytes) = &self.value { Some(bytes) } else { None }
    }

    pub(super) fn as_array(&self) -> Option<&[Object]> {
        if let Value::Array(items) = &self.value { Some(items) } else { None }
    }

    pub(super) fn as_dictionary(&self) -> Option<&Dictionary> {
        if let Value::Dictionary(dictionary) = &self.value { Some(dictionary) } else { None }
    }

    pub(super) fn as_reference(&self) -> Option<Reference> {
        if let Value::Reference(reference) = self.value { Some(reference) } else { None }
    }

    /// What kind of object it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Boolean(_) => "a boolean",
            Value::Integer(_) => "an integer",
            Value::Real(_) => "a real number",
            Value::String(_) => "a string",
            Value::Name(_) => "a name",
            Value::Array(_) => "an array",
            Value::Dictionary(_) => "a dictionary",
            Value::Reference(_) => "a reference",
        }
    }
}
