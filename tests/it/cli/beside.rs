//! Subcommands beside a running service, on the same cache and database.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value;

use super::{MARKDOWN, Program};

/// A service of a program's folder; it ends with the test.
struct Service {
    child: Child,
    address: String,
}

impl Service {
    fn start(program: &Program) -> Self {
        let mut child = program
            .command(&["serve", "--bind", "127.0.0.1:0", "--log", "off"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").expect("its address").to_owned();
        Self { child, address }
    }

    async fn put(&self, id: &str, markdown: &'static str) -> reqwest::Response {
        let url = format!("{}/v1/articles/{id}", self.address);
        let request = reqwest::Client::new().put(url).header("content-type", "text/markdown");
        request.header("x-listen", "1").body(markdown).send().await.unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_by(program: &Program, voice: &str) {
    let toml = format!("[speech]\nvoice_by_lang = {{ en = \"{voice}\" }}\n");
    std::fs::write(program.path("listen.toml"), toml).unwrap();
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|article| article["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn operators_work_beside_a_running_service_and_without_one() {
    let program = Program::new();
    read_by(&program, "tone");
    let service = Service::start(&program);
    assert_eq!(service.put("lamp", MARKDOWN).await.status(), 201);

    let beside = program.run(&["rebuild", "lamp", "--json"]).json();
    assert_eq!((ids(&beside["rebuilt"]), ids(&beside["failed"])), (vec!["lamp"], vec![]));
    assert_eq!(beside["rebuilt"][0]["changed"], false);
    program.run(&["cache", "gc"]).assert_code(0);
    program.run(&["keys", "create", "newsroom"]).assert_code(0);
    let refused = service.put("other", MARKDOWN).await.status();
    assert_eq!(refused, 401, "a key made beside it is asked for at once");
    drop(service);

    read_by(&program, "tone-slow");
    let ended = program.run(&["rebuild", "--all"]).assert_code(1);
    assert!(ended.stderr.contains("no voice \"tone-slow\""), "{}", ended.stderr);

    read_by(&program, "slt");
    let alone = program.run(&["rebuild", "--all", "--json"]).json();
    assert_eq!((ids(&alone["rebuilt"]), &alone["rebuilt"][0]["changed"]), (vec!["lamp"], &true.into()));
    assert_ne!(alone["rebuilt"][0]["revision"], beside["rebuilt"][0]["revision"]);

    let ended = program.run(&["rebuild", "lamp", "nothing", "--json"]);
    let mixed = ended.json_at_least();
    assert_eq!((ids(&mixed["rebuilt"]), ids(&mixed["failed"])), (vec!["lamp"], vec!["nothing"]));
    ended.assert_code(1);
}
