use super::*;
use crate::article::{Article, Lang};
use crate::config::Config;
use crate::text::Utterance;

async fn app() -> (App, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config::in_folder(folder.path());
    (App::open(config, "listen".into()).await.expect("an app"), folder)
}

fn planned(sentences: usize) -> Arc<Planned> {
    let plan = Plan::of_beeps((0..sentences).map(|i| Utterance::plain(&format!("Number {i}."))));
    let plan = Arc::new(plan);
    Arc::new(Planned { article: Article::empty(Lang::english()), plan, rate: 1.0 })
}

/// A log of as many sentences, all of them skipped.
fn log(planned: &Planned, end: Option<follow::End>) -> watch::Sender<Log> {
    let told = (0..planned.plan.len() as u32).map(|i| Told { i, said: false }).collect();
    watch::Sender::new(Log { plan: Arc::clone(&planned.plan), state: State::Rendering, told, end })
}

/// A teller with room for `waiting` events, its listener, and the places it takes one of.
fn teller(
    app: &App,
    planned: &Arc<Planned>,
    waiting: usize,
) -> (Teller, mpsc::Receiver<Event>, Arc<Semaphore>) {
    let places = Arc::new(Semaphore::new(1));
    let (send, coming) = mpsc::channel(waiting);
    let teller = Teller {
        app: app.clone(),
        id: "a".parse().expect("an id"),
        name: "rev".to_owned(),
        query: String::new(),
        planned: Arc::clone(planned),
        send,
        wait: Duration::from_millis(20),
        _permit: Arc::clone(&places).try_acquire_owned().expect("a place"),
    };
    (teller, coming, places)
}

#[tokio::test]
async fn a_listener_who_takes_nothing_gives_its_place_up() {
    let (app, _folder) = app().await;
    let planned = planned(5);
    let log = log(&planned, None);
    let (teller, coming, places) = teller(&app, &planned, 2);
    teller.run("epoch".to_owned(), log.subscribe(), 0).await;
    assert_eq!(places.available_permits(), 1);
    assert_eq!(coming.len(), 2, "no more waits for it than there is room for");
    app.shutdown().await;
}

#[tokio::test]
async fn a_listener_who_comes_back_goes_on_where_it_was() {
    let (app, _folder) = app().await;
    let planned = planned(5);
    let log = log(&planned, Some(follow::End::Replaced(Some("next".to_owned()))));
    let (teller, mut coming, _places) = teller(&app, &planned, 16);
    teller.run("epoch".to_owned(), log.subscribe(), 3).await;
    let mut events = Vec::new();
    while let Some(event) = coming.recv().await {
        events.push((event.name, event.id, event.data));
    }
    let clip = |i: usize| {
        let data =
            format!(r#"{{"i":{i},"state":"skipped","frames":0,"pause_frames":0,"clip":null,"words":[]}}"#);
        ("clip", format!("epoch.{}", i + 1), data)
    };
    let changed = ("changed", "rev.end".to_owned(), r#"{"revision":"next"}"#.to_owned());
    assert_eq!(events, [clip(3), clip(4), changed]);
    app.shutdown().await;
}

#[tokio::test]
async fn a_listener_who_leaves_is_not_told_for() {
    let (app, _folder) = app().await;
    let planned = planned(1);
    let log = log(&planned, None);
    let (teller, coming, places) = teller(&app, &planned, 16);
    drop(coming);
    teller.run("epoch".to_owned(), log.subscribe(), 0).await;
    assert_eq!((places.available_permits(), log.receiver_count()), (1, 0));
    app.shutdown().await;
}
