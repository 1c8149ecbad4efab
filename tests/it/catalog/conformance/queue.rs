//! The render queue.

use listen::catalog::{Change, ClaimQuery, ErrorKind, MAX_ATTEMPTS, Pick, Released, State, Verdict};

use super::{Bench, MINUTE_MS, Make, START_MS, article, digest, finish, name, revision_name};

pub(super) async fn claims_go_by_priority_and_age(make: Make<'_>) {
    let bench = Bench::new(make).await;
    for (id, priority) in [("a", 0), ("b", 5), ("c", 0), ("d", 10)] {
        let mut new = article(id, '1');
        new.priority = priority;
        new.publisher = Some(if id == "a" { "bbbbbbbb" } else { "aaaaaaaa" }.to_owned());
        bench.catalog.put_article(&new).await.unwrap();
    }
    bench.catalog.enqueue(&name("c"), &revision_name('1'), 7).await.unwrap();
    bench.catalog.enqueue(&name("d"), &revision_name('1'), 1).await.unwrap();
    let depth = bench.catalog.depth(None).await.unwrap();
    assert_eq!(depth.waiting, [(10, 1), (7, 1), (5, 1), (0, 1)]);
    assert_eq!((depth.waiting_total(), depth.oldest_ms), (4, Some(START_MS)));
    assert_eq!(bench.catalog.depth(Some("bbbbbbbb")).await.unwrap().waiting, [(0, 1)]);

    let query =
        ClaimQuery { owner: "listeners".to_owned(), lease_ms: MINUTE_MS, limit: 10, min_priority: 10 };
    let urgent = bench.catalog.claim(&query).await.unwrap();
    assert_eq!(urgent.iter().map(|c| c.article_id.as_str()).collect::<Vec<_>>(), ["d"]);
    let rest = bench.claim("bulk", 10).await;
    assert_eq!(rest.iter().map(|c| c.article_id.as_str()).collect::<Vec<_>>(), ["c", "b", "a"]);
    assert!(
        rest.iter().all(|c| c.attempt == 1 && c.lease_until_ms == START_MS + MINUTE_MS && c.owner == "bulk")
    );
    assert!(bench.claim("late", 10).await.is_empty());
    assert_eq!(bench.catalog.depth(None).await.unwrap().leased, 4);
}

pub(super) fn retry() -> Verdict {
    Verdict::Retry {
        after_ms: MINUTE_MS,
        error: "the engine failed".to_owned(),
        payload: Some("[3]".to_owned()),
    }
}

