//! What has to be known and changed of a network's file before it is run: which value holds the
//! lengths of its symbols, and where its noise starts.
//!
//! An ONNX file is a protobuf message (onnx.proto3: ModelProto, GraphProto, NodeProto). Only the
//! few fields that matter are understood here; all others are copied as they are.

/// Fields of the messages, by number.
const MODEL_GRAPH: u64 = 7;
const GRAPH_NODE: u64 = 1;
const GRAPH_OUTPUT: u64 = 12;
const NODE_OUTPUT: u64 = 2;
const NODE_OP_TYPE: u64 = 4;
const NODE_ATTRIBUTE: u64 = 5;
const NAME: u64 = 1;
const ATTRIBUTE_F: u64 = 2;
const ATTRIBUTE_TYPE: u64 = 20;
const ATTRIBUTE_TYPE_FLOAT: u64 = 1;
/// Wire types.
const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const LENGTH: u64 = 2;
const FIXED32: u64 = 5;

/// A network that repeats itself and tells how long each of its symbols lasts.
pub(super) struct Prepared {
    /// The file, changed.
    pub(super) bytes: Vec<u8>,
    /// The output that has a length, in hops, for every symbol.
    pub(super) durations: String,
}

/// Prepares a network's file: gives each of its sources of noise a seed of its own (without one, a
/// sentence sounds different every time it is made), and makes an output of what its `Ceil` node
/// gives, which rounds the predicted lengths up.
///
/// # Errors
/// When it is no such network.
pub(super) fn prepare(file: &[u8]) -> Result<Prepared, String> {
    let mut bytes = Vec::with_capacity(file.len() + 4_096);
    let mut durations = None;
    for field in Fields(file) {
        let field = field?;
        if field.number == MODEL_GRAPH && field.wire == LENGTH && durations.is_none() {
            let (graph, name) = prepare_graph(field.value)?;
            put(&mut bytes, MODEL_GRAPH, &graph);
            durations = Some(name);
        } else {
            bytes.extend_from_slice(field.whole);
        }
    }
    let durations = durations.ok_or("there is no network in it")?;
    Ok(Prepared { bytes, durations })
}

fn prepare_graph(graph: &[u8]) -> Result<(Vec<u8>, String), String> {
    let mut bytes = Vec::with_capacity(graph.len() + 4_096);
    let mut ceils = Vec::new();
    let mut outputs = Vec::new();
    let mut seed = 0.0;
    for field in Fields(graph) {
        let field = field?;
        match (field.number, field.wire) {
            (GRAPH_NODE, LENGTH) => {
                let op = text(field.value, NODE_OP_TYPE)?;
                if op == "Ceil" {
                    ceils.push(text(field.value, NODE_OUTPUT)?);
                }
                if op.starts_with("Random") && !has_attribute(field.value, "seed")? {
                    seed += 1.0;
                    put(&mut bytes, GRAPH_NODE, &seeded(field.value, seed));
                    continue;
                }
            }
            (GRAPH_OUTPUT, LENGTH) => outputs.push(text(field.value, NAME)?),
            _ => {}
        }
        bytes.extend_from_slice(field.whole);
    }
    let [durations] = ceils.as_slice() else {
        return Err(format!("it has {} nodes that round lengths up, a Piper voice has one", ceils.len()));
    };
    if !outputs.contains(durations) {
        let mut output = Vec::new();
        put(&mut output, NAME, durations.as_bytes());
        put(&mut bytes, GRAPH_OUTPUT, &output);
    }
    Ok((bytes, durations.clone()))
}

/// A node with one more attribute, `seed`.
fn seeded(node: &[u8], seed: f32) -> Vec<u8> {
    let mut attribute = Vec::new();
    put(&mut attribute, NAME, b"seed");
    put_varint(&mut attribute, ATTRIBUTE_F << 3 | FIXED32);
    attribute.extend_from_slice(&seed.to_le_bytes());
    put_varint(&mut attribute, ATTRIBUTE_TYPE << 3 | VARINT);
    put_varint(&mut attribute, ATTRIBUTE_TYPE_FLOAT);
    let mut bytes = node.to_vec();
    put(&mut bytes, NODE_ATTRIBUTE, &attribute);
    bytes
}

