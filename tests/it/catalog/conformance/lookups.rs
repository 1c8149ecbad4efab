//! Where clips come from, and the lexicon.

use listen::catalog::{Clip, ClipSource, ErrorKind, NewClip};

use super::{Bench, MINUTE_MS, Make, START_MS, finish, name, revision_name};

fn clip(n: u8, id: &str, revision: char, i: u32) -> Clip {
    let source = ClipSource { article_id: name(id), revision: revision_name(revision), i, bytes: 384 };
    Clip { digest: [n; 32], source }
}

pub(super) async fn a_clip_is_found_before_its_revision_is_finished(make: Make<'_>) {
    let bench = Bench::new(make).await;
    bench.put("a", '1').await;
    bench.put("b", '1').await;
    let (first, second) = (clip(1, "a", '1', 0), clip(2, "a", '1', 1));
    bench.catalog.index_clips(&[first.clone(), second.clone()]).await.unwrap();
    bench.catalog.index_clips(&[]).await.unwrap();
    let found = async |n: u8| bench.catalog.clip(&[n; 32]).await.unwrap();
    assert_eq!(found(1).await, Some(first.source.clone()));
    assert_eq!(found(3).await, None);

    let elsewhere = clip(1, "b", '1', 7);
    bench.catalog.index_clips(std::slice::from_ref(&elsewhere)).await.unwrap();
    assert_eq!(found(1).await, Some(first.source.clone()), "it is known already");

    let claim = bench.claim_one("worker").await;
    let mut finish = finish(&claim);
    finish.clips =
        vec![NewClip { digest: [2; 32], i: 1, bytes: 384 }, NewClip { digest: [4; 32], i: 2, bytes: 9 }];
    bench.catalog.finish(&finish).await.unwrap();
    assert_eq!(found(2).await, Some(second.source));
    assert_eq!(found(4).await.map(|source| (source.i, source.bytes)), Some((2, 9)));

    bench.catalog.delete_article(&name("a")).await.unwrap();
    assert_eq!(found(1).await, None);
    bench.catalog.index_clips(std::slice::from_ref(&elsewhere)).await.unwrap();
    assert_eq!(found(1).await, Some(elsewhere.source), "what is gone makes room");
    bench.put("a", '2').await;
    bench.catalog.index_clips(&[clip(2, "b", '1', 3)]).await.unwrap();
    assert_eq!(found(2).await.map(|source| source.article_id), Some(name("b")), "its revision is gone");
}

pub(super) async fn a_lexicon_is_replaced_only_by_those_who_know_it(make: Make<'_>) {
    let bench = Bench::new(make).await;
    let catalog = &bench.catalog;
    assert_eq!(catalog.lexicon().await.unwrap(), None);
    let stale = catalog.put_lexicon("t1", "[1]", Some(Some("t0"))).await.unwrap_err();
    assert_eq!((stale.kind(), catalog.lexicon().await.unwrap()), (ErrorKind::Conflict, None));
    catalog.put_lexicon("t1", "[1]", Some(None)).await.unwrap();
    let there = catalog.lexicon().await.unwrap().unwrap();
    assert_eq!((there.tag.as_str(), there.entries.as_str(), there.changed_ms), ("t1", "[1]", START_MS));

    bench.clock.advance(MINUTE_MS);
    catalog.put_lexicon("t1", "[1]", None).await.unwrap();
    assert_eq!(catalog.lexicon().await.unwrap().unwrap().changed_ms, START_MS, "the same is no change");
    for expected in [None, Some("t0")] {
        let late = catalog.put_lexicon("t3", "[3]", Some(expected)).await.unwrap_err();
        assert_eq!(late.kind(), ErrorKind::Conflict);
    }
    catalog.put_lexicon("t2", "[2]", Some(Some("t1"))).await.unwrap();
    let there = catalog.lexicon().await.unwrap().unwrap();
    assert_eq!((there.tag.as_str(), there.changed_ms), ("t2", START_MS + MINUTE_MS));
}
