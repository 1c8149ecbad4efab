//! Networks in ONNX Runtime.

mod library;
mod noise;

use std::sync::{Mutex, PoisonError};

use ort::session::Session;
use ort::value::TensorRef;

pub(super) use library::Library;

use super::{Core, Manner, Output, Run};
use crate::engine::piper::graph::{self, Noise, Prepared};

/// A network. A session runs one sentence at a time, so there are as many as were ever spoken at once: at
/// most one for each thread of the engines.
pub(super) struct Loaded {
    library: Library,
    /// The file, for further sessions.
    file: Vec<u8>,
    durations: String,
    /// Sessions that nobody uses.
    idle: Mutex<Vec<Session>>,
}

impl Loaded {
    /// Reads an ONNX file.
    ///
    /// # Errors
    /// When it is no Piper voice, or the library refuses it; in words.
    pub(super) fn new(library: &Library, file: &[u8]) -> Result<Self, String> {
        let Prepared { bytes: file, durations } = graph::prepare(file, Noise::Ours)?;
        let first = library.session(&file).map_err(|error| error.to_string())?;
        Ok(Self { library: library.clone(), file, durations, idle: Mutex::new(vec![first]) })
    }

    fn session(&self) -> ort::Result<Session> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| self.library.session(&self.file), Ok)
    }

    fn run_in(&self, session: &mut Session, ids: &[i32], manner: &Manner) -> ort::Result<Output> {
        let ids: Vec<i64> = ids.iter().copied().map(i64::from).collect();
        let lengths = [ids.len() as i64];
        let scales = manner.scales();
        let speaker = [i64::from(manner.speaker.unwrap_or(0))];
        let mut inputs = ort::inputs! {
            "input" => TensorRef::from_array_view(([1, ids.len()], &ids[..]))?,
            "input_lengths" => TensorRef::from_array_view(([1_usize], &lengths[..]))?,
            "scales" => TensorRef::from_array_view(([3_usize], &scales[..]))?,
        };
        if session.inputs().iter().any(|input| input.name() == "sid") {
            inputs.push(("sid".into(), TensorRef::from_array_view(([1_usize], &speaker[..]))?.into()));
        }
        let outputs = session.run(inputs)?;
        let floats = |name: &str| {
            let value = outputs.get(name).ok_or_else(|| ort::Error::new(format!("it has no \"{name}\"")))?;
            value.try_extract_tensor::<f32>().map(|(_, floats)| floats.to_vec())
        };
        Ok(Output { samples: floats("output")?, durations: floats(&self.durations)? })
    }
}

impl Run for Loaded {
    fn run(&self, ids: &[i32], manner: &Manner, _: &Core) -> Result<Output, String> {
        let mut session = self.session().map_err(|error| error.to_string())?;
        let output = self.run_in(&mut session, ids, manner).map_err(|error| error.to_string());
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        output
    }
}
