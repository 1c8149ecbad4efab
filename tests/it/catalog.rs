//! The catalog in SQLite: the conformance suite, and what crashes, neighbours and full disks do to it.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod conformance;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use listen::catalog::{
    Articles as _, Catalog, ClaimQuery, Clock, ErrorKind, Keys as _, Queue as _, SqliteCatalog, State,
};

use crate::tmpfs::Tmpfs;
use conformance::{AsyncMake, article, catalog_conformance, name};

async fn open(path: &Path) -> SqliteCatalog {
    SqliteCatalog::open(path.to_str().unwrap()).await.unwrap()
}

/// Each catalog in a new file of one folder.
struct InFolder(tempfile::TempDir);

#[async_trait::async_trait]
impl AsyncMake for InFolder {
    async fn make(&self, clock: Clock) -> Arc<dyn Catalog> {
        let n = fs::read_dir(self.0.path()).unwrap().count();
        let path = self.0.path().join(format!("{n}.db"));
        Arc::new(SqliteCatalog::open_with(path.to_str().unwrap(), clock).await.unwrap())
    }
}

#[tokio::test]
async fn sqlite_conforms() {
    catalog_conformance(&InFolder(tempfile::tempdir().unwrap())).await;
}

fn claim_all(owner: &str) -> ClaimQuery {
    ClaimQuery { owner: owner.to_owned(), lease_ms: 3_600_000, limit: 64, min_priority: i64::MIN }
}

#[tokio::test]
async fn addresses_and_paths_open_the_same_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("listen.db");
    let shown = path.to_str().unwrap();
    open(&path).await.put_article(&article("a", '1')).await.unwrap();
    for location in [shown.to_owned(), format!("sqlite:{shown}"), format!("sqlite://{shown}?mode=rwc")] {
        let catalog = SqliteCatalog::open(&location).await.unwrap();
        assert!(catalog.article(&name("a")).await.unwrap().is_some(), "{location}");
        assert_eq!(catalog.path(), path);
    }
}

#[tokio::test]
async fn what_cannot_be_opened_is_told_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let no_database = dir.path().join("page.html");
    fs::write(&no_database, "<html>".repeat(1000)).unwrap();
    let table = [
        ("postgres://user:secret@db/listen".to_owned(), ErrorKind::Unsupported, "no postgres:// storage"),
        ("sqlite::memory:".to_owned(), ErrorKind::Unsupported, "give a file"),
        (
            dir.path().join("no/such/folder/listen.db").display().to_string(),
            ErrorKind::Failed,
            "check its path",
        ),
        (dir.path().display().to_string(), ErrorKind::Failed, "check its path"),
        (no_database.display().to_string(), ErrorKind::Failed, "not a database of `listen`"),
    ];
    for (location, kind, words) in table {
        let error = SqliteCatalog::open(&location).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{location}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn what_was_accepted_survives_a_process_that_never_closed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("listen.db");
    let catalog = open(&path).await;
    catalog.put_article(&article("a", '1')).await.unwrap();
    catalog.put_article(&article("b", '1')).await.unwrap();
    assert_eq!(catalog.claim(&claim_all("worker")).await.unwrap().len(), 2);
    // What the disk holds at this moment is what a kill -9 would leave.
    let crashed = dir.path().join("crashed.db");
    for suffix in ["", "-wal"] {
        fs::copy(format!("{}{suffix}", path.display()), format!("{}{suffix}", crashed.display())).unwrap();
    }
    let revived = open(&crashed).await;
    assert!(revived.claim(&claim_all("other")).await.unwrap().is_empty(), "leases may still be held");
    let _lock = revived.lock().await.unwrap();
    let claims = revived.claim(&claim_all("other")).await.unwrap();
    assert_eq!(claims.len(), 2, "no other owner can live");
    assert!(claims.iter().all(|claim| claim.attempt == 1));
}

#[tokio::test]
async fn one_serve_for_a_database_and_others_may_look() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("listen.db");
    let (catalog, other) = (open(&path).await, open(&path).await);
    let lock = catalog.lock().await.unwrap();
    let error = other.lock().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");

    let alias = dir.path().join("alias.db");
    std::os::unix::fs::symlink(&path, &alias).unwrap();
    assert_eq!(open(&alias).await.lock().await.unwrap_err().kind(), ErrorKind::Conflict);

    let made = other.create_key("beside a running service", None).await.unwrap();
    assert_eq!(catalog.keys().await.unwrap(), [made.key]);
    drop(lock);
    other.lock().await.unwrap();
}

