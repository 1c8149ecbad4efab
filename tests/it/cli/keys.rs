use serde_json::Value;

use super::Program;

#[test]
fn a_key_is_made_listed_and_revoked() {
    let program = Program::new();
    assert_eq!(program.run(&["keys", "list", "--json"]).json()["keys"], Value::Array(Vec::new()));
    assert!(!program.path("listen.db").exists(), "a list makes no database");

    let made = program.run(&["keys", "create", "newsroom"]).assert_code(0);
    let token = made.text();
    let token = token.strip_suffix('\n').expect("one line and nothing else");
    assert!(token.starts_with("lk_") && !token.contains(char::is_whitespace), "{token}");
    assert!(!made.stderr.contains(token), "the words beside it do not repeat the secret");

    let prefix = &token[3..11];
    let listed = program.run(&["keys", "--json"]).json();
    let keys = listed["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1);
    assert_eq!((&keys[0]["prefix"], &keys[0]["name"]), (&prefix.into(), &"newsroom".into()));
    assert_eq!(keys[0]["revoked"], Value::Null);
    assert!(keys[0]["created"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    assert!(program.run(&["keys"]).assert_code(0).text().contains(prefix));

    program.run(&["keys", "revoke", prefix]).assert_code(0);
    assert!(program.run(&["keys", "list", "--json"]).json()["keys"][0]["revoked"].is_string());
    let again = program.run(&["keys", "revoke", prefix]).assert_code(1);
    assert!(again.stderr.contains("no key"), "{}", again.stderr);
}

#[test]
fn a_key_for_a_program_has_its_token_in_the_object() {
    let program = Program::new();
    let made = program.run(&["keys", "create", "shop", "--json", "--db", "sqlite:other.db"]).json();
    assert!(
        made["token"].as_str().unwrap().starts_with(&format!("lk_{}_", made["prefix"].as_str().unwrap()))
    );
    assert!(program.path("other.db").exists());
    let revoked =
        program.run(&["keys", "revoke", made["token"].as_str().unwrap(), "--db", "other.db", "--json"]);
    assert_eq!(revoked.json()["revoked"], true);
}

#[test]
fn a_name_that_is_none_and_a_file_that_is_no_database_are_refused() {
    let program = Program::new();
    let ended = program.run(&["keys", "create", " "]).assert_code(1);
    assert!(ended.stderr.contains("1 to 100 characters"), "{}", ended.stderr);
    std::fs::write(program.path("note.txt"), "not a database at all, but long enough to be one ".repeat(40))
        .unwrap();
    let ended = program.run(&["keys", "--db", "note.txt"]).assert_code(1);
    assert!(ended.stderr.contains("note.txt: the file is not a database of `listen`"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("service's log"), "{}", ended.stderr);
}

#[test]
fn a_key_of_a_private_feed_is_printed_as_the_feeds_address() {
    let program = Program::new();
    let toml = "public_url = \"https://listen.paper.example/\"\n[feeds.members]\nprivate = true\n";
    std::fs::write(program.path("listen.toml"), toml).unwrap();
    let made = program.run(&["keys", "create", "ada", "--feed", "members"]).assert_code(0);
    let address = made.text();
    let token = address.trim_end().strip_prefix("https://listen.paper.example/feeds/members.xml?key=lk_");
    assert_eq!(token.map(str::len), Some(8 + 1 + 43), "{address}");
    let listed = program.run(&["keys", "--json"]).json();
    assert_eq!((&listed["keys"][0]["feed"], &listed["keys"][0]["name"]), (&"members".into(), &"ada".into()));
    assert!(program.run(&["keys"]).assert_code(0).text().contains("members"));
    for (feed, words) in [("default", "private = true"), ("nobody", "no feed \"nobody\"")] {
        let ended = program.run(&["keys", "create", "ada", "--feed", feed]).assert_code(1);
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
    }
}
