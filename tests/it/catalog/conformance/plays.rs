//! Plays are kept as sums, and nothing else of them.

use listen::catalog::{PLAY_DAYS_KEPT, PlaySums, PlayTotals};

use super::{Bench, Make, article, name, revision_name};

const DAY_MS: i64 = 86_400_000;

pub(super) async fn conformance(make: Make<'_>) {
    plays_add_up_by_revision_and_day(make).await;
    only_what_is_there_is_counted(make).await;
    days_are_kept_for_a_while(make).await;
}

/// One play of an article of four sentences that was heard from the start.
fn play(id: &str, revision: char, sentences: usize, seconds: u64) -> PlaySums {
    let mut sums = PlaySums::none(name(id), revision_name(revision), 4);
    let completed = u64::from(sentences == 4);
    sums.totals = PlayTotals { plays: 1, completed, seconds };
    sums.heard[..sentences].fill(1);
    sums.furthest[sentences - 1] = 1;
    sums
}

async fn plays_add_up_by_revision_and_day(make: Make<'_>) {
    let bench = Bench::new(make).await;
    let catalog = &bench.catalog;
    bench.put("a", '1').await;
    bench.put("b", '1').await;
    assert_eq!(catalog.play_totals().await.unwrap(), PlayTotals::default());
    assert_eq!(catalog.add_plays(&[play("a", '1', 2, 10), play("b", '1', 4, 40)]).await.unwrap(), 2);
    assert_eq!(catalog.add_plays(&[play("a", '1', 4, 40)]).await.unwrap(), 1);
    bench.clock.advance(DAY_MS);
    bench.put("a", '2').await;
    assert_eq!(catalog.add_plays(&[play("a", '2', 1, 3)]).await.unwrap(), 1);

    let of_a = catalog.plays_of(&name("a")).await.unwrap();
    assert_eq!(of_a[0], play("a", '2', 1, 3), "the newest revision first");
    assert_eq!(of_a[1].totals, PlayTotals { plays: 2, completed: 1, seconds: 50 });
    assert_eq!((&of_a[1].heard[..], &of_a[1].furthest[..]), (&[2, 2, 1, 1][..], &[0, 1, 0, 1][..]));
    assert_eq!(of_a.len(), 2);

    let days = catalog.play_days(None, 30).await.unwrap();
    assert_eq!(days.iter().map(|day| day.totals.plays).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(days[1].day, days[0].day + 1);
    let of_b = catalog.play_days(Some(&name("b")), 30).await.unwrap();
    assert_eq!(of_b.len(), 1);
    assert_eq!(of_b[0].totals, PlayTotals { plays: 1, completed: 1, seconds: 40 });
    assert_eq!(catalog.play_days(None, 1).await.unwrap().len(), 1, "today alone");

    let ranked = catalog.most_played(10).await.unwrap();
    let ranked: Vec<_> = ranked.iter().map(|article| (article.id.as_str(), article.totals.plays)).collect();
    assert_eq!(ranked, [("a", 3), ("b", 1)]);
    assert_eq!(catalog.most_played(1).await.unwrap().len(), 1);
    assert_eq!(catalog.play_totals().await.unwrap(), PlayTotals { plays: 4, completed: 2, seconds: 93 });
}

async fn only_what_is_there_is_counted(make: Make<'_>) {
    let bench = Bench::new(make).await;
    let catalog = &bench.catalog;
    bench.put("a", '1').await;
    let strangers = [play("a", '2', 1, 1), play("b", '1', 1, 1), play("a", '1', 3, 5)];
    assert_eq!(catalog.add_plays(&strangers).await.unwrap(), 1);
    assert_eq!(catalog.add_plays(&[]).await.unwrap(), 0);
    assert!(catalog.plays_of(&name("b")).await.unwrap().is_empty());

    assert!(catalog.delete_article(&name("a")).await.unwrap());
    assert_eq!(catalog.play_totals().await.unwrap(), PlayTotals::default(), "figures go with the article");
    assert!(catalog.play_days(None, 30).await.unwrap().is_empty());
    assert_eq!(
        catalog.add_plays(&[play("a", '1', 1, 1)]).await.unwrap(),
        0,
        "a late play of what was deleted"
    );
    catalog.put_article(&article("a", '1')).await.unwrap();
    assert!(catalog.plays_of(&name("a")).await.unwrap().is_empty(), "it starts anew");
}

async fn days_are_kept_for_a_while(make: Make<'_>) {
    let bench = Bench::new(make).await;
    let catalog = &bench.catalog;
    bench.put("a", '1').await;
    catalog.add_plays(&[play("a", '1', 1, 1)]).await.unwrap();
    bench.clock.advance(PLAY_DAYS_KEPT * DAY_MS);
    catalog.add_plays(&[play("a", '1', 1, 1)]).await.unwrap();
    assert_eq!(catalog.play_days(None, u32::MAX).await.unwrap().len(), 1);
    assert_eq!(catalog.plays_of(&name("a")).await.unwrap()[0].totals.plays, 2, "the sum keeps them");
}
