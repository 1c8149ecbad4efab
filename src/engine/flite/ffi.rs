//! The part of Flite's C interface that is used (`flite.h`, `cst_audio.h`, `cst_voice.h` of 2.x).
//!
//! Sound because: the functions have the types of those headers; the libraries are never closed, so
//! pointers into them stay good; an utterance and what hangs on it lives as long as `Utterance`;
//! every string feature that is read is one that Flite itself sets as a string, since reading one
//! with the accessor of another type ends the process (`cst_error`). Nothing here is used by two
//! threads at once: `&mut` guards speaking, and Flite binds nothing to a thread.
#![allow(unsafe_code, reason = "Flite is a C library")]

use std::ffi::{CStr, CString, c_char, c_float, c_int, c_void};
use std::marker::PhantomData;
use std::path::PathBuf;

use libloading::os::unix::Library;

use crate::engine::library;
use crate::engine::{AudioSink, Stop};

/// An opaque C struct.
#[repr(C)]
struct Opaque(c_void);

/// `cst_voice`; only its first fields are read.
#[repr(C)]
struct RawVoice {
    name: *const c_char,
    features: *mut Opaque,
}

/// `cst_wave`.
#[repr(C)]
struct RawWave {
    kind: *const c_char,
    sample_rate: c_int,
    num_samples: c_int,
    num_channels: c_int,
    samples: *mut i16,
}

/// `cst_audio_streaming_info`.
#[repr(C)]
struct RawStreaming {
    min_buffsize: c_int,
    callback: Option<Callback>,
    utterance: *const Opaque,
    item: *const Opaque,
    userdata: *mut c_void,
}

type Callback = unsafe extern "C" fn(*const RawWave, c_int, c_int, c_int, *mut RawStreaming) -> c_int;

/// `CST_AUDIO_STREAM_CONT` and `CST_AUDIO_STREAM_STOP`.
const CONTINUE: c_int = 0;
const STOP: c_int = -1;

/// Flite's functions.
pub(super) struct Api {
    new_streaming_info: unsafe extern "C" fn() -> *mut RawStreaming,
    streaming_info_val: unsafe extern "C" fn(*mut RawStreaming) -> *const Opaque,
    feat_set: unsafe extern "C" fn(*mut Opaque, *const c_char, *const Opaque),
    feat_set_float: unsafe extern "C" fn(*mut Opaque, *const c_char, c_float),
    get_param_float: unsafe extern "C" fn(*const Opaque, *const c_char, c_float) -> c_float,
    synth_text: unsafe extern "C" fn(*const c_char, *mut RawVoice) -> *mut Opaque,
    delete_utterance: unsafe extern "C" fn(*mut Opaque),
    utt_relation: unsafe extern "C" fn(*const Opaque, *const c_char) -> *mut Opaque,
    utt_relation_present: unsafe extern "C" fn(*const Opaque, *const c_char) -> c_int,
    relation_head: unsafe extern "C" fn(*const Opaque) -> *mut Opaque,
    item_next: unsafe extern "C" fn(*const Opaque) -> *mut Opaque,
    path_to_item: unsafe extern "C" fn(*const Opaque, *const c_char) -> *mut Opaque,
    ffeature_string: unsafe extern "C" fn(*const Opaque, *const c_char) -> *const c_char,
    ffeature_float: unsafe extern "C" fn(*const Opaque, *const c_char) -> c_float,
    /// The files Flite itself was loaded from.
    pub(super) files: Vec<PathBuf>,
    _libraries: Vec<Library>,
}

/// Copies a symbol out of a library: the library must outlive the copy.
macro_rules! symbol {
    ($library:expr, $name:literal) => {{
        // SAFETY: the field it is put into has the type of the C header.
        let symbol = unsafe { $library.get(concat!($name, "\0")) };
        *symbol.map_err(|error| error.to_string())?
    }};
}

