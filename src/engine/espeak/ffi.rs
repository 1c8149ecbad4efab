//! The part of espeak-ng's C interface that is used (`speak_lib.h`, API revision 12).
//!
//! Sound because: the functions and structs have the types of that header; the library is opened and
//! initialised once and never closed; every text is passed as a C string; the callback only runs
//! inside `Api::speak`, while what its pointer leads to is alive. The library is full of globals,
//! so there is one `Api` in a process and `&mut` guards it.
#![allow(unsafe_code, reason = "espeak-ng is a C library")]

use std::ffi::{CStr, CString, c_char, c_int, c_short, c_uint, c_void};
use std::path::PathBuf;

use libloading::os::unix::Library;

use super::clauses::Read;
use crate::engine::{AudioSink, Stop, library};

/// `espeak_VOICE`.
#[repr(C)]
struct RawVoice {
    name: *const c_char,
    languages: *const c_char,
    identifier: *const c_char,
    gender: u8,
    age: u8,
    variant: u8,
    xx1: u8,
    score: c_int,
    spare: *mut c_void,
}

/// `espeak_EVENT`.
#[repr(C)]
struct RawEvent {
    kind: c_int,
    unique_identifier: c_uint,
    text_position: c_int,
    length: c_int,
    audio_position: c_int,
    sample: c_int,
    user_data: *mut c_void,
    id: [u64; 1],
}

type Callback = unsafe extern "C" fn(*mut c_short, c_int, *mut RawEvent) -> c_int;

const AUDIO_OUTPUT_SYNCHRONOUS: c_int = 2;
const INITIALIZE_DONT_EXIT: c_int = 0x8000;
const EVENT_LIST_TERMINATED: c_int = 0;
const EVENT_WORD: c_int = 1;
const EVENT_END: c_int = 5;
const PARAMETER_RATE: c_int = 1;
const POS_CHARACTER: c_int = 1;
/// UTF-8, and neither SSML nor phoneme codes: text is only ever read out.
const CHARS_UTF8: c_uint = 1;
const PHONEMES_IPA: c_int = 0x02;
const EE_OK: c_int = 0;
/// Voices that are listed at most, and names of languages of one.
const MAX_LISTED: usize = 2_000;
/// Clauses of one text that are turned into phonemes at most.
const MAX_CLAUSES: usize = 2_000;

/// espeak-ng's functions.
pub(super) struct Api {
    set_synth_callback: unsafe extern "C" fn(Option<Callback>),
    set_voice_by_name: unsafe extern "C" fn(*const c_char) -> c_int,
    set_parameter: unsafe extern "C" fn(c_int, c_int, c_int) -> c_int,
    list_voices: unsafe extern "C" fn(*mut RawVoice) -> *const *const RawVoice,
    synth: unsafe extern "C" fn(
        *const c_void,
        usize,
        c_uint,
        c_int,
        c_uint,
        c_uint,
        *mut c_uint,
        *mut c_void,
    ) -> c_int,
    text_to_phonemes: unsafe extern "C" fn(*mut *const c_void, c_int, c_int) -> *const c_char,
    rate_hz: u32,
    /// The library's file.
    pub(super) file: Option<PathBuf>,
    /// The folder of its data.
    pub(super) data: PathBuf,
    _library: Library,
}

/// A voice as espeak-ng lists it.
pub(super) struct Listed {
    /// Its file below the data folder's `lang` or `voices`: `gmw/de`.
    pub(super) identifier: String,
    /// Names of languages, the best first.
    pub(super) langs: Vec<String>,
}

/// Where a word begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WordEvent {
    /// Characters before it, from 0.
    pub(super) char_start: usize,
    /// Its characters.
    pub(super) chars: usize,
    /// Samples before it.
    pub(super) sample: u64,
}

