//! What has to be known and changed of a network's file before it is run: which value holds the
//! lengths of its symbols, and where its noise starts.
//!
//! An ONNX file is a protobuf message (onnx.proto3: ModelProto, GraphProto, NodeProto). Only the
//! few fields that matter are understood here; all others are copied as they are.

mod wire;

use wire::{FIXED32, Fields, LENGTH, VARINT, put, put_varint, text, varint};

/// Fields of the messages, by number.
const MODEL_GRAPH: u64 = 7;
const MODEL_OPSET: u64 = 8;
const MODEL_FUNCTION: u64 = 25;
const FUNCTION_NODE: u64 = 7;
const OPSET_DOMAIN: u64 = 1;
const OPSET_VERSION: u64 = 2;
const GRAPH_NODE: u64 = 1;
const GRAPH_OUTPUT: u64 = 12;
const NODE_OUTPUT: u64 = 2;
const NODE_OP_TYPE: u64 = 4;
const NODE_ATTRIBUTE: u64 = 5;
const NODE_DOMAIN: u64 = 7;
const NAME: u64 = 1;
const ATTRIBUTE_F: u64 = 2;
const ATTRIBUTE_I: u64 = 3;
const ATTRIBUTE_GRAPH: u64 = 6;
const ATTRIBUTE_GRAPHS: u64 = 11;
const ATTRIBUTE_TYPE: u64 = 20;
const ATTRIBUTE_TYPE_FLOAT: u64 = 1;
/// 32 bit floating point, of the types of a tensor's elements (TensorProto.DataType).
const ELEMENT_FLOAT: u64 = 1;

/// How deep branches and loops may lie in each other.
const DEPTH_MAX: usize = 16;

/// The domain of our own operator, and its version.
pub(super) const NOISE_DOMAIN: &str = "listen";
/// See [`NOISE_DOMAIN`].
pub(super) const NOISE_VERSION: u32 = 1;
/// The name of our own operator. It has the input, the output and the attributes of `RandomNormalLike`
/// (ONNX, operator set 1), and gives the same numbers at every run.
pub(super) const NOISE_OPERATOR: &str = "RepeatedNormalLike";

/// What makes a network's noise, from the seeds that [`prepare`] gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noise {
    /// The runtime's own operators, which start anew at every run.
    Theirs,
    /// [`NOISE_OPERATOR`], in the place of `RandomNormalLike`; no other operator may draw numbers.
    #[cfg_attr(not(feature = "ort"), allow(dead_code, reason = "rten's own noise starts anew"))]
    Ours,
}

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
/// When it is no such network, or draws random numbers that cannot be repeated.
pub(super) fn prepare(file: &[u8], noise: Noise) -> Result<Prepared, String> {
    let mut bytes = Vec::with_capacity(file.len() + 4_096);
    let mut durations = None;
    let mut has_our_domain = false;
    for field in Fields(file) {
        let field = field?;
        if field.number == MODEL_GRAPH && field.wire == LENGTH && durations.is_none() {
            let (graph, name) = prepare_graph(field.value, noise)?;
            put(&mut bytes, MODEL_GRAPH, &graph);
            durations = Some(name);
        } else {
            if field.number == MODEL_FUNCTION && field.wire == LENGTH {
                check_inner(field.value, FUNCTION_NODE, DEPTH_MAX)?;
            }
            let is_opset = field.number == MODEL_OPSET && field.wire == LENGTH;
            has_our_domain |= is_opset && text(field.value, OPSET_DOMAIN)? == NOISE_DOMAIN;
            bytes.extend_from_slice(field.whole);
        }
    }
    let durations = durations.ok_or("there is no network in it")?;
    if noise == Noise::Ours && !has_our_domain {
        put(&mut bytes, MODEL_OPSET, &our_opset());
    }
    Ok(Prepared { bytes, durations })
}

