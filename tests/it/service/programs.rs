//! Programs that ask for speech as they are, or as they write their requests.
#![allow(clippy::print_stderr, reason = "a skipped check says so")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::site::Site;
use super::speech::{KEY, keyed};

/// Runs a client; none, loudly, where its package is not installed.
async fn client(program: &str, script: &str, site: &Site) -> Option<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(program);
    command.arg(root.join("tests/speech").join(script)).args([&site.base, KEY]).arg(root.join("target/node"));
    // Nothing of the machine's own settings.
    for name in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    let ran = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    let missing = match &ran {
        Ok(output) => (output.status.code() == Some(77)).then(|| told(output)),
        Err(error) => Some(format!("{program}: {error}")),
    };
    if let Some(why) = missing {
        assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none_or(|strict| strict != "1"), "SKIPPED: {why}");
        eprintln!("SKIPPED: {why}");
        return None;
    }
    let output = ran.unwrap();
    assert!(output.status.success(), "{script}: {}\n{}", told(&output), site.log());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn openais_python_package_is_served() {
    let site = keyed().start().await;
    if let Some(heard) = client("python3", "client.py", &site).await {
        assert_eq!(heard["refusals"], json!([400, 400, 400, 400, 401]));
        assert!(heard["models"].as_array().unwrap().contains(&json!("tts-1")), "{heard}");
    }
}

#[tokio::test]
async fn openais_node_package_is_served() {
    let site = keyed().start().await;
    if let Some(heard) = client("node", "client.mjs", &site).await {
        assert!(heard["models"].as_array().unwrap().contains(&json!("gpt-4o-mini-tts")), "{heard}");
    }
}

#[tokio::test]
async fn open_webui_finds_voices_and_hears_them() {
    let site = keyed().start().await;
    // Its lists are asked for without a key, and it looks for these very names.
    let voices: Value = serde_json::from_slice(&site.bytes("/v1/audio/voices").await).unwrap();
    let models: Value = serde_json::from_slice(&site.bytes("/v1/audio/models").await).unwrap();
    assert!(
        voices["voices"].as_array().unwrap().iter().all(|v| v["id"].is_string() && v["name"].is_string())
    );
    assert!(models["models"].as_array().unwrap().iter().all(|model| model["id"].is_string()));
    let ask = |voice: &str| {
        site.client
            .post(site.url("/v1/audio/speech"))
            .bearer_auth(KEY)
            .header("content-type", "application/json")
            .header("x-openwebui-user-name", "Ada")
            .header("accept", "*/*")
            .body(json!({ "model": "tts-1", "input": "It is read aloud.", "voice": voice }).to_string())
            .send()
    };
    let answer = ask("alloy").await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
        (200, "audio/mpeg")
    );
    assert!(answer.bytes().await.unwrap().len() > 1_000);
    let refused: Value = ask("nobody").await.unwrap().json().await.unwrap();
    assert!(refused["error"]["message"].as_str().unwrap().contains("nobody"), "it shows this to people");
}

#[tokio::test]
async fn home_assistant_hears_every_format_that_it_asks_for() {
    let site = keyed().start().await;
    let formats: &[&str] = if cfg!(feature = "opus") {
        &["mp3", "opus", "wav", "flac", "pcm"]
    } else {
        &["mp3", "wav", "flac", "pcm"]
    };
    for format in formats {
        let body = json!({
            "model": "tts-1-hd", "input": "The washing machine is done.", "voice": "shimmer", "speed": 1.0,
            "response_format": format, "instructions": "Speak kindly.", "stream": true,
        });
        let request = site.client.post(site.url("/v1/audio/speech")).bearer_auth(KEY).json(&body);
        let mut answer = request.header("accept", "audio/mpeg").send().await.unwrap();
        assert_eq!(answer.status(), 200, "{format}");
        let mut bytes = 0;
        while let Some(chunk) = answer.chunk().await.unwrap() {
            bytes += chunk.len();
        }
        assert!(bytes > 1_000, "{format}: {bytes} bytes");
    }
}