/// The other side of `the_lock_falls_with_kill_9`: takes the lock and waits to be killed.
#[tokio::test]
async fn hold_the_lock_for_another_process() {
    let Ok(path) = std::env::var("LISTEN_TEST_HOLD_LOCK") else { return };
    let catalog = open(Path::new(&path)).await;
    let _lock = catalog.lock().await.unwrap();
    fs::write(format!("{path}.held"), "").unwrap();
    std::future::pending::<()>().await;
}

/// Killed when dropped, so that a failing test leaves nothing behind.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_lock_falls_with_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("listen.db");
    let holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "catalog::hold_the_lock_for_another_process"])
        .env("LISTEN_TEST_HOLD_LOCK", &path)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut holder = Killed(holder);
    let held = dir.path().join("listen.db.held");
    while !held.exists() {
        assert!(holder.0.try_wait().unwrap().is_none(), "the holder ended before it held the lock");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let catalog = open(&path).await;
    assert_eq!(catalog.lock().await.unwrap_err().kind(), ErrorKind::Conflict);
    drop(holder);
    catalog.lock().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_may_open_and_write_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = Arc::new(dir.path().join("listen.db"));
    let writers = (0..6).map(|writer| {
        let path = Arc::clone(&path);
        tokio::spawn(async move {
            // Each has its own connections, as another process would; all meet a file that is not there.
            let catalog = open(&path).await;
            for n in 0..10 {
                catalog.put_article(&article(&format!("{writer}.{n}"), '1')).await.unwrap();
            }
            catalog.claim(&ClaimQuery { limit: 5, ..claim_all(&writer.to_string()) }).await.unwrap()
        })
    });
    let mut claimed = Vec::new();
    for writer in futures::future::join_all(writers).await {
        claimed.extend(writer.unwrap().into_iter().map(|claim| claim.id));
    }
    let all = claimed.len();
    claimed.sort_unstable();
    claimed.dedup();
    assert_eq!(claimed.len(), all, "an entry was claimed twice");
    let depth = open(&path).await.depth(None).await.unwrap();
    assert_eq!(depth.waiting_total() + depth.leased, 60);
}

#[tokio::test]
async fn an_entry_that_vanished_is_found_by_the_reconciler() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("listen.db");
    let catalog = open(&path).await;
    catalog.put_article(&article("a", '1')).await.unwrap();
    catalog.put_article(&article("b", '1')).await.unwrap();
    catalog.claim(&ClaimQuery { limit: 1, ..claim_all("worker") }).await.unwrap();
    let vandal = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    sqlx::query("DELETE FROM queue").execute(&vandal).await.unwrap();
    vandal.close().await;
    assert_eq!(catalog.depth(None).await.unwrap().waiting_total(), 0);
    assert_eq!(catalog.reconcile().await.unwrap(), 2);
    assert_eq!(catalog.reconcile().await.unwrap(), 0);
    assert_eq!(catalog.article(&name("a")).await.unwrap().unwrap().summary.state, State::Queued);
    assert_eq!(catalog.claim(&claim_all("worker")).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_newer_database_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("listen.db");
    open(&path).await.close().await;
    let newer = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    sqlx::query("UPDATE _sqlx_migrations SET version = 999999 WHERE version = (SELECT max(version) FROM _sqlx_migrations)").execute(&newer).await.unwrap();
    newer.close().await;
    let error = SqliteCatalog::open(path.to_str().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("newer version"), "{error}");
}

#[tokio::test]
async fn a_full_disk_refuses_whole_articles_and_loses_none() {
    let Some(disk) = Tmpfs::mount(2 << 20) else { return };
    let path = disk.path().join("listen.db");
    let catalog = open(&path).await;
    let mut kept = 0;
    let error = loop {
        let mut big = article(&format!("a{kept}"), '1');
        big.received.body = vec![b'x'; 50_000];
        match catalog.put_article(&big).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 1000, "the disk never gets full");
    };
    assert_eq!(error.kind(), ErrorKind::Full, "{error}");
    assert!(error.to_string().contains("make room"), "{error}");
    assert!(kept > 0);
    // Reading goes on, and after a crash everything that was accepted is there, whole.
    assert_eq!(catalog.depth(None).await.unwrap().waiting_total(), kept);
    drop(catalog);
    let again = open(&path).await;
    assert_eq!(again.depth(None).await.unwrap().waiting_total(), kept);
    for n in 0..kept {
        assert!(again.received(&name(&format!("a{n}"))).await.unwrap().is_some());
    }
    assert_eq!(again.article(&name(&format!("a{kept}"))).await.unwrap(), None);
}