fn has_attribute(node: &[u8], name: &str) -> Result<bool, String> {
    for field in Fields(node) {
        let field = field?;
        if (field.number, field.wire) == (NODE_ATTRIBUTE, LENGTH) && text(field.value, NAME)? == name {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first string of a field; empty when there is none.
fn text(message: &[u8], number: u64) -> Result<String, String> {
    for field in Fields(message) {
        let field = field?;
        if (field.number, field.wire) == (number, LENGTH) {
            return Ok(String::from_utf8_lossy(field.value).into_owned());
        }
    }
    Ok(String::new())
}

fn put(to: &mut Vec<u8>, number: u64, value: &[u8]) {
    put_varint(to, number << 3 | LENGTH);
    put_varint(to, value.len() as u64);
    to.extend_from_slice(value);
}

fn put_varint(to: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

/// A field of a message.
struct Field<'a> {
    number: u64,
    wire: u64,
    /// What it holds, without its length.
    value: &'a [u8],
    /// All of it, as it stands in the message.
    whole: &'a [u8],
}

/// The fields of a message, until its end or the first that is broken.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let message = std::mem::take(&mut self.0);
        let field = first_field(message);
        if let Some((_, rest)) = &field {
            self.0 = rest;
        }
        Some(
            field
                .map(|(field, _)| field)
                .ok_or_else(|| "it is broken: a part of it ends too early".to_owned()),
        )
    }
}

fn first_field(message: &[u8]) -> Option<(Field<'_>, &[u8])> {
    let (tag, after_tag) = varint(message)?;
    let (value, rest) = match tag & 7 {
        VARINT => {
            let (_, rest) = varint(after_tag)?;
            (&after_tag[..after_tag.len() - rest.len()], rest)
        }
        FIXED64 => after_tag.split_at_checked(8)?,
        FIXED32 => after_tag.split_at_checked(4)?,
        LENGTH => {
            let (length, rest) = varint(after_tag)?;
            rest.split_at_checked(usize::try_from(length).ok()?)?
        }
        _ => return None,
    };
    let whole = &message[..message.len() - rest.len()];
    Some((Field { number: tag >> 3, wire: tag & 7, value, whole }, rest))
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (i, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f).checked_shl(7 * i as u32)?;
        if byte & 0x80 == 0 {
            return Some((value, &bytes[i + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn node(op: &str, output: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(&mut bytes, NODE_OUTPUT, output.as_bytes());
        put(&mut bytes, NODE_OP_TYPE, op.as_bytes());
        bytes
    }

    fn model(nodes: &[Vec<u8>]) -> Vec<u8> {
        let mut graph = Vec::new();
        nodes.iter().for_each(|node| put(&mut graph, GRAPH_NODE, node));
        put(&mut graph, 2, b"main");
        let mut bytes = vec![8, 8];
        put(&mut bytes, MODEL_GRAPH, &graph);
        bytes
    }

    #[test]
    fn noise_gets_seeds_once_and_lengths_become_an_output_once() {
        let nodes = [node("RandomNormalLike", "z"), node("Ceil", "w"), node("RandomNormalLike", "n")];
        let prepared = prepare(&model(&nodes)).expect("a network");
        assert_eq!(prepared.durations, "w");
        let graph =
            Fields(&prepared.bytes).flatten().find(|field| field.number == MODEL_GRAPH).expect("it").value;
        let seeds = Fields(graph).flatten().filter(|field| field.number == GRAPH_NODE);
        let seeds: Vec<bool> =
            seeds.map(|field| has_attribute(field.value, "seed").expect("whole")).collect();
        assert_eq!(seeds, [true, false, true]);
        let again = prepare(&prepared.bytes).expect("a network");
        assert_eq!(again.bytes, prepared.bytes, "what is prepared stays as it is");
    }

    #[test]
    fn what_is_no_piper_voice_is_refused() {
        for (bytes, why) in [
            (Vec::new(), "no network"),
            (model(&[]), "0 nodes"),
            (model(&[node("Ceil", "a"), node("Ceil", "b")]), "2 nodes"),
            (vec![0x3a, 99, 1], "too early"),
            (vec![0xff; 20], "too early"),
        ] {
            let error = prepare(&bytes).err().unwrap_or_default();
            assert!(error.contains(why), "{why}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = prepare(&bytes);
            let mut model = Vec::new();
            put(&mut model, MODEL_GRAPH, &bytes);
            let _ = prepare(&model);
        }
    }
}
