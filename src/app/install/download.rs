//! Files over HTTP or from a folder, however bad the line: what has come is kept and gone on with, and
//! nothing counts before its length and digest are right.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use md5::Md5;
use sha2::{Digest, Sha256};
use url::Url;

use super::index::IndexedFile;

/// Tries of one file that bring nothing new, and tries at all.
const MAX_IDLE_TRIES: u32 = 5;
const MAX_TRIES: u32 = 100;
/// Times that a whole file may come with another digest.
const MAX_CORRUPT: u32 = 2;
/// How much is read at once.
const BUFFER_BYTES: usize = 64 * 1024;
const MAX_REDIRECTS: u32 = 5;

/// How patient a download is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Longest wait for a connection, for an answer, and for its next bytes.
    pub stall: Duration,
    /// Wait before the second try; doubled for each further one.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { stall: Duration::from_secs(30), pause: Duration::from_secs(1) }
    }
}

/// Where files come from: the folder of an index.
pub(super) struct Source {
    index: Url,
    agent: ureq::Agent,
    patience: Patience,
}

/// What a file should be.
pub(super) struct Expected<'a> {
    pub(super) path: &'a str,
    pub(super) file: &'a IndexedFile,
}

/// Why a try failed.
enum Failure {
    /// Trying again may help.
    Passing(anyhow::Error),
    /// It will not.
    Lasting(anyhow::Error),
}

impl Source {
    /// The source of an index's address: `https://`, `http://` or `file://`.
    pub(super) fn new(index: &str, patience: Patience) -> anyhow::Result<Self> {
        let url =
            Url::parse(index).with_context(|| format!("\"{index}\" is no address of an index of voices"))?;
        ensure!(
            matches!(url.scheme(), "http" | "https" | "file"),
            "the index of voices is at an address of http, https or file, not \"{index}\""
        );
        let config = ureq::Agent::config_builder()
            .timeout_connect(Some(patience.stall))
            .timeout_recv_response(Some(patience.stall))
            .timeout_per_read(Some(patience.stall))
            .max_redirects(MAX_REDIRECTS)
            .http_status_as_error(false)
            .user_agent(concat!("listen/", env!("CARGO_PKG_VERSION")));
        Ok(Self { index: url, agent: config.build().into(), patience })
    }

    /// The index itself.
    pub(super) fn index(&self, most: u64) -> anyhow::Result<Vec<u8>> {
        let named = || format!("reading the index of voices, {}", self.index);
        self.small(&self.index, most).with_context(named)
    }

    /// A small file beside the index, checked.
    pub(super) fn text(&self, expected: &Expected<'_>, most: u64) -> anyhow::Result<String> {
        let url = self.beside(expected.path)?;
        let bytes = self.small(&url, most).with_context(|| format!("reading {url}"))?;
        check(&mut bytes.as_slice(), expected.file).with_context(|| format!("reading {url}"))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn beside(&self, path: &str) -> anyhow::Result<Url> {
        Ok(self.index.join(path)?)
    }

    fn small(&self, url: &Url, most: u64) -> anyhow::Result<Vec<u8>> {
        let mut tries = 0;
        loop {
            let failure = match self.small_once(url, most) {
                Ok(bytes) => return Ok(bytes),
                Err(failure) => failure,
            };
            tries += 1;
            self.wait(failure, tries)?;
        }
    }

    fn small_once(&self, url: &Url, most: u64) -> Result<Vec<u8>, Failure> {
        let (mut from, _) = self.open(url, 0)?;
        let mut bytes = Vec::new();
        from.by_ref().take(most + 1).read_to_end(&mut bytes).map_err(passing)?;
        if bytes.len() as u64 > most {
            return Err(Failure::Lasting(anyhow::anyhow!("it is longer than {most} bytes")));
        }
        Ok(bytes)
    }

    /// Brings a file to `to`, going on with what `to` and `.part` already holds of it; `progress` is told
    /// the bytes of it that are there. Gives its SHA-256.
    pub(super) fn file(
        &self,
        expected: &Expected<'_>,
        to: &Path,
        progress: &mut dyn FnMut(u64),
    ) -> anyhow::Result<String> {
        let url = self.beside(expected.path)?;
        let part = part_of(to);
        let named = || format!("downloading {url}");
        // An earlier try brought it whole and came to its end with another file.
        if to.is_file()
            && let Ok(sha256) = check_file(to, expected.file)
        {
            return Ok(sha256);
        }
        let (mut idle, mut corrupt) = (0, 0);
        for _ in 0..MAX_TRIES {
            let have = length_of(&part, expected.file.size_bytes).with_context(named)?;
            if have == expected.file.size_bytes {
                match check_file(&part, expected.file) {
                    Ok(sha256) => {
                        std::fs::rename(&part, to).with_context(named)?;
                        return Ok(sha256);
                    }
                    Err(why) if corrupt + 1 >= MAX_CORRUPT => return Err(why).with_context(named),
                    Err(_) => {
                        corrupt += 1;
                        std::fs::remove_file(&part).with_context(named)?;
                        continue;
                    }
                }
            }
            let Err(failure) = self.append(&url, have, expected.file.size_bytes, &part, progress) else {
                continue;
            };
            let came = length_of(&part, expected.file.size_bytes).with_context(named)?;
            idle = if came > have { 1 } else { idle + 1 };
            self.wait(failure, idle).with_context(named)?;
        }
        Err(anyhow::anyhow!("it broke off {MAX_TRIES} times; what has come is kept, try again later"))
            .with_context(named)
    }

    /// Waits before another try, or gives the failure back when there is to be none.
    fn wait(&self, failure: Failure, tries: u32) -> anyhow::Result<()> {
        match failure {
            Failure::Passing(_) if tries < MAX_IDLE_TRIES => {
                std::thread::sleep(self.patience.pause.saturating_mul(1 << (tries - 1).min(10)));
                Ok(())
            }
            Failure::Passing(why) | Failure::Lasting(why) => Err(why),
        }
    }

    /// Appends to `part` what comes behind byte `have`.
    fn append(
        &self,
        url: &Url,
        have: u64,
        size: u64,
        part: &Path,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), Failure> {
        let (mut from, start) = self.open(url, have)?;
        let lasting = |error: io::Error| Failure::Lasting(anyhow::Error::from(error).context("writing it"));
        let mut file = OpenOptions::new().create(true).append(true).open(part).map_err(lasting)?;
        if start != have {
            file.set_len(start).map_err(lasting)?;
        }
        let mut at = start;
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            progress(at);
            let read = from.read(&mut buffer).map_err(passing)?;
            if read == 0 {
                break;
            }
            at += read as u64;
            if at > size {
                file.set_len(0).map_err(lasting)?;
                return Err(Failure::Passing(anyhow::anyhow!(
                    "it is longer than the {size} bytes of the index"
                )));
            }
            file.write_all(&buffer[..read]).map_err(lasting)?;
        }
        file.sync_all().map_err(lasting)?;
        if at < size {
            return Err(Failure::Passing(anyhow::anyhow!("it ended after {at} of {size} bytes")));
        }
        Ok(())
    }

