//! A server of voices that behaves as badly as it is told to.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use md5::{Digest as _, Md5};
use serde_json::json;

/// Where the files of the voice lie beside the index.
pub(super) const FOLDER: &str = "en/en_US/small/x_low";
pub(super) const KEY: &str = "en_US-small-x_low";
pub(super) const CARD: &str =
    "# Model card for small (x_low)\n\n* Language: en_US\n* License: MIT OR Apache-2.0\n";

/// What it does with the next request of the model.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// Closes the connection after so many bytes of what it had promised.
    Drop(usize),
    /// Sends so many bytes and then nothing, until the other side goes.
    Stall(usize),
    /// Promises and sends so many bytes fewer.
    Truncate(usize),
    /// Sends one wrong byte.
    Corrupt,
    /// Sends a byte too many.
    Longer,
    /// Knows nothing of parts: sends all.
    Whole,
    /// Sends another part than was asked for.
    OtherPart,
    /// Answers with a status.
    Status(u16),
}

/// The server, on a free port.
pub(super) struct Server {
    pub(super) address: String,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    files: BTreeMap<String, Vec<u8>>,
    faults: Mutex<VecDeque<Fault>>,
    /// The first byte that each request of the model asked for.
    asked: Mutex<Vec<u64>>,
}

/// An index with the small voice of the tests, and its files.
pub(super) fn files() -> BTreeMap<String, Vec<u8>> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/voices/small");
    let read = |name: &str| std::fs::read(fixtures.join(name)).expect("the small voice");
    let mut files = BTreeMap::from([
        (format!("{FOLDER}/{KEY}.onnx"), read("small.onnx")),
        (format!("{FOLDER}/{KEY}.onnx.json"), read("small.onnx.json")),
        (format!("{FOLDER}/MODEL_CARD"), CARD.into()),
    ]);
    let about =
        |bytes: &Vec<u8>| json!({"size_bytes": bytes.len(), "md5_digest": hex::encode(Md5::digest(bytes))});
    let listed: BTreeMap<_, _> = files.iter().map(|(path, bytes)| (path.clone(), about(bytes))).collect();
    let index = json!({ KEY: {
        "key": KEY, "name": "small", "quality": "x_low", "num_speakers": 2,
        "speaker_id_map": {"one": 0, "two": 1}, "aliases": ["small"], "files": listed,
        "language": {"code": "en_US", "family": "en", "region": "US", "name_native": "English",
                     "name_english": "English", "country_english": "United States"},
    }});
    files.insert("voices.json".to_owned(), index.to_string().into_bytes());
    files
}

impl Server {
    pub(super) fn start(faults: &[Fault]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}/voices.json", listener.local_addr().expect("an address"));
        let faults = Mutex::new(faults.iter().copied().collect());
        let seen = Arc::new(Seen { files: files(), faults, asked: Mutex::default() });
        let own = Arc::clone(&seen);
        // It ends with the process of the tests.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&own);
                std::thread::spawn(move || seen.answer(stream));
            }
        });
        Self { address, seen }
    }

    /// The first bytes that the model was asked for, request by request.
    pub(super) fn asked(&self) -> Vec<u64> {
        self.seen.asked.lock().expect("no panic holds it").clone()
    }
}

impl Seen {
    /// Answers one request, and closes the connection. What the other side does with it is its business.
    fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let mut lines = BufReader::new(stream.try_clone().ok()?).lines().map_while(Result::ok);
        let request = lines.next()?;
        let path = request.split(' ').nth(1)?.trim_start_matches('/').to_owned();
        let range = lines.by_ref().take_while(|line| !line.is_empty()).find_map(|line| {
            let line = line.to_ascii_lowercase();
            line.strip_prefix("range: bytes=")?.split('-').next()?.parse::<usize>().ok()
        });
        let Some(body) = self.files.get(&path) else {
            return stream
                .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .ok();
        };
        let fault = path.ends_with(".onnx").then(|| {
            self.asked.lock().expect("no panic holds it").push(range.unwrap_or(0) as u64);
            self.faults.lock().expect("no panic holds it").pop_front()
        });
        self.send(&mut stream, body, range.unwrap_or(0), fault.flatten())
    }

    fn send(&self, stream: &mut TcpStream, body: &[u8], from: usize, fault: Option<Fault>) -> Option<()> {
        let from = match fault {
            Some(Fault::Whole) => 0,
            Some(Fault::OtherPart) => from / 2,
            _ => from,
        };
        let mut part = body.get(from..)?.to_vec();
        let (mut promised, mut sent) = (part.len(), part.len());
        match fault {
            Some(Fault::Status(status)) => {
                let head = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                return stream.write_all(head.as_bytes()).ok();
            }
            Some(Fault::Drop(bytes) | Fault::Stall(bytes)) => sent = bytes.min(part.len()),
            Some(Fault::Truncate(fewer)) => {
                promised -= fewer;
                sent = promised;
            }
            Some(Fault::Corrupt) => *part.last_mut()? ^= 1,
            Some(Fault::Longer) => {
                part.push(0);
                promised += 1;
                sent += 1;
            }
            Some(Fault::Whole | Fault::OtherPart) | None => {}
        }
        let status = if from == 0 {
            "200 OK".to_owned()
        } else {
            format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{}", body.len() - 1, body.len())
        };
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {promised}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(&part[..sent]).ok()?;
        if matches!(fault, Some(Fault::Stall(_))) {
            // Until the other side closes.
            let _ = stream.read(&mut [0]);
        }
        Some(())
    }
}