impl Api {
    /// Opens Flite and what its English voices need, in the order in which they need each other.
    pub(super) fn open() -> Result<Self, String> {
        let flite = library::open("flite")?;
        let english = library::open("flite_usenglish")?;
        let lexicon = library::open("flite_cmulex")?;
        let init: unsafe extern "C" fn() -> c_int = symbol!(flite, "flite_init");
        let usenglish_init: *const c_void = symbol!(english, "usenglish_init");
        let lex_init: *const c_void = symbol!(lexicon, "cmu_lex_init");
        // SAFETY: called once, before anything else.
        unsafe { init() };
        let files =
            [init as *const c_void, usenglish_init, lex_init].into_iter().filter_map(library::file_of);
        Ok(Self {
            new_streaming_info: symbol!(flite, "new_audio_streaming_info"),
            streaming_info_val: symbol!(flite, "audio_streaming_info_val"),
            feat_set: symbol!(flite, "flite_feat_set"),
            feat_set_float: symbol!(flite, "flite_feat_set_float"),
            get_param_float: symbol!(flite, "flite_get_param_float"),
            synth_text: symbol!(flite, "flite_synth_text"),
            delete_utterance: symbol!(flite, "delete_utterance"),
            utt_relation: symbol!(flite, "utt_relation"),
            utt_relation_present: symbol!(flite, "utt_relation_present"),
            relation_head: symbol!(flite, "relation_head"),
            item_next: symbol!(flite, "item_next"),
            path_to_item: symbol!(flite, "flite_path_to_item"),
            ffeature_string: symbol!(flite, "flite_ffeature_string"),
            ffeature_float: symbol!(flite, "flite_ffeature_float"),
            files: files.collect(),
            _libraries: vec![flite, english, lexicon],
        })
    }

    /// Has Flite's noise start again as in a new process. It is drawn from `rand` of the C library, which
    /// by the C standard starts as if it had been given the seed 1.
    pub(super) fn restart_noise(&mut self) {
        // SAFETY: no memory is passed, and `&mut` keeps Flite from drawing at the same time.
        unsafe { libc::srand(1) };
    }

    /// Opens a voice's library and makes the voice ready to stream.
    pub(super) fn voice(&self, name: &str) -> Result<Voice, String> {
        let library = library::open(&format!("flite_cmu_us_{name}"))?;
        let symbol = format!("register_cmu_us_{name}\0");
        // SAFETY: every voice library has this function with this type (`flite -lv` relies on it).
        let register: unsafe extern "C" fn(*const c_char) -> *mut RawVoice =
            *unsafe { library.get(symbol.as_bytes()) }.map_err(|error| error.to_string())?;
        // SAFETY: null is "no folder of voice data", as Flite's own programs call it.
        let raw = unsafe { register(std::ptr::null()) };
        if raw.is_null() {
            return Err(format!("flite's voice {name} does not load"));
        }
        // SAFETY: `raw` is a registered voice, whose features exist; Flite owns the streaming info
        // from feat_set on and keeps it as long as the voice, which is for ever.
        unsafe {
            let streaming = (self.new_streaming_info)();
            (*streaming).callback = Some(on_audio);
            let stretch = (self.get_param_float)((*raw).features, c"duration_stretch".as_ptr(), 1.0);
            (self.feat_set)(
                (*raw).features,
                c"streaming_info".as_ptr(),
                (self.streaming_info_val)(streaming),
            );
            let file = library::file_of(register as *const c_void);
            Ok(Voice { raw, streaming, stretch, file, _library: library })
        }
    }

    /// Says `text` in the voice; audio goes to `sink` while it is made.
    pub(super) fn speak<'a>(
        &'a self,
        voice: &mut Voice,
        text: &CStr,
        rate: f32,
        sink: &mut dyn AudioSink,
    ) -> Result<Utterance<'a>, Failure> {
        let mut listening = Listening { sink, stopped: false, rate_hz: 0, samples: 0 };
        // SAFETY: the voice is registered; `listening` outlives the call, and only the callback,
        // which runs within the call, follows the pointer.
        let raw = unsafe {
            (self.feat_set_float)((*voice.raw).features, c"duration_stretch".as_ptr(), voice.stretch / rate);
            (*voice.streaming).userdata = (&raw mut listening).cast();
            let raw = (self.synth_text)(text.as_ptr(), voice.raw);
            (*voice.streaming).userdata = std::ptr::null_mut();
            raw
        };
        let Listening { stopped, rate_hz, samples, .. } = listening;
        let utterance = Utterance { api: self, raw, rate_hz, samples };
        match (stopped, raw.is_null()) {
            (true, _) => Err(Failure::Stopped),
            (false, true) => Err(Failure::NoSpeech),
            (false, false) => Ok(utterance),
        }
    }
}