    /// A file from byte `from` on, or from 0 when the other side does not give parts; and which of the two.
    fn open(&self, url: &Url, from: u64) -> Result<(Box<dyn Read>, u64), Failure> {
        if url.scheme() == "file" {
            let path =
                url.to_file_path().map_err(|()| Failure::Lasting(anyhow::anyhow!("no path of a file")))?;
            let file = File::open(path).map_err(|error| Failure::Lasting(error.into()))?;
            return Ok((Box::new(file), 0));
        }
        let mut request = self.agent.get(url.as_str());
        if from > 0 {
            request = request.header("Range", format!("bytes={from}-"));
        }
        let answer = request.call().map_err(|error| Failure::Passing(error.into()))?;
        let status = answer.status().as_u16();
        let start = match status {
            200 => 0,
            206 if starts_at(&answer) == Some(from) => from,
            // What is there is not a part of what the other side has: from the start then.
            206 | 416 if from > 0 => return self.open(url, 0),
            408 | 425 | 429 | 500..=599 => {
                return Err(Failure::Passing(anyhow::anyhow!("the server answered {status}")));
            }
            _ => return Err(Failure::Lasting(anyhow::anyhow!("the server answered {status}"))),
        };
        Ok((Box::new(answer.into_body().into_reader()), start))
    }
}

fn passing(error: io::Error) -> Failure {
    Failure::Passing(error.into())
}

/// The first byte of a part, by its `Content-Range` (RFC 9110 §14.4).
fn starts_at(answer: &ureq::http::Response<ureq::Body>) -> Option<u64> {
    let range = answer.headers().get("content-range")?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()
}

/// The name of a file that is not whole yet.
pub(super) fn part_of(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// How much of a file is there. More than there should be is none.
fn length_of(part: &Path, size: u64) -> io::Result<u64> {
    match std::fs::metadata(part) {
        Ok(about) if about.len() <= size => Ok(about.len()),
        Ok(_) => std::fs::remove_file(part).map(|()| 0),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

fn check_file(path: &Path, expected: &IndexedFile) -> anyhow::Result<String> {
    check(&mut File::open(path)?, expected)
}

/// Whether bytes have the length and the digests that the index gives. Gives their SHA-256.
fn check(from: &mut impl Read, expected: &IndexedFile) -> anyhow::Result<String> {
    let (mut md5, mut sha256, mut length) = (Md5::new(), Sha256::new(), 0);
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        md5.update(&buffer[..read]);
        sha256.update(&buffer[..read]);
        length += read as u64;
    }
    ensure!(length == expected.size_bytes, "it has {length} bytes, the index says {}", expected.size_bytes);
    let (md5, sha256) = (hex::encode(md5.finalize()), hex::encode(sha256.finalize()));
    if !md5.eq_ignore_ascii_case(&expected.md5_digest) {
        bail!("its MD5 is {md5}, the index says {}: it is damaged, or another file", expected.md5_digest);
    }
    if let Some(stated) =
        expected.sha256_digest.as_ref().filter(|stated| !sha256.eq_ignore_ascii_case(stated))
    {
        bail!("its SHA-256 is {sha256}, the index says {stated}: it is damaged, or another file");
    }
    Ok(sha256)
}
