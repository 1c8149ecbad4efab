//! What things are filed under: `Key`, a hash of what made something, and `Digest`, a hash of
//! the bytes themselves.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The text is not 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a SHA-256 in 64 hexadecimal digits")]
pub struct BadHash(String);

/// A 32-byte hash that reads and writes as 64 lower-case hexadecimal digits.
macro_rules! hash_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 32]);

        impl $name {
            /// The 32 bytes.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = BadHash;

            fn from_str(text: &str) -> Result<Self, BadHash> {
                let bad = || BadHash(text.chars().take(80).collect());
                if text.bytes().any(|b| b.is_ascii_uppercase()) {
                    return Err(bad());
                }
                let mut bytes = [0; 32];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| bad())?;
                Ok(Self(bytes))
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadHash;

            fn try_from(text: String) -> Result<Self, BadHash> {
                text.parse()
            }
        }

        impl From<[u8; 32]> for $name {
            fn from(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }
        }

        impl From<$name> for String {
            fn from(hash: $name) -> Self {
                hash.to_string()
            }
        }
    };
}

hash_type! {
    /// The versioned SHA-256 of everything that went into making something. Made by [`KeyBuilder`].
    Key
}

hash_type! {
    /// The SHA-256 of some bytes.
    Digest
}

impl Digest {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

/// A digest of bytes that come in pieces.
#[derive(Clone, Default)]
pub(super) struct Digester(Sha256);

impl Digester {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(super) fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

/// Hashes named fields so that no two different lists of fields give the same [`Key`]: every name
/// and value goes in behind its length.
#[derive(Clone)]
pub struct KeyBuilder(Sha256);

impl KeyBuilder {
    /// A key of kind `domain`. Raise `version`, a constant beside the caller's hashing, whenever the
    /// same fields should lead to another result.
    #[must_use]
    pub fn new(domain: &str, version: u32) -> Self {
        Self(Sha256::new()).framed(domain.as_bytes()).framed(&version.to_le_bytes())
    }

    /// Adds a field. Names and order count.
    #[must_use]
    pub fn field(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.framed(name.as_bytes()).framed(value.as_ref())
    }

    /// The key of what was added.
    #[must_use]
    pub fn finish(self) -> Key {
        Key(self.0.finalize().into())
    }

    fn framed(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn base() -> KeyBuilder {
        KeyBuilder::new("segment", 1).field("voice", "rms").field("text", "Hello.")
    }

    #[test]
    fn the_same_fields_give_the_same_key_for_ever() {
        assert_eq!(base().finish(), base().finish());
        // Pinned: a change of framing would lose everybody's cache. Recomputed with Python:
        // sha256(b"".join(struct.pack("<Q", len(x)) + x for x in
        //   [b"segment", struct.pack("<I", 1), b"voice", b"rms", b"text", b"Hello."]))
        assert_eq!(
            base().finish().to_string(),
            "badf84b7c7a113c2813067ced1890e98ff93893578286906fb5979738a80835f"
        );
    }

    #[test]
    fn keys_differ_when_any_part_differs() {
        let others = [
            ("domain", KeyBuilder::new("clip", 1).field("voice", "rms").field("text", "Hello.")),
            ("version", KeyBuilder::new("segment", 2).field("voice", "rms").field("text", "Hello.")),
            ("name", KeyBuilder::new("segment", 1).field("speaker", "rms").field("text", "Hello.")),
            ("value", KeyBuilder::new("segment", 1).field("voice", "slt").field("text", "Hello.")),
            ("order", KeyBuilder::new("segment", 1).field("text", "Hello.").field("voice", "rms")),
            ("one more empty field", base().field("", "")),
            ("one field less", KeyBuilder::new("segment", 1).field("voice", "rms")),
            ("a byte moved to its neighbour", {
                KeyBuilder::new("segment", 1).field("voice", "rmst").field("ext", "Hello.")
            }),
            (
                "domain moved into a name",
                KeyBuilder::new("segmen", 1).field("tvoice", "rms").field("text", "Hello."),
            ),
            ("two fields in one", KeyBuilder::new("segment", 1).field("voice", "rmstextHello.")),
        ];
        let mut seen = vec![base().finish()];
        for (what, other) in others {
            let key = other.finish();
            assert!(!seen.contains(&key), "{what}");
            seen.push(key);
        }
    }

    fn key_of(fields: &[(String, Vec<u8>)]) -> Key {
        let start = KeyBuilder::new("any", 1);
        fields.iter().fold(start, |key, (name, value)| key.field(name, value)).finish()
    }

    fn fields() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
        // Few letters, so that moving one to a neighbour often gives the same run of bytes.
        proptest::collection::vec(("[ab]{0,3}", proptest::collection::vec(b'a'..=b'b', 0..3)), 0..4)
    }

    proptest! {
        #[test]
        fn keys_are_equal_when_the_fields_are_and_never_else(one in fields(), other in fields()) {
            prop_assert_eq!(key_of(&one) == key_of(&other), one == other);
        }
    }

    #[test]
    fn hashes_read_back_as_they_were_written() {
        let digest = Digest::of(b"abc");
        // FIPS 180-2, appendix B.1.
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), text);
        assert_eq!(text.parse(), Ok(digest));
        let json = serde_json::to_string(&digest).unwrap();
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
        let mut pieces = Digester::default();
        pieces.update(b"a");
        pieces.update(b"bc");
        assert_eq!(pieces.finish(), digest);
        for bad in ["", "ba78", &text.to_uppercase(), &format!("{text}00"), &text.replace('b', "g")] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
    }
}
