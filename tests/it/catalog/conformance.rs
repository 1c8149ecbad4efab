//! What every catalog must do. A new implementation is done when it passes [`catalog_conformance`].

mod lookups;
mod plays;
mod queue;

use std::sync::Arc;

use listen::article::{Article, ArticleId, Block, BlockKind, Lang, Note, NoteKind};
use listen::catalog::{
    ArticleQuery, Catalog, Change, Claim, ClaimQuery, Clock, ErrorKind, FeedQuery, Finish, ManualClock,
    NewArticle, NewRendition, NewRevision, Pick, Put, Received, Released, RenditionStatus, State,
    authenticate, opens_feed,
};

/// Makes an empty catalog that goes by this clock.
pub(crate) type Make<'a> = &'a dyn AsyncMake;

/// An async `Fn(Clock) -> Arc<dyn Catalog>`.
#[async_trait::async_trait]
pub(crate) trait AsyncMake: Sync {
    async fn make(&self, clock: Clock) -> Arc<dyn Catalog>;
}

const MINUTE_MS: i64 = 60_000;
const START_MS: i64 = 1_700_000_000_000;

pub(crate) async fn catalog_conformance(make: Make<'_>) {
    the_same_again_is_no_work(make).await;
    an_edit_keeps_the_old_audio_until_the_new_is_ready(make).await;
    going_back_finds_the_old_audio(make).await;
    deleting_forgets_and_remembers(make).await;
    another_voice_stands_beside_the_current_revision(make).await;
    what_was_wished_for_may_become_the_publishers_own(make).await;
    a_further_format_ends_no_work(make).await;
    lists_are_newest_first_and_page_without_gaps(make).await;
    a_rendition_keeps_its_address(make).await;
    feeds_show_what_is_finished(make).await;
    queue::claims_go_by_priority_and_age(make).await;
    queue::a_late_worker_changes_nothing(make).await;
    queue::failures_wait_longer_and_end(make).await;
    queue::a_poisoned_entry_is_given_up(make).await;
    queue::reconciling_leaves_what_lives_alone(make).await;
    queue::one_live_entry_for_a_revision(make).await;
    keys_open_until_they_are_revoked(make).await;
    a_key_of_a_feed_opens_that_feed_alone(make).await;
    a_feed_says_when_it_changed(make).await;
    bytes_are_hashed_once(make).await;
    lookups::a_clip_is_found_before_its_revision_is_finished(make).await;
    lookups::a_lexicon_is_replaced_only_by_those_who_know_it(make).await;
    plays::conformance(make).await;
}

/// A catalog and its clock.
struct Bench {
    catalog: Arc<dyn Catalog>,
    clock: ManualClock,
}

impl Bench {
    async fn new(make: Make<'_>) -> Self {
        let clock = ManualClock::at(START_MS);
        Self { catalog: make.make(clock.clock()).await, clock }
    }

    async fn put(&self, id: &str, revision: char) -> Put {
        self.catalog.put_article(&article(id, revision)).await.unwrap()
    }

    async fn claim(&self, owner: &str, limit: u32) -> Vec<Claim> {
        let query =
            ClaimQuery { owner: owner.to_owned(), lease_ms: MINUTE_MS, limit, min_priority: i64::MIN };
        self.catalog.claim(&query).await.unwrap()
    }

    async fn claim_one(&self, owner: &str) -> Claim {
        self.claim(owner, 1).await.pop().expect("an entry is due")
    }

    /// Puts, renders and finishes an article.
    async fn publish(&self, id: &str, revision: char) -> String {
        self.put(id, revision).await;
        let claim = self.claim_one("worker").await;
        assert_eq!(claim.article_id, name(id));
        let finish = finish(&claim);
        self.catalog.finish(&finish).await.unwrap();
        finish.renditions[0].digest.clone()
    }

    async fn state(&self, id: &str) -> State {
        self.catalog.article(&name(id)).await.unwrap().unwrap().summary.state
    }

