//! A network, and what runs it: rten, which is built in, or a library of ONNX Runtime.

#[cfg(feature = "ort")]
mod onnxruntime;
mod rten;

use std::path::Path;

pub(super) use rten::Core;

/// Samples that one number of the input may become, at most: a hop of 512, two seconds of 48 kHz.
const MAX_SAMPLES_PER_ID: usize = 96_000;

/// What runs networks.
#[derive(Clone)]
pub(super) enum Runtime {
    /// The built-in one.
    Rten,
    /// A library that was opened.
    #[cfg(feature = "ort")]
    OnnxRuntime(onnxruntime::Library),
}

impl Runtime {
    /// The one of a library of ONNX Runtime, or else the built-in one. A process opens one library.
    ///
    /// # Errors
    /// When the library cannot be opened or is too old, or this build cannot use one; in words that name it.
    pub(super) fn open(library: Option<&Path>) -> Result<Self, String> {
        let Some(path) = library else { return Ok(Self::Rten) };
        #[cfg(feature = "ort")]
        let opened = onnxruntime::Library::open(path).map(Self::OnnxRuntime);
        #[cfg(not(feature = "ort"))]
        let opened = Err("this build cannot use it: build it with the feature `ort`");
        opened.map_err(|why| format!("ONNX Runtime, {} (speech.onnxruntime): {why}", path.display()))
    }

    /// Its name and version: another one may make another sound of the same network.
    pub(super) fn revision(&self) -> String {
        match self {
            Self::Rten => rten::REVISION.to_owned(),
            #[cfg(feature = "ort")]
            Self::OnnxRuntime(library) => library.revision(),
        }
    }

    /// Reads an ONNX file.
    ///
    /// # Errors
    /// When it is no Piper voice, or none that runs here; in words.
    pub(super) fn load(&self, file: &[u8]) -> Result<Network, String> {
        Ok(Network(match self {
            Self::Rten => Box::new(rten::Loaded::new(file)?),
            #[cfg(feature = "ort")]
            Self::OnnxRuntime(library) => Box::new(onnxruntime::Loaded::new(library, file)?),
        }))
    }
}

/// A network that turns numbers into sound. One is shared by all threads; each runs it for itself.
pub(super) struct Network(Box<dyn Run>);

/// A network as its runtime holds it.
trait Run: Send + Sync {
    /// Runs it on one core.
    ///
    /// # Errors
    /// When it fails, in words.
    fn run(&self, ids: &[i32], manner: &Manner, core: &Core) -> Result<Output, String>;
}

/// What a network gives.
struct Output {
    /// Samples between −1 and 1.
    samples: Vec<f32>,
    /// The length of each number of the input, in hops.
    durations: Vec<f32>,
}

/// How a network is to speak.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// Noise in the sound.
    pub(super) noise_scale: f32,
    /// Length against the network's own.
    pub(super) length_scale: f32,
    /// Noise in the rhythm.
    pub(super) noise_w: f32,
    /// The speaker, in a network with several.
    pub(super) speaker: Option<i32>,
}

impl Manner {
    /// The network's input `scales`.
    fn scales(&self) -> [f32; 3] {
        [self.noise_scale, self.length_scale, self.noise_w]
    }
}

/// What came of one run.
#[derive(Debug)]
pub(super) struct Sound {
    /// Samples between −1 and 1.
    pub(super) samples: Vec<f32>,
    /// The sample at which each number of the input starts, and the end.
    pub(super) starts: Vec<u64>,
}

impl Network {
    /// Speaks. The same numbers, spoken in the same manner, give the same samples, whatever was spoken before.
    ///
    /// # Errors
    /// When the network fails, or gives no sound.
    pub(super) fn run(&self, ids: &[i32], manner: &Manner, core: &Core) -> Result<Sound, String> {
        let Output { samples, durations } = self.0.run(ids, manner, core)?;
        if samples.is_empty() || samples.len() > ids.len() * MAX_SAMPLES_PER_ID {
            return Err(format!("it made {} samples of {} symbols", samples.len(), ids.len()));
        }
        let starts = starts(&durations, ids.len(), samples.len());
        Ok(Sound { samples, starts })
    }
}

/// Where each number starts, from its length in hops. A hop is a fixed number of samples, which follows
/// from the sum of the lengths. Empty when the lengths are not those of the input.
fn starts(durations: &[f32], ids: usize, samples: usize) -> Vec<u64> {
    let total: f64 = durations.iter().map(|hops| f64::from(*hops)).sum();
    let are_lengths = durations.iter().all(|hops| hops.is_finite() && *hops >= 0.0);
    if durations.len() != ids || !are_lengths || total <= 0.0 {
        return Vec::new();
    }
    let hop = samples as f64 / total;
    let mut at = 0.0;
    let mut starts = vec![0];
    for hops in durations {
        at += f64::from(*hops);
        starts.push((at * hop).round() as u64);
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_multiples_of_the_hop() {
        assert_eq!(starts(&[2.0, 1.0, 3.0], 3, 1_536), [0, 512, 768, 1_536]);
        for wrong in [&[1.0, 1.0][..], &[1.0, f32::NAN, 1.0], &[1.0, -1.0, 1.0], &[0.0, 0.0, 0.0]] {
            assert!(starts(wrong, 3, 256).is_empty(), "{wrong:?}");
        }
    }
}