pub(super) async fn a_late_worker_changes_nothing(make: Make<'_>) {
    let bench = Bench::new(make).await;
    bench.put("a", '1').await;
    let first = bench.claim_one("worker").await;
    bench.clock.advance(MINUTE_MS - 1);
    assert!(bench.catalog.renew(&first, MINUTE_MS).await.unwrap());
    bench.clock.advance(MINUTE_MS - 1);
    assert_eq!(bench.catalog.reap().await.unwrap(), 0, "it was renewed");
    bench.clock.advance(2);
    assert_eq!(bench.catalog.reap().await.unwrap(), 1);
    assert_eq!(bench.state("a").await, State::Queued);
    // Under the same name too: the attempt tells them apart.
    let second = bench.claim_one("worker").await;
    assert_eq!(second.attempt, 2);

    assert!(!bench.catalog.renew(&first, MINUTE_MS).await.unwrap());
    assert_eq!(bench.catalog.release(&first, &retry()).await.unwrap(), Released::Lost);
    assert_eq!(bench.catalog.finish(&finish(&first)).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(bench.state("a").await, State::Rendering);
    assert_eq!(bench.catalog.rendition(&digest(&first), "mp3").await.unwrap(), None);

    let mut other = finish(&second);
    other.revision = revision_name('2');
    assert_eq!(bench.catalog.finish(&other).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert!(bench.catalog.finish(&finish(&second)).await.unwrap().serves);
    assert!(!bench.catalog.renew(&second, MINUTE_MS).await.unwrap());
}

pub(super) async fn failures_wait_longer_and_end(make: Make<'_>) {
    let bench = Bench::new(make).await;
    bench.put("a", '1').await;
    let claim = bench.claim_one("worker").await;
    assert_eq!(bench.catalog.release(&claim, &retry()).await.unwrap(), Released::Queued);
    assert_eq!(bench.state("a").await, State::Queued);
    assert!(bench.claim("worker", 1).await.is_empty(), "not before a minute");
    bench.catalog.enqueue(&name("a"), &revision_name('1'), 10).await.unwrap();
    assert!(bench.claim("worker", 1).await.is_empty(), "a listener's wish does not undo the wait");
    bench.clock.advance(MINUTE_MS);
    let claim = bench.claim_one("worker").await;
    assert_eq!((claim.attempt, claim.payload.as_deref()), (2, Some("[3]")));

    let back = Verdict::Return { after_ms: 0 };
    assert_eq!(bench.catalog.release(&claim, &back).await.unwrap(), Released::Queued);
    let claim = bench.claim_one("worker").await;
    assert_eq!((claim.attempt, claim.payload.as_deref()), (2, Some("[3]")), "a return does not count");

    let give_up = Verdict::GiveUp { error: "no such voice".to_owned() };
    assert_eq!(bench.catalog.release(&claim, &give_up).await.unwrap(), Released::Failed);
    let revision = bench.catalog.revision(&name("a"), Pick::Current).await.unwrap().unwrap();
    assert_eq!((revision.state, revision.error.as_deref()), (State::Failed, Some("no such voice")));
    assert_eq!(bench.catalog.depth(None).await.unwrap().dead, 1);
    assert_eq!(bench.catalog.reconcile().await.unwrap(), 0, "what failed is not lost");

    // The publisher may try again.
    let put = bench.put("a", '1').await;
    assert_eq!((put.change, put.queued, put.state), (Change::Unchanged, true, State::Queued));
    let claim = bench.claim_one("worker").await;
    assert_eq!((claim.attempt, claim.payload), (1, None));
    let revision = bench.catalog.revision(&name("a"), Pick::Current).await.unwrap().unwrap();
    assert_eq!(revision.error, None);
}

pub(super) async fn a_poisoned_entry_is_given_up(make: Make<'_>) {
    let bench = Bench::new(make).await;
    bench.put("a", '1').await;
    for attempt in 1..=MAX_ATTEMPTS {
        assert_eq!(bench.claim_one("worker").await.attempt, attempt);
        bench.clock.advance(2 * MINUTE_MS);
        assert_eq!(bench.catalog.reap().await.unwrap(), 1);
    }
    assert!(bench.claim("worker", 1).await.is_empty());
    assert_eq!(bench.state("a").await, State::Failed);

    bench.put("b", '1').await;
    for attempt in 1..=MAX_ATTEMPTS {
        let claim = bench.claim_one("worker").await;
        let released = bench.catalog.release(&claim, &retry()).await.unwrap();
        assert_eq!(released == Released::Failed, attempt == MAX_ATTEMPTS, "{attempt}");
        bench.clock.advance(MINUTE_MS);
    }
    assert_eq!(bench.state("b").await, State::Failed);
}

pub(super) async fn reconciling_leaves_what_lives_alone(make: Make<'_>) {
    let bench = Bench::new(make).await;
    bench.put("a", '1').await;
    assert_eq!(bench.catalog.reconcile().await.unwrap(), 0, "a waiting entry lives");
    let claim = bench.claim_one("worker").await;
    assert_eq!(bench.catalog.reconcile().await.unwrap(), 0, "a leased entry lives");
    bench.catalog.finish(&finish(&claim)).await.unwrap();
    assert_eq!(bench.catalog.reconcile().await.unwrap(), 0, "what is ready needs none");
}

pub(super) async fn one_live_entry_for_a_revision(make: Make<'_>) {
    let bench = Bench::new(make).await;
    bench.put("a", '1').await;
    let id = name("a");
    let revision = revision_name('1');
    let wishes = (0..20).map(|n| bench.catalog.enqueue(&id, &revision, n % 2 * 10));
    for wish in futures::future::join_all(wishes).await {
        wish.unwrap();
    }
    assert_eq!(bench.catalog.depth(None).await.unwrap().waiting, [(10, 1)]);
    let claims = futures::future::join_all((0..8).map(|n| {
        let bench = &bench;
        async move { bench.claim(&format!("worker {n}"), 1).await }
    }))
    .await;
    assert_eq!(claims.into_iter().flatten().count(), 1);
}