    async fn ready(&self, id: &str) -> Option<String> {
        self.catalog.article(&name(id)).await.unwrap().unwrap().summary.ready_revision
    }
}

pub(crate) fn name(id: &str) -> ArticleId {
    id.parse().unwrap()
}

fn revision_name(c: char) -> String {
    c.to_string().repeat(16)
}

/// An article whose content and revision are told apart by one hexadecimal digit.
pub(crate) fn article(id: &str, revision: char) -> NewArticle {
    let mut article = Article::empty(Lang::english());
    article.title = Some(format!("Title {revision}"));
    article.blocks = vec![Block::new(BlockKind::Paragraph, format!("Text {revision} of {id}."))];
    NewArticle {
        id: name(id),
        publisher: Some("aaaaaaaa".to_owned()),
        feed: Some("news".to_owned()),
        url: Some(format!("https://paper.example/{id}")),
        received: Received {
            content_type: "text/plain".to_owned(),
            body: format!("Text {revision}").into_bytes(),
            submission: "{}".to_owned(),
        },
        article,
        revision: NewRevision {
            name: revision_name(revision),
            voice: "rms".to_owned(),
            rate: 1.0,
            front_end_version: 1,
            words: 5,
            script: format!("{{\"of\":\"{revision}\"}}"),
        },
        priority: 0,
    }
}

fn digest(claim: &Claim) -> String {
    let letter = claim.revision.chars().next().unwrap();
    format!("{:0>64}", format!("{letter}{}", hex::encode(claim.article_id.as_str())))
}

fn rendition(digest: String, format: &str) -> NewRendition {
    NewRendition {
        digest,
        format: format.to_owned(),
        head: b"ID3".to_vec(),
        pieces: "[\"clip\"]".to_owned(),
        frames: 100,
        bytes: 19_203,
        timeline: "[[0,100]]".to_owned(),
    }
}

fn finish_as(id: &ArticleId, revision: &str, rendition: NewRendition) -> Finish {
    Finish {
        article_id: id.clone(),
        revision: revision.to_owned(),
        claim: None,
        renditions: vec![rendition],
        notes: Vec::new(),
        clips: Vec::new(),
    }
}

fn finish(claim: &Claim) -> Finish {
    let finish = finish_as(&claim.article_id, &claim.revision, rendition(digest(claim), "mp3"));
    Finish {
        claim: Some(claim.clone()),
        notes: vec![Note::new(NoteKind::Dropped, "skipped", "Grrr.")],
        ..finish
    }
}

async fn the_same_again_is_no_work(make: Make<'_>) {
    let bench = Bench::new(make).await;
    let put = bench.put("a", '1').await;
    assert_eq!((put.change, put.queued, put.state), (Change::Created, true, State::Queued));
    let row = bench.catalog.article(&name("a")).await.unwrap().unwrap();
    assert_eq!(row.article, article("a", '1').article);
    assert_eq!((row.summary.words, row.summary.created_ms, row.summary.deleted), (5, START_MS, false));
    assert_eq!(bench.catalog.received(&name("a")).await.unwrap(), Some(article("a", '1').received));

    bench.clock.advance(MINUTE_MS);
    let put = bench.put("a", '1').await;
    assert_eq!((put.change, put.queued), (Change::Unchanged, false));
    assert_eq!(bench.catalog.article(&name("a")).await.unwrap().unwrap(), row);
    assert_eq!(bench.catalog.depth(None).await.unwrap().waiting, [(0, 1)]);

    // Another feed is no other sound: it is written down, and nothing is made again.
    let mut moved = article("a", '1');
    moved.feed = None;
    let put = bench.catalog.put_article(&moved).await.unwrap();
    assert_eq!((put.change, put.queued), (Change::Changed, false));
    let summary = bench.catalog.article(&name("a")).await.unwrap().unwrap().summary;
    assert_eq!((summary.feed, summary.changed_ms), (None, START_MS + MINUTE_MS));

    let mut bad = article("a", '1');
    bad.revision.name = "short".to_owned();
    assert_eq!(bench.catalog.put_article(&bad).await.unwrap_err().kind(), ErrorKind::Invalid);
}