/// What was said.
#[derive(Default)]
pub(super) struct Said {
    pub(super) words: Vec<WordEvent>,
    /// Where clauses ended, in samples, in order.
    pub(super) ends: Vec<u64>,
    pub(super) samples: u64,
    pub(super) stopped: bool,
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
    /// Opens the library and its data.
    pub(super) fn open() -> Result<Self, String> {
        let library = library::open("espeak-ng")?;
        let initialize: unsafe extern "C" fn(c_int, c_int, *const c_char, c_int) -> c_int =
            symbol!(library, "espeak_Initialize");
        let info: unsafe extern "C" fn(*mut *const c_char) -> *const c_char = symbol!(library, "espeak_Info");
        // SAFETY: called once; null is "the data folder this library was built with".
        let rate = unsafe { initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, std::ptr::null(), INITIALIZE_DONT_EXIT) };
        let mut data = std::ptr::null();
        // SAFETY: it puts a string of its own into `data`.
        unsafe { info(&raw mut data) };
        // SAFETY: that string lives as long as the library.
        let data = if data.is_null() { c"" } else { unsafe { CStr::from_ptr(data) } };
        let data = PathBuf::from(data.to_string_lossy().into_owned());
        let rate_hz = u32::try_from(rate).ok().filter(|rate| *rate > 0).ok_or_else(|| {
            format!(
                "its data folder {} is missing or of another version: apt install espeak-ng-data",
                data.display()
            )
        })?;
        Ok(Self {
            set_synth_callback: symbol!(library, "espeak_SetSynthCallback"),
            set_voice_by_name: symbol!(library, "espeak_SetVoiceByName"),
            set_parameter: symbol!(library, "espeak_SetParameter"),
            list_voices: symbol!(library, "espeak_ListVoices"),
            synth: symbol!(library, "espeak_Synth"),
            text_to_phonemes: symbol!(library, "espeak_TextToPhonemes"),
            rate_hz,
            file: library::file_of(initialize as *const c_void),
            data,
            _library: library,
        })
    }

    /// All voices of the data folder.
    pub(super) fn voices(&mut self) -> Vec<Listed> {
        let mut listed = Vec::new();
        // SAFETY: the list ends with a null; it and its strings stay until the next call, and the
        // entries are copied here.
        unsafe {
            let list = (self.list_voices)(std::ptr::null_mut());
            for i in 0..MAX_LISTED {
                let Some(voice) = (if list.is_null() { None } else { (*list.add(i)).as_ref() }) else {
                    break;
                };
                if voice.identifier.is_null() || voice.languages.is_null() {
                    continue;
                }
                let identifier = CStr::from_ptr(voice.identifier).to_string_lossy().into_owned();
                listed.push(Listed { identifier, langs: languages(voice.languages) });
            }
        }
        listed
    }

    /// Chooses the voice by its identifier; false when it does not load.
    pub(super) fn choose(&mut self, identifier: &str) -> bool {
        let Ok(name) = CString::new(identifier) else { return false };
        // SAFETY: a C string, read during the call.
        unsafe { (self.set_voice_by_name)(name.as_ptr()) == EE_OK }
    }

    /// Says a text in the chosen voice at a number of words a minute; `None` when the library refuses.
    pub(super) fn speak(
        &mut self,
        text: &CStr,
        words_per_minute: i32,
        sink: &mut dyn AudioSink,
    ) -> Option<Said> {
        let mut listening = Listening { sink, rate_hz: self.rate_hz, said: Said::default() };
        // SAFETY: the text is a C string of the length given with its end; `listening` outlives the
        // call, which is synchronous, and its address comes back in the events of this call only.
        let done = unsafe {
            (self.set_parameter)(PARAMETER_RATE, words_per_minute, 0);
            (self.set_synth_callback)(Some(on_audio));
            let user_data = (&raw mut listening).cast();
            let bytes = text.to_bytes_with_nul().len();
            let text = text.as_ptr().cast();
            (self.synth)(text, bytes, 0, POS_CHARACTER, 0, CHARS_UTF8, std::ptr::null_mut(), user_data)
        };
        (done == EE_OK).then_some(listening.said)
    }

    /// The text in the chosen voice's phonemes (IPA), as much at a time as the library reads at once.
    pub(super) fn phonemes(&mut self, text: &CStr) -> Vec<Read> {
        let mut reads = Vec::new();
        let mut at: *const c_void = text.as_ptr().cast();
        for _ in 0..MAX_CLAUSES {
            if at.is_null() {
                break;
            }
            // SAFETY: `at` is inside the C string, moved on by the call, or null at its end; the
            // result is valid until the next call and is copied.
            unsafe {
                let phonemes = (self.text_to_phonemes)(&raw mut at, CHARS_UTF8 as c_int, PHONEMES_IPA);
                if phonemes.is_null() {
                    continue;
                }
                let phonemes = CStr::from_ptr(phonemes).to_string_lossy().trim().to_owned();
                let read = at.addr().saturating_sub(text.as_ptr().addr());
                reads.push(Read { phonemes, until: if at.is_null() { usize::MAX } else { read } });
            }
        }
        reads
    }
}

/// The names in a voice's list: each a priority (lower is better), a name, a zero; then a zero.
///
/// # Safety
/// `list` is such a list.
unsafe fn languages(list: *const c_char) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = list;
    for _ in 0..MAX_LISTED {
        // SAFETY: the list ends with a zero in the place of a priority, which ends the loop.
        unsafe {
            let priority = *at.cast::<u8>();
            if priority == 0 {
                break;
            }
            let name = CStr::from_ptr(at.add(1));
            names.push((priority, name.to_string_lossy().to_ascii_lowercase()));
            at = at.add(2 + name.to_bytes().len());
        }
    }
    names.sort_by_key(|(priority, _)| *priority);
    names.into_iter().map(|(_, name)| name).collect()
}

struct Listening<'a> {
    sink: &'a mut dyn AudioSink,
    rate_hz: u32,
    said: Said,
}

/// Returns 1 to stop.
unsafe extern "C" fn on_audio(wave: *mut c_short, count: c_int, events: *mut RawEvent) -> c_int {
    if events.is_null() {
        return 0;
    }
    // SAFETY: the first event, even the one that ends the list, carries the user data of `speak`.
    let Some(listening) = (unsafe { (*events).user_data.cast::<Listening<'_>>().as_mut() }) else {
        return 0;
    };
    let Listening { sink, rate_hz, said } = listening;
    let sample_of = |ms: c_int| u64::try_from(ms).unwrap_or(0) * u64::from(*rate_hz) / 1_000;
    let mut at = events;
    // SAFETY: the list ends with an event of the type LIST_TERMINATED.
    while let Some(event) = unsafe { at.as_ref() }.filter(|event| event.kind != EVENT_LIST_TERMINATED) {
        let sample = sample_of(event.audio_position);
        match event.kind {
            EVENT_WORD => said.words.push(WordEvent {
                char_start: usize::try_from(event.text_position - 1).unwrap_or(0),
                chars: usize::try_from(event.length).unwrap_or(0),
                sample,
            }),
            EVENT_END => said.ends.push(sample),
            _ => {}
        }
        // SAFETY: it was not the last one.
        at = unsafe { at.add(1) };
    }
    let count = usize::try_from(count).unwrap_or(0);
    if said.stopped {
        return 1;
    }
    if wave.is_null() || count == 0 {
        return 0;
    }
    // SAFETY: the callback is given `count` samples.
    let samples = unsafe { std::slice::from_raw_parts(wave, count) };
    said.samples += count as u64;
    match sink.samples(*rate_hz, samples) {
        Ok(()) => 0,
        Err(Stop) => {
            said.stopped = true;
            1
        }
    }
}