fn our_opset() -> Vec<u8> {
    let mut opset = Vec::new();
    put(&mut opset, OPSET_DOMAIN, NOISE_DOMAIN.as_bytes());
    put_varint(&mut opset, OPSET_VERSION << 3 | VARINT);
    put_varint(&mut opset, NOISE_VERSION.into());
    opset
}

fn prepare_graph(graph: &[u8], noise: Noise) -> Result<(Vec<u8>, String), String> {
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
                check_branches(field.value, DEPTH_MAX)?;
                if let Some(node) = prepare_noise(field.value, &op, noise, &mut seed)? {
                    put(&mut bytes, GRAPH_NODE, &node);
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

/// The node in the place of one that draws random numbers, with the next seed where it has none of its own;
/// `None` for a node that stays as it is.
fn prepare_noise(node: &[u8], op: &str, noise: Noise, seed: &mut f32) -> Result<Option<Vec<u8>>, String> {
    if noise == Noise::Ours && draws(op) {
        check_noise(node, op)?;
    }
    if !op.starts_with("Random") {
        return Ok(None);
    }
    let mut prepared = node.to_vec();
    if attribute(node, "seed")?.is_none() {
        *seed += 1.0;
        prepared.extend_from_slice(&seed_attribute(*seed));
    }
    match noise {
        Noise::Ours => our_node(&prepared).map(Some),
        Noise::Theirs => Ok(Some(prepared)),
    }
}

/// Whether an operator draws random numbers.
fn draws(op: &str) -> bool {
    op.starts_with("Random") || matches!(op, "Multinomial" | "Bernoulli")
}

/// Refuses a node that draws random numbers in its branches or its loop: nothing gives those a seed.
fn check_branches(node: &[u8], depth: usize) -> Result<(), String> {
    for attribute in Fields(node) {
        let attribute = attribute?;
        if (attribute.number, attribute.wire) != (NODE_ATTRIBUTE, LENGTH) {
            continue;
        }
        for graph in Fields(attribute.value) {
            let graph = graph?;
            if [ATTRIBUTE_GRAPH, ATTRIBUTE_GRAPHS].contains(&graph.number) && graph.wire == LENGTH {
                check_inner(graph.value, GRAPH_NODE, depth)?;
            }
        }
    }
    Ok(())
}

/// The same for the nodes of a branch or of a function, which are its fields of this number.
fn check_inner(graph: &[u8], number: u64, depth: usize) -> Result<(), String> {
    let depth = depth.checked_sub(1).ok_or("its branches lie too deep in each other")?;
    for node in Fields(graph) {
        let node = node?;
        if (node.number, node.wire) == (number, LENGTH) {
            let op = text(node.value, NODE_OP_TYPE)?;
            if draws(&op) {
                return Err(format!(
                    "its \"{op}\" draws random numbers in a branch or a function, which cannot be repeated"
                ));
            }
            check_branches(node.value, depth)?;
        }
    }
    Ok(())
}

/// Whether our own operator can take a node's place.
fn check_noise(node: &[u8], op: &str) -> Result<(), String> {
    if op != "RandomNormalLike" {
        return Err(format!("its \"{op}\" draws random numbers that cannot be repeated here"));
    }
    let Some(dtype) = attribute(node, "dtype")? else { return Ok(()) };
    for field in Fields(dtype) {
        let field = field?;
        let is_number = (field.number, field.wire) == (ATTRIBUTE_I, VARINT);
        if is_number && varint(field.value).is_none_or(|(element, _)| element != ELEMENT_FLOAT) {
            return Err("its noise is of another type than float".to_owned());
        }
    }
    Ok(())
}

/// A node with our own operator in the place of its own.
fn our_node(node: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(node.len() + 64);
    for field in Fields(node) {
        let field = field?;
        if ![NODE_OP_TYPE, NODE_DOMAIN].contains(&field.number) {
            bytes.extend_from_slice(field.whole);
        }
    }
    put(&mut bytes, NODE_OP_TYPE, NOISE_OPERATOR.as_bytes());
    put(&mut bytes, NODE_DOMAIN, NOISE_DOMAIN.as_bytes());
    Ok(bytes)
}

/// The field of a node that is its attribute `seed`.
fn seed_attribute(seed: f32) -> Vec<u8> {
    let mut attribute = Vec::new();
    put(&mut attribute, NAME, b"seed");
    put_varint(&mut attribute, ATTRIBUTE_F << 3 | FIXED32);
    attribute.extend_from_slice(&seed.to_le_bytes());
    put_varint(&mut attribute, ATTRIBUTE_TYPE << 3 | VARINT);
    put_varint(&mut attribute, ATTRIBUTE_TYPE_FLOAT);
    let mut field = Vec::new();
    put(&mut field, NODE_ATTRIBUTE, &attribute);
    field
}

/// The attribute of a name, if the node has it.
fn attribute<'a>(node: &'a [u8], name: &str) -> Result<Option<&'a [u8]>, String> {
    for field in Fields(node) {
        let field = field?;
        if (field.number, field.wire) == (NODE_ATTRIBUTE, LENGTH) && text(field.value, NAME)? == name {
            return Ok(Some(field.value));
        }
    }
    Ok(None)
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

    /// A node of noise with the attribute `dtype`.
    fn noise_of(element: u64) -> Vec<u8> {
        let mut attribute = Vec::new();
        put(&mut attribute, NAME, b"dtype");
        put_varint(&mut attribute, ATTRIBUTE_I << 3 | VARINT);
        put_varint(&mut attribute, element);
        let mut bytes = node("RandomNormalLike", "z");
        put(&mut bytes, NODE_ATTRIBUTE, &attribute);
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

    /// The nodes of a file: operator, domain, seed.
    fn nodes(file: &[u8]) -> Vec<(String, String, Option<f32>)> {
        let graph = Fields(file).flatten().find(|field| field.number == MODEL_GRAPH).expect("it").value;
        let nodes = Fields(graph).flatten().filter(|field| field.number == GRAPH_NODE);
        let seed = |node| {
            let seed = attribute(node, "seed").expect("whole")?;
            let value = Fields(seed).flatten().find(|field| field.number == ATTRIBUTE_F)?.value;
            Some(f32::from_le_bytes(value.try_into().expect("four bytes")))
        };
        let text = |node, number| text(node, number).expect("whole");
        nodes.map(|n| (text(n.value, NODE_OP_TYPE), text(n.value, NODE_DOMAIN), seed(n.value))).collect()
    }

    fn named(op: &str, domain: &str, seed: Option<f32>) -> (String, String, Option<f32>) {
        (op.to_owned(), domain.to_owned(), seed)
    }

    #[test]
    fn noise_gets_seeds_once_and_lengths_become_an_output_once() {
        let file = model(&[node("RandomNormalLike", "z"), node("Ceil", "w"), node("RandomNormalLike", "n")]);
        for (noise, op, domain) in
            [(Noise::Theirs, "RandomNormalLike", ""), (Noise::Ours, NOISE_OPERATOR, NOISE_DOMAIN)]
        {
            let prepared = prepare(&file, noise).expect("a network");
            assert_eq!(prepared.durations, "w");
            let expected =
                [named(op, domain, Some(1.0)), named("Ceil", "", None), named(op, domain, Some(2.0))];
            assert_eq!(nodes(&prepared.bytes), expected);
            let opsets = Fields(&prepared.bytes).flatten().filter(|field| field.number == MODEL_OPSET);
            let ours = opsets.filter(|field| text(field.value, OPSET_DOMAIN).expect("whole") == NOISE_DOMAIN);
            assert_eq!(ours.count(), usize::from(noise == Noise::Ours));
            let again = prepare(&prepared.bytes, noise).expect("a network");
            assert_eq!(again.bytes, prepared.bytes, "what is prepared stays as it is");
        }
    }

    #[test]
    fn a_seed_of_its_own_stays() {
        let mut seeded = node("RandomNormalLike", "z");
        seeded.extend_from_slice(&seed_attribute(77.5));
        for (noise, op, domain) in
            [(Noise::Theirs, "RandomNormalLike", ""), (Noise::Ours, NOISE_OPERATOR, NOISE_DOMAIN)]
        {
            let file = model(&[seeded.clone(), node("RandomNormalLike", "n"), node("Ceil", "w")]);
            let nodes = nodes(&prepare(&file, noise).expect("a network").bytes);
            assert_eq!(nodes[..2], [named(op, domain, Some(77.5)), named(op, domain, Some(1.0))]);
        }
    }

    #[test]
    fn what_cannot_be_repeated_is_refused() {
        let ceil = node("Ceil", "w");
        for (noise, why) in [
            (node("RandomUniformLike", "z"), "RandomUniformLike"),
            (node("RandomNormal", "z"), "\"RandomNormal\""),
            (node("Multinomial", "z"), "Multinomial"),
            (node("Bernoulli", "z"), "Bernoulli"),
            (noise_of(11), "another type"),
        ] {
            let file = model(&[noise, ceil.clone()]);
            assert!(prepare(&file, Noise::Theirs).is_ok(), "{why}");
            let error = prepare(&file, Noise::Ours).err().unwrap_or_default();
            assert!(error.contains(why), "{why}: {error}");
        }
        assert!(prepare(&model(&[noise_of(ELEMENT_FLOAT), ceil]), Noise::Ours).is_ok());
    }

    /// A node with a branch of these nodes.
    fn branching(nodes: &[Vec<u8>]) -> Vec<u8> {
        let (mut graph, mut attribute) = (Vec::new(), Vec::new());
        nodes.iter().for_each(|node| put(&mut graph, GRAPH_NODE, node));
        put(&mut attribute, NAME, b"then_branch");
        put(&mut attribute, ATTRIBUTE_GRAPH, &graph);
        let mut bytes = node("If", "y");
        put(&mut bytes, NODE_ATTRIBUTE, &attribute);
        bytes
    }

    #[test]
    fn noise_in_branches_and_functions_is_refused() {
        let noise = node("RandomNormalLike", "z");
        let deep = (0..DEPTH_MAX).fold(node("Add", "y"), |node, _| branching(&[node]));
        let mut with_function = model(&[node("Ceil", "w")]);
        let mut function = Vec::new();
        put(&mut function, FUNCTION_NODE, &noise);
        put(&mut with_function, MODEL_FUNCTION, &function);
        for (file, why) in [
            (model(&[branching(&[branching(&[noise])]), node("Ceil", "w")]), "in a branch"),
            (with_function, "in a branch"),
            (model(&[branching(std::slice::from_ref(&deep)), node("Ceil", "w")]), "too deep"),
        ] {
            for noise in [Noise::Theirs, Noise::Ours] {
                let error = prepare(&file, noise).err().unwrap_or_default();
                assert!(error.contains(why), "{why}: {error}");
            }
        }
        assert!(prepare(&model(&[deep, node("Ceil", "w")]), Noise::Ours).is_ok());
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
            for noise in [Noise::Theirs, Noise::Ours] {
                let error = prepare(&bytes, noise).err().unwrap_or_default();
                assert!(error.contains(why), "{why}: {error}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut in_model = Vec::new();
            put(&mut in_model, MODEL_GRAPH, &bytes);
            let mut in_node = node("RandomNormalLike", "z");
            put(&mut in_node, NODE_ATTRIBUTE, &bytes);
            in_node.extend_from_slice(&bytes);
            for noise in [Noise::Theirs, Noise::Ours] {
                let _ = prepare(&bytes, noise);
                let _ = prepare(&in_model, noise);
                let _ = prepare(&model(&[in_node.clone()]), noise);
            }
        }
    }
}