/// A registered voice.
pub(super) struct Voice {
    raw: *mut RawVoice,
    streaming: *mut RawStreaming,
    /// Its own `duration_stretch`.
    stretch: f32,
    /// The file it was loaded from.
    pub(super) file: Option<PathBuf>,
    _library: Library,
}

// SAFETY: a voice is plain memory of the process; nothing in it belongs to a thread.
unsafe impl Send for Voice {}

/// Why there is no utterance.
pub(super) enum Failure {
    Stopped,
    NoSpeech,
}

struct Listening<'a> {
    sink: &'a mut dyn AudioSink,
    stopped: bool,
    rate_hz: u32,
    samples: u64,
}

unsafe extern "C" fn on_audio(
    wave: *const RawWave,
    start: c_int,
    size: c_int,
    _last: c_int,
    streaming: *mut RawStreaming,
) -> c_int {
    // SAFETY: Flite passes the streaming info of the voice that speaks, whose userdata `speak` has
    // set, and a wave of which `size` samples from `start` on are made.
    let (listening, wave) = unsafe { ((*streaming).userdata.cast::<Listening<'_>>().as_mut(), &*wave) };
    let (Some(listening), Ok(start), Ok(size)) = (listening, usize::try_from(start), usize::try_from(size))
    else {
        return STOP;
    };
    if size == 0 || wave.samples.is_null() {
        return CONTINUE;
    }
    // SAFETY: see above; the wave is not written to while the callback runs.
    let samples = unsafe { std::slice::from_raw_parts(wave.samples.add(start), size) };
    listening.rate_hz = u32::try_from(wave.sample_rate).unwrap_or(0);
    listening.samples += size as u64;
    match listening.sink.samples(listening.rate_hz, samples) {
        Ok(()) => CONTINUE,
        Err(Stop) => {
            listening.stopped = true;
            STOP
        }
    }
}

/// What was said, and Flite's analysis of it.
pub(super) struct Utterance<'a> {
    api: &'a Api,
    raw: *mut Opaque,
    /// Samples per second.
    pub(super) rate_hz: u32,
    /// Samples that went to the sink.
    pub(super) samples: u64,
}

impl Drop for Utterance<'_> {
    fn drop(&mut self) {
        if !self.raw.is_null() {
            // SAFETY: it is ours, and nothing borrowed from it is left.
            unsafe { (self.api.delete_utterance)(self.raw) };
        }
    }
}

impl Utterance<'_> {
    /// The words as they were said.
    pub(super) fn words(&self) -> impl Iterator<Item = Word<'_>> {
        // SAFETY: the utterance is alive, and its relations and items with it.
        let mut next = unsafe {
            if (self.api.utt_relation_present)(self.raw, c"Word".as_ptr()) == 0 {
                std::ptr::null_mut()
            } else {
                (self.api.relation_head)((self.api.utt_relation)(self.raw, c"Word".as_ptr()))
            }
        };
        std::iter::from_fn(move || {
            let raw = next;
            if raw.is_null() {
                return None;
            }
            // SAFETY: a live item of a live utterance.
            next = unsafe { (self.api.item_next)(raw) };
            Some(Word { api: self.api, raw, _of: PhantomData })
        })
    }
}

/// A word of an utterance.
pub(super) struct Word<'a> {
    api: &'a Api,
    raw: *const Opaque,
    _of: PhantomData<&'a ()>,
}

impl Word<'_> {
    /// Which token of the text it comes from (equal for all words of one token), and its text.
    pub(super) fn token(&self) -> Option<(usize, CString)> {
        // SAFETY: live items; every token has a string `name`.
        unsafe {
            let token = (self.api.path_to_item)(self.raw, c"R:Token.parent".as_ptr());
            if token.is_null() {
                return None;
            }
            let name = (self.api.ffeature_string)(token, c"name".as_ptr());
            (!name.is_null()).then(|| (token as usize, CStr::from_ptr(name).to_owned()))
        }
    }

    /// Where its first sound starts and its last one ends, in seconds.
    pub(super) fn seconds(&self) -> (f32, f32) {
        let float = |path: &CStr| {
            // SAFETY: a live item; `end` is a float, and the default of a path that leads nowhere can
            // be read as one.
            unsafe { (self.api.ffeature_float)(self.raw, path.as_ptr()) }
        };
        (
            float(c"R:SylStructure.daughter1.daughter1.R:Segment.p.end"),
            float(c"R:SylStructure.daughtern.daughtern.R:Segment.end"),
        )
    }
}
