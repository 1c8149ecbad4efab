//! Voices are installed from a server that behaves badly, and from a folder.
#![cfg(feature = "piper")]
#![allow(clippy::unwrap_used, reason = "tests")]

mod server;

use std::path::Path;
use std::time::Duration;

use listen::app::{Downloaded, Installer, Patience, Staged, measure, remove_voice};
use listen::engine::Voices;
use server::{Fault, KEY, Server};

const ID: &str = "en_us-small-x_low";

/// Short enough for a test, long enough for a busy machine that only sends bytes from memory.
const PATIENCE: Patience = Patience { stall: Duration::from_secs(2), pause: Duration::from_millis(1) };

fn stage(address: &str, voices: &Path) -> anyhow::Result<Staged> {
    let installer = Installer::open(address, voices, PATIENCE)?;
    let voice = installer.index().find("small")?;
    let card = installer.card(voice)?;
    installer.stage(voice, Some("two"), card.as_deref(), &mut |_| {})
}

/// The installed files are those of the server.
fn assert_whole(folder: &Path) {
    for name in [format!("{KEY}.onnx"), format!("{KEY}.onnx.json")] {
        let ours = std::fs::read(folder.join(&name)).unwrap();
        assert!(server::files()[&format!("{}/{name}", server::FOLDER)] == ours, "{name} differs");
    }
}

#[test]
fn a_voice_is_staged_and_then_there_at_once() {
    let voices = tempfile::tempdir().unwrap();
    let server = Server::start(&[]);
    let installer = Installer::open(&server.address, voices.path(), PATIENCE).unwrap();
    let voice = installer.index().find(KEY).unwrap();
    assert_eq!(installer.card(voice).unwrap().as_deref(), Some(server::CARD));
    let mut seen = Vec::new();
    let staged = installer.stage(voice, None, Some(server::CARD), &mut |done| seen.push(done)).unwrap();
    assert!(seen.windows(2).all(|pair| pair[0].bytes <= pair[1].bytes), "{seen:?}");
    let Some(Downloaded { bytes, of_bytes }) = seen.last().copied() else { panic!("no progress") };
    assert_eq!(bytes, of_bytes);
    assert!(Voices::load(Some(voices.path())).unwrap().get(ID).is_err(), "not before it is settled");
    let folder = staged.settle(None).unwrap();
    assert_whole(&folder);
    let installed = Voices::load(Some(voices.path())).unwrap();
    let installed = installed.get(ID).unwrap();
    assert_eq!((installed.licence.as_str(), installed.langs[0].as_str()), ("MIT OR Apache-2.0", "en-us"));
    assert_eq!(std::fs::read_dir(voices.path()).unwrap().count(), 1, "nothing is left beside it");
    let again = stage(&server.address, voices.path()).err().unwrap().to_string();
    assert!(again.contains("installed already"), "{again}");
}

#[test]
fn a_bad_line_only_takes_longer() {
    let voices = tempfile::tempdir().unwrap();
    let faults = [
        Fault::Drop(100_000),
        Fault::Stall(50_000),
        Fault::Truncate(200_000),
        Fault::Status(503),
        Fault::OtherPart,
        Fault::Drop(0),
        Fault::Whole,
    ];
    let server = Server::start(&faults);
    let staged = stage(&server.address, voices.path()).unwrap();
    let asked = server.asked();
    assert_eq!(asked[..3], [0, 100_000, 150_000], "{asked:?}");
    assert!(asked[3] > 150_000, "{asked:?}");
    assert_whole(&staged.settle(None).unwrap());
}

#[test]
fn what_an_earlier_try_brought_is_gone_on_with() {
    let voices = tempfile::tempdir().unwrap();
    let server = Server::start(&[Fault::Drop(300_000), Fault::Status(404)]);
    let error = stage(&server.address, voices.path()).err().unwrap();
    assert!(format!("{error:#}").contains("404"), "{error:#}");
    assert!(Voices::load(Some(voices.path())).unwrap().get(ID).is_err());
    let staged = stage(&server.address, voices.path()).unwrap();
    assert_eq!(server.asked(), [0, 300_000, 300_000]);
    assert_whole(&staged.settle(None).unwrap());
}