async fn an_edit_keeps_the_old_audio_until_the_new_is_ready(make: Make<'_>) {
    let bench = Bench::new(make).await;
    bench.publish("a", '1').await;
    assert_eq!((bench.state("a").await, bench.ready("a").await), (State::Ready, Some(revision_name('1'))));

    let put = bench.put("a", '2').await;
    assert_eq!((put.change, put.queued, put.state), (Change::Changed, true, State::Queued));
    assert_eq!(put.ready_revision, Some(revision_name('1')));
    assert_eq!(bench.ready("a").await, Some(revision_name('1')));
    let second = bench.claim_one("worker").await;
    assert_eq!(bench.state("a").await, State::Rendering);

    // Edited again while the second is being made: the second does not become what is served.
    bench.put("a", '3').await;
    assert!(!bench.catalog.finish(&finish(&second)).await.unwrap().serves);
    assert_eq!(bench.ready("a").await, Some(revision_name('1')));
    let third = bench.claim_one("worker").await;
    assert_eq!(third.revision, revision_name('3'));
    assert!(bench.catalog.finish(&finish(&third)).await.unwrap().serves);
    assert_eq!(bench.ready("a").await, Some(revision_name('3')));

    // Edited twice before anybody began: only the last is made.
    bench.put("a", '4').await;
    bench.put("a", '5').await;
    let claims = bench.claim("worker", 10).await;
    assert_eq!(claims.iter().map(|c| c.revision.clone()).collect::<Vec<_>>(), [revision_name('5')]);
}

async fn going_back_finds_the_old_audio(make: Make<'_>) {
    let bench = Bench::new(make).await;
    let first = bench.publish("a", '1').await;
    bench.publish("a", '2').await;
    let put = bench.put("a", '1').await;
    assert_eq!((put.change, put.queued, put.state), (Change::Changed, false, State::Ready));
    assert_eq!(put.ready_revision, Some(revision_name('1')));
    assert_eq!(bench.ready("a").await, Some(revision_name('1')));
    let live = bench.catalog.renditions_of(&name("a"), &revision_name('1')).await.unwrap();
    assert_eq!(live.iter().map(|r| r.rendition.digest.clone()).collect::<Vec<_>>(), [first]);

    // Going back to what was never finished queues it again.
    bench.put("a", '3').await;
    bench.put("a", '1').await;
    assert_eq!(bench.catalog.depth(None).await.unwrap().waiting_total(), 0);
    assert!(bench.put("a", '3').await.queued);
}

