#![allow(clippy::result_large_err, reason = "figment's jail dictates the error")]

use figment::Jail;

use super::*;

#[test]
fn flags_win_over_environment_over_file_over_defaults() {
    Jail::expect_with(|jail| {
        let load = |flags: &Flags| Config::load(None, flags).map_err(|e| e.to_string());
        assert_eq!(load(&Flags::default()).map(|c| c.cache), Ok("cache".to_owned()));
        jail.create_file("listen.toml", "cache = \"from-file\"\ndb = \"sqlite:file.db\"\nlog = \"file\"")?;
        jail.set_env("LISTEN_DB", "sqlite:env.db");
        jail.set_env("LISTEN_LOG", "env");
        jail.set_env("LISTEN_LIMITS__BODY_BYTES", "1000");
        jail.set_env("LISTEN_TEST_STRICT", "1");
        jail.set_env("LISTEN_API_KEY", "12345");
        let flags = Flags { log: Some("flag".to_owned()), ..Flags::default() };
        let config = load(&flags).expect("it loads");
        assert_eq!(config.cache, "from-file");
        assert_eq!(config.db, "sqlite:env.db");
        assert_eq!(config.log, "flag");
        assert_eq!(config.api_key.as_ref().map(Secret::reveal), Some("12345"));
        assert_eq!(config.limits.body_bytes, 1000);
        assert_eq!(config.limits.clip_wait_s, Limits::default().clip_wait_s);
        Ok(())
    });
}

#[test]
fn a_wrong_key_or_value_is_named() {
    Jail::expect_with(|jail| {
        for (toml, word) in [
            ("cahce = \"x\"", "cahce"),
            ("[speech]\nmp3_kbps = 50", "mp3_kbps"),
            ("public_url = \"ftp://x\"", "public_url"),
            ("bind = \"nowhere\"", "bind"),
            ("[renditions]\nrates = [1.5, 3.0]", "rates has 3"),
            ("[renditions]\nformats = [\"mp3\", \"aac\"]", "\"aac\""),
            ("[renditions]\nformats = [\"wav\"]", "no \"mp3\""),
            ("[renditions]\nmp3_kbps = [64, 128]", "mp3_kbps has 128"),
            ("hub = \"hub.example\"", "hub"),
            ("[speech]\nvoice_by_kind = { paragraph = \"rms\" }", "paragraph"),
            ("embed_hosts = [\"paper.example; script-src *\"]", "embed_hosts"),
            ("[feeds.tech]\ncategory = \"Gadgets\"", "feeds.tech: category \"Gadgets\""),
        ] {
            jail.create_file("listen.toml", toml)?;
            let error = Config::load(None, &Flags::default()).map(|_| ()).expect_err(toml);
            assert!(error.to_string().contains(word), "{toml}: {error}");
        }
        assert!(Config::load(Some(Path::new("missing.toml")), &Flags::default()).is_err());
        Ok(())
    });
}

#[test]
fn a_feed_keeps_its_defaults_and_the_default_feed_always_exists() {
    Jail::expect_with(|jail| {
        jail.create_file("listen.toml", "[feeds.tech]\ntitle = \"Tech\"")?;
        let config = Config::load(None, &Flags::default()).expect("it loads");
        assert_eq!(config.feed("tech").map(|f| f.category.as_str()), Some("News"));
        assert!(config.feed("default").is_some());
        Ok(())
    });
}

#[test]
fn a_secret_is_never_shown() {
    let config = Config { api_key: Some(Secret("hunter2".to_owned())), ..Config::default() };
    assert!(!format!("{config:?}").contains("hunter2"));
}