#[test]
fn damage_is_loaded_again_once_and_never_installed() {
    let voices = tempfile::tempdir().unwrap();
    let once = Server::start(&[Fault::Corrupt]);
    assert_whole(stage(&once.address, voices.path()).unwrap().folder());
    assert_eq!(once.asked(), [0, 0]);
    for fault in [Fault::Corrupt, Fault::Longer] {
        let voices = tempfile::tempdir().unwrap();
        let server = Server::start(&[fault; 8]);
        let error = format!("{:#}", stage(&server.address, voices.path()).err().unwrap());
        assert!(error.contains("MD5") || error.contains("longer than"), "{error}");
        assert!(server.asked().len() <= 6, "it is not tried for ever: {:?}", server.asked());
        assert!(Voices::load(Some(voices.path())).unwrap().get(ID).is_err());
    }
}

#[test]
fn two_programs_do_not_install_one_voice() {
    let voices = tempfile::tempdir().unwrap();
    let server = Server::start(&[]);
    let first = stage(&server.address, voices.path()).unwrap();
    let error = stage(&server.address, voices.path()).err().unwrap().to_string();
    assert!(error.contains("by another program"), "{error}");
    drop(first);
    assert!(stage(&server.address, voices.path()).is_ok());
}

#[test]
fn what_cannot_be_reached_or_is_no_index_says_so() {
    let voices = tempfile::tempdir().unwrap();
    let other = format!("file://{}", Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md").display());
    let server = Server::start(&[]);
    let gone = server.address.replace("voices.json", "nothing.json");
    for (address, why) in [
        ("nonsense", "no address"),
        ("ftp://example.org/voices.json", "http, https or file"),
        ("file:///there/is/nothing.json", "nothing.json"),
        (&other, "no index of voices"),
        (&gone, "404"),
    ] {
        let error = format!("{:#}", Installer::open(address, voices.path(), PATIENCE).err().unwrap());
        assert!(error.contains(why), "{why}: {error}");
    }
    assert_eq!(std::fs::read_dir(voices.path()).unwrap().count(), 0);
}

#[test]
fn a_voice_from_a_folder_is_measured_speaks_and_is_removed() {
    let (mirror, voices) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (path, bytes) in server::files() {
        let to = mirror.path().join(path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, bytes).unwrap();
    }
    let staged = stage(&format!("file://{}/voices.json", mirror.path().display()), voices.path()).unwrap();
    let measured = match measure(&staged, Path::new(env!("CARGO_BIN_EXE_listen")), None) {
        Err(error) if error.to_string().contains("apt install libespeak-ng1") => {
            assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none(), "{error}");
            eprintln!("SKIPPED: {error}");
            return;
        }
        measured => measured.unwrap().unwrap(),
    };
    staged.settle(Some(&measured)).unwrap();
    let installed = Voices::load(Some(voices.path())).unwrap();
    let voice = installed.get(ID).unwrap();
    assert_eq!((voice.gain_db, voice.rate), (measured.gain_db, measured.rate));
    assert!((100.0..200.0).contains(&voice.words_per_minute), "{}", voice.words_per_minute);
    let kept = voices.path().join(ID).join("notes.txt");
    std::fs::write(&kept, "mine").unwrap();
    let removed = remove_voice(voices.path(), ID).unwrap();
    assert!(removed.others && kept.is_file() && removed.bytes > 400_000, "{removed:?}");
    assert!(Voices::load(Some(voices.path())).unwrap().get(ID).is_err());
    let error = remove_voice(voices.path(), "rms").unwrap_err().to_string();
    assert!(error.contains("built in"), "{error}");
}