async fn deleting_forgets_and_remembers(make: Make<'_>) {
    let bench = Bench::new(make).await;
    assert!(!bench.catalog.delete_article(&name("a")).await.unwrap());
    assert_eq!(bench.catalog.article(&name("a")).await.unwrap(), None);
    let digest = bench.publish("a", '1').await;
    bench.put("a", '2').await;
    let running = bench.claim_one("worker").await;

    assert!(bench.catalog.delete_article(&name("a")).await.unwrap());
    assert!(!bench.catalog.delete_article(&name("a")).await.unwrap());
    let row = bench.catalog.article(&name("a")).await.unwrap().unwrap();
    assert!(row.summary.deleted && row.article.blocks.is_empty());
    assert_eq!((row.summary.title, row.summary.ready_revision), (None, None));
    assert_eq!(bench.catalog.received(&name("a")).await.unwrap(), None);
    assert_eq!(bench.catalog.revision(&name("a"), Pick::Named(&revision_name('1'))).await.unwrap(), None);
    let kept = bench.catalog.rendition(&digest, "mp3").await.unwrap().unwrap();
    assert_eq!((kept.status, kept.rendition.head.len()), (RenditionStatus::Deleted, 0));
    assert!(bench.catalog.articles(&all()).await.unwrap().articles.is_empty());
    assert_eq!(bench.catalog.finish(&finish(&running)).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(bench.catalog.release(&running, &queue::retry()).await.unwrap(), Released::Lost);
    let enqueued = bench.catalog.enqueue(&name("a"), &revision_name('2'), 0).await;
    assert_eq!(enqueued.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(bench.catalog.reconcile().await.unwrap(), 0);

    bench.clock.advance(MINUTE_MS);
    let put = bench.put("a", '1').await;
    assert_eq!((put.change, put.queued, put.ready_revision), (Change::Created, true, None));
    assert_ne!(bench.catalog.rendition(&digest, "mp3").await.unwrap().unwrap().status, RenditionStatus::Live);
    let claim = bench.claim_one("worker").await;
    bench.catalog.finish(&finish(&claim)).await.unwrap();
    let again = bench.catalog.rendition(&digest, "mp3").await.unwrap().unwrap();
    assert_eq!((again.status, again.rendition), (RenditionStatus::Live, rendition(digest, "mp3")));
    let summary = bench.catalog.article(&name("a")).await.unwrap().unwrap().summary;
    assert_eq!(summary.created_ms, START_MS + MINUTE_MS);
}

async fn another_voice_stands_beside_the_current_revision(make: Make<'_>) {
    let bench = Bench::new(make).await;
    let slow = NewRevision { voice: "slt".to_owned(), rate: 0.8, ..article("a", '9').revision };
    let missing = bench.catalog.add_revision(&name("a"), &slow, 10).await;
    assert_eq!(missing.unwrap_err().kind(), ErrorKind::NotFound);
    bench.publish("a", '1').await;

    let put = bench.catalog.add_revision(&name("a"), &slow, 10).await.unwrap();
    assert_eq!((put.change, put.queued, put.state), (Change::Created, true, State::Queued));
    let claim = bench.claim_one("worker").await;
    assert_eq!((&claim.revision, claim.priority), (&slow.name, 10));
    assert!(!bench.catalog.finish(&finish(&claim)).await.unwrap().serves);
    assert_eq!(bench.ready("a").await, Some(revision_name('1')));
    let put = bench.catalog.add_revision(&name("a"), &slow, 10).await.unwrap();
    assert_eq!((put.change, put.queued, put.state), (Change::Unchanged, false, State::Ready));

    let id = name("a");
    let pick = async |pick| bench.catalog.revision(&id, pick).await.unwrap().map(|revision| revision.name);
    assert_eq!(pick(Pick::Spoken { voice: "slt", rate: 0.8 }).await, Some(revision_name('9')));
    assert_eq!(pick(Pick::Spoken { voice: "slt", rate: 1.0 }).await, None);
    assert_eq!(pick(Pick::Current).await, Some(revision_name('1')));
    assert_eq!(pick(Pick::Ready).await, Some(revision_name('1')));
    assert_eq!(pick(Pick::Named("0000000000000000")).await, None);
    let revision = bench.catalog.revision(&id, Pick::Current).await.unwrap().unwrap();
    assert_eq!(revision.article, article("a", '1').article);
    assert_eq!(revision.script, article("a", '1').revision.script);
    assert_eq!((revision.notes.len(), revision.finished_ms), (1, Some(START_MS)));
}

/// It waits at the end of the queue as long as only a listener wants it.
async fn what_was_wished_for_may_become_the_publishers_own(make: Make<'_>) {
    let bench = Bench::new(make).await;
    bench.publish("a", '1').await;
    let slow = NewRevision { voice: "slt".to_owned(), ..article("a", '9').revision };
    bench.catalog.add_revision(&name("a"), &slow, -1).await.unwrap();
    bench.put("b", '1').await;
    let changed = NewArticle { revision: slow, ..article("a", '1') };
    let put = bench.catalog.put_article(&changed).await.unwrap();
    assert_eq!((put.queued, put.state), (false, State::Queued), "it waits already");
    let claims = bench.claim("worker", 2).await;
    assert!(claims.iter().all(|claim| claim.priority >= article("a", '1').priority), "{claims:?}");
}

async fn a_further_format_ends_no_work(make: Make<'_>) {
    let bench = Bench::new(make).await;
    bench.publish("a", '1').await;
    let (id, revision) = (name("a"), revision_name('1'));
    bench.catalog.enqueue(&id, &revision, 0).await.unwrap();
    let flac = rendition("f".repeat(64), "flac");
    bench.catalog.finish(&finish_as(&id, &revision, flac)).await.unwrap();
    let formats: Vec<String> = bench
        .catalog
        .renditions_of(&id, &revision)
        .await
        .unwrap()
        .into_iter()
        .map(|found| found.rendition.format)
        .collect();
    assert_eq!(formats, ["flac", "mp3"]);
    assert_eq!(bench.claim_one("worker").await.revision, revision, "it is still to be made anew");
}

fn all() -> ArticleQuery {
    ArticleQuery { limit: 100, ..ArticleQuery::default() }
}

async fn lists_are_newest_first_and_page_without_gaps(make: Make<'_>) {
    let bench = Bench::new(make).await;
    for (n, id) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
        // Two of one millisecond.
        bench.clock.advance(i64::from(n != 2));
        bench.put(id, '1').await;
    }
    let mut seen = Vec::new();
    let mut query = ArticleQuery { limit: 2, ..ArticleQuery::default() };
    loop {
        let page = bench.catalog.articles(&query).await.unwrap();
        seen.extend(page.articles.iter().map(|article| article.id.to_string()));
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, ["e", "d", "c", "b", "a"]);

    let mut other = article("f", '1');
    other.feed = Some("sport".to_owned());
    bench.catalog.put_article(&other).await.unwrap();
    let ids = async |query: &ArticleQuery| {
        let page = bench.catalog.articles(query).await.unwrap();
        page.articles.into_iter().map(|article| article.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&ArticleQuery { feed: Some("sport".to_owned()), ..all() }).await, ["f"]);
    assert_eq!(ids(&ArticleQuery { url: Some("https://paper.example/b".to_owned()), ..all() }).await, ["b"]);
    assert!(ids(&ArticleQuery { url: Some("https://paper.example/".to_owned()), ..all() }).await.is_empty());
    let without = vec!["sport".to_owned(), "members".to_owned()];
    let left = ids(&ArticleQuery { without_feeds: without, ..all() }).await;
    assert!(!left.is_empty() && !left.contains(&"f".to_owned()), "{left:?}");
    for cursor in ["", "x", "1", "'; DROP TABLE articles; --"] {
        let query = ArticleQuery { cursor: Some(cursor.to_owned()), ..all() };
        assert_eq!(bench.catalog.articles(&query).await.unwrap_err().kind(), ErrorKind::Invalid, "{cursor}");
    }
}

async fn a_rendition_keeps_its_address(make: Make<'_>) {
    let bench = Bench::new(make).await;
    let first = bench.publish("a", '1').await;
    let id = name("a");
    let further =
        |digest: &str, format| finish_as(&id, &revision_name('1'), rendition(digest.to_owned(), format));
    assert_eq!(bench.catalog.rendition(&first, "opus").await.unwrap(), None);
    assert!(bench.catalog.finish(&further(&"b".repeat(64), "opus")).await.unwrap().serves);
    let formats = bench.catalog.renditions_of(&id, &revision_name('1')).await.unwrap();
    assert_eq!(formats.iter().map(|r| r.rendition.format.as_str()).collect::<Vec<_>>(), ["mp3", "opus"]);
    let revision = bench.catalog.revision(&id, Pick::Current).await.unwrap().unwrap();
    assert_eq!(revision.notes.len(), 1, "a further format does not take the notes away");

    // Made again with other bytes: the old address names the new one.
    let second = "c".repeat(64);
    bench.catalog.finish(&further(&second, "mp3")).await.unwrap();
    let gone = bench.catalog.rendition(&first, "mp3").await.unwrap().unwrap();
    assert_eq!(gone.status, RenditionStatus::Gone { replaced_by: Some(second.clone()) });
    assert_eq!(bench.catalog.rendition(&second, "mp3").await.unwrap().unwrap().status, RenditionStatus::Live);

    // The first bytes come back, and with them their address.
    bench.catalog.finish(&further(&first, "mp3")).await.unwrap();
    assert_eq!(bench.catalog.rendition(&first, "mp3").await.unwrap().unwrap().status, RenditionStatus::Live);

    assert!(bench.catalog.mark_gone(&first, "mp3", None).await.unwrap());
    assert!(!bench.catalog.mark_gone(&"d".repeat(64), "mp3", None).await.unwrap());
    let gone = bench.catalog.rendition(&first, "mp3").await.unwrap().unwrap();
    assert_eq!(gone.status, RenditionStatus::Gone { replaced_by: None });

    // Two articles of the same sound: the address lives as long as one of them.
    bench.publish("b", '1').await;
    let shared = Finish { article_id: name("b"), ..further(&second, "mp3") };
    bench.catalog.finish(&shared).await.unwrap();
    bench.catalog.delete_article(&id).await.unwrap();
    assert_eq!(bench.catalog.rendition(&second, "mp3").await.unwrap().unwrap().status, RenditionStatus::Live);

    for bad in [Finish { renditions: Vec::new(), ..shared.clone() }, further("../etc/passwd", "mp3")] {
        assert_eq!(bench.catalog.finish(&bad).await.unwrap_err().kind(), ErrorKind::Invalid);
    }
    let unknown = Finish { revision: revision_name('e'), ..shared };
    assert_eq!(bench.catalog.finish(&unknown).await.unwrap_err().kind(), ErrorKind::NotFound);
}

async fn feeds_show_what_is_finished(make: Make<'_>) {
    let bench = Bench::new(make).await;
    for (id, published) in [("a", None), ("b", Some("2024-05-01")), ("c", Some("2025-01-01T08:00:00+01:00"))]
    {
        let mut new = article(id, '1');
        new.article.published = published.map(str::to_owned);
        bench.catalog.put_article(&new).await.unwrap();
        let claim = bench.claim_one("worker").await;
        bench.catalog.finish(&finish(&claim)).await.unwrap();
    }
    bench.put("unfinished", '1').await;
    bench.put("b", '2').await;
    let feed =
        |limit, offset| FeedQuery { feed: Some("news".to_owned()), format: "mp3".to_owned(), limit, offset };
    let items = bench.catalog.feed(&feed(10, 0)).await.unwrap();
    let ids = |items: &[listen::catalog::FeedItem]| {
        items.iter().map(|i| i.summary.id.to_string()).collect::<Vec<_>>()
    };
    // "a" says no date, so it counts from when it was put: November 2023.
    assert_eq!(ids(&items), ["c", "b", "a"]);
    assert_eq!(items[1].revision, revision_name('1'), "the finished revision, not the edited one");
    assert_eq!(items[1].article.title.as_deref(), Some("Title 1"));
    assert_eq!((items[1].frames, items[1].bytes, items[1].words), (100, 19_203, 5));
    assert_eq!(ids(&bench.catalog.feed(&feed(1, 1)).await.unwrap()), ["b"]);
    for (id, under) in [("c", Some("b")), ("b", Some("a")), ("a", None), ("nobody", None)] {
        let found = bench.catalog.follows(&name(id)).await.unwrap().map(|(id, _)| id.to_string());
        assert_eq!(found.as_deref(), under, "what stands under {id}");
    }
    assert!(
        bench.catalog.feed(&FeedQuery { format: "opus".to_owned(), ..feed(10, 0) }).await.unwrap().is_empty()
    );
    assert!(
        bench
            .catalog
            .feed(&FeedQuery { feed: Some("other".to_owned()), ..feed(10, 0) })
            .await
            .unwrap()
            .is_empty()
    );
    bench.catalog.delete_article(&name("c")).await.unwrap();
    assert_eq!(ids(&bench.catalog.feed(&FeedQuery { feed: None, ..feed(10, 0) }).await.unwrap()), ["b", "a"]);
}

async fn keys_open_until_they_are_revoked(make: Make<'_>) {
    let bench = Bench::new(make).await;
    let keys = bench.catalog.as_ref();
    let desk = keys.create_key(" news desk ", None).await.unwrap();
    bench.clock.advance(1);
    let other = keys.create_key("sport", None).await.unwrap();
    assert_eq!(desk.key.name, "news desk");
    assert_eq!(keys.keys().await.unwrap(), [desk.key.clone(), other.key.clone()]);
    assert!(!format!("{:?}", keys.keys().await.unwrap()).contains(desk.token.reveal()));

    let open = async |token: &str| authenticate(keys, token).await.unwrap().map(|key| key.name);
    assert_eq!(open(desk.token.reveal()).await.as_deref(), Some("news desk"));
    // The right prefix with another key's secret.
    let secret = other.token.reveal().splitn(3, '_').nth(2).unwrap();
    let mixed = format!("lk_{}_{secret}", desk.token.prefix());
    for wrong in ["", "lk_", &mixed] {
        assert_eq!(open(wrong).await, None, "{wrong}");
    }

    assert!(keys.revoke_key(desk.token.prefix()).await.unwrap());
    assert!(!keys.revoke_key(desk.token.prefix()).await.unwrap());
    assert!(!keys.revoke_key("00000000").await.unwrap());
    assert_eq!(open(desk.token.reveal()).await, None);
    assert_eq!(open(other.token.reveal()).await.as_deref(), Some("sport"));
    assert!(keys.key(desk.token.prefix()).await.unwrap().unwrap().revoked_ms.is_some());
    for bad in ["", "  ", "a\nb", &"x".repeat(101)] {
        assert_eq!(keys.create_key(bad, None).await.unwrap_err().kind(), ErrorKind::Invalid, "{bad}");
    }
}

async fn a_key_of_a_feed_opens_that_feed_alone(make: Make<'_>) {
    let bench = Bench::new(make).await;
    let keys = bench.catalog.as_ref();
    let listener = keys.create_key("ada", Some("members")).await.unwrap();
    let publisher = keys.create_key("desk", None).await.unwrap();
    assert_eq!(listener.key.feed.as_deref(), Some("members"));
    assert_eq!(keys.key(listener.token.prefix()).await.unwrap(), Some(listener.key.clone()));
    let opens = async |token: &str, feed: &str| opens_feed(keys, token, feed).await.unwrap();
    let token = listener.token.reveal();
    assert!(opens(token, "members").await);
    assert!(!opens(token, "others").await);
    assert!(!opens(publisher.token.reveal(), "members").await, "a publisher's key is none of a feed");
    assert_eq!(authenticate(keys, token).await.unwrap(), None, "it publishes nothing");
    assert!(keys.revoke_key(listener.token.prefix()).await.unwrap());
    assert!(!opens(token, "members").await);
}

async fn a_feed_says_when_it_changed(make: Make<'_>) {
    let bench = Bench::new(make).await;
    let mut last = 0;
    // Whether the feed's version has grown since the last look.
    let mut grown = async |bench: &Bench| {
        bench.clock.advance(1000);
        let now = bench.catalog.feed_state("news").await.unwrap();
        let grown = now.version > last;
        last = now.version;
        (grown, now.changed_ms)
    };
    assert_eq!(grown(&bench).await, (false, 0), "nothing was ever shown");
    bench.put("a", '1').await;
    assert!(!grown(&bench).await.0, "an unfinished article is not shown");
    let claim = bench.claim_one("worker").await;
    let finished = finish(&claim);
    bench.catalog.finish(&finished).await.unwrap();
    let at_ms = START_MS + 2000;
    assert_eq!(grown(&bench).await, (true, at_ms));
    bench.put("a", '1').await;
    assert_eq!(grown(&bench).await, (false, at_ms), "the same again");
    assert_eq!(bench.catalog.feed_of(&name("a")).await.unwrap().as_deref(), Some("news"));
    assert_eq!(bench.catalog.feed_of(&name("nobody")).await.unwrap(), None);

    let digest = finished.renditions[0].digest.clone();
    let further = finish_as(&name("a"), &revision_name('1'), rendition("e".repeat(64), "opus"));
    bench.catalog.finish(&further).await.unwrap();
    assert!(grown(&bench).await.0, "a further format");
    let query = FeedQuery { feed: Some("news".to_owned()), format: "mp3".to_owned(), limit: 10, offset: 0 };
    let item = bench.catalog.feed(&query).await.unwrap().remove(0);
    let formats: Vec<(&str, u64)> = item.renditions.iter().map(|r| (r.format.as_str(), r.bytes)).collect();
    assert_eq!(formats, [("mp3", 19_203), ("opus", 19_203)]);
    assert_eq!(bench.catalog.feed_len(&FeedQuery { limit: 1, offset: 5, ..query.clone() }).await.unwrap(), 1);

    bench.catalog.keep_sha384(&digest, "mp3", &[7; 48]).await.unwrap();
    assert!(grown(&bench).await.0, "a hash");
    bench.put("a", '2').await;
    assert!(grown(&bench).await.0, "its page's address and its date may be others");
    let moved = NewArticle { feed: Some("sport".to_owned()), ..article("a", '2') };
    bench.catalog.put_article(&moved).await.unwrap();
    assert!(grown(&bench).await.0, "it left");
    assert_eq!(bench.catalog.feed_state("sport").await.unwrap().version, 1);
    bench.catalog.mark_gone(&digest, "mp3", None).await.unwrap();
    assert_eq!(bench.catalog.feed_state("sport").await.unwrap().version, 2);
    assert_eq!(
        bench.catalog.feed_len(&FeedQuery { feed: Some("sport".to_owned()), ..query }).await.unwrap(),
        0
    );
    bench.catalog.delete_article(&name("a")).await.unwrap();
    assert_eq!(bench.catalog.feed_state("sport").await.unwrap().version, 3);
    assert!(!grown(&bench).await.0, "the others are not touched");
}

async fn bytes_are_hashed_once(make: Make<'_>) {
    let bench = Bench::new(make).await;
    let first = bench.publish("a", '1').await;
    bench.clock.advance(1);
    let second = bench.publish("b", '1').await;
    let mp3 = |digest: &str| (digest.to_owned(), "mp3".to_owned());
    assert_eq!(bench.catalog.unhashed(10).await.unwrap(), [mp3(&second), mp3(&first)]);
    assert_eq!(bench.catalog.unhashed(1).await.unwrap(), [mp3(&second)]);
    assert!(bench.catalog.keep_sha384(&second, "mp3", &[9; 48]).await.unwrap());
    assert!(!bench.catalog.keep_sha384(&"f".repeat(64), "mp3", &[9; 48]).await.unwrap());
    assert_eq!(bench.catalog.unhashed(10).await.unwrap(), [mp3(&first)]);
    let query = FeedQuery { feed: None, format: "mp3".to_owned(), limit: 10, offset: 0 };
    let items = bench.catalog.feed(&query).await.unwrap();
    let hashes: Vec<_> = items.iter().map(|item| item.renditions[0].sha384).collect();
    assert_eq!(hashes, [Some([9; 48]), None]);
    bench.catalog.mark_gone(&first, "mp3", None).await.unwrap();
    assert!(bench.catalog.unhashed(10).await.unwrap().is_empty(), "what is gone is hashed no more");
}
