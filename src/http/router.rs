//! Every address, by who calls it. `docs/http.md` is the reference; a test holds the two together.

use axum::Router;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post, put};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use super::{
    Site, access, admission, articles, audio, clips, cors, dress, embed, error, events, feed, jsonld,
    lexicon, observe, oembed, operators, page, player, plays, speech, subscribers, transcripts,
};
use crate::app::{AudioFormat, Written};

/// The whole service. (Audio that lies in memory does not come this way: see `hot.rs`.)
pub(super) fn router(site: Site) -> Router {
    let in_turn = from_fn_with_state(site.clone(), admission::in_turn);
    publishers(&site)
        .merge(programs(&site))
        .merge(listeners(&site))
        .merge(visitors())
        .route_layer(in_turn)
        .merge(operators())
        .fallback(error::no_route)
        .method_not_allowed_fallback(error::no_method)
        .layer(CompressionLayer::new().compress_when(is_text))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(from_fn(dress::dressed))
        .layer(from_fn(observe::observe))
        .with_state(site)
}

/// Publishers: a key, and never open to other pages.
fn publishers(site: &Site) -> Router<Site> {
    Router::new()
        .route("/v1/articles", post(articles::create))
        .route("/v1/articles/{id}", put(articles::put).delete(articles::delete))
        .route("/v1/preview", post(articles::preview))
        .route("/v1/lexicon", get(lexicon::show).put(lexicon::put))
        .route("/v1/articles/{id}/figures", get(plays::of_article))
        .route("/v1/figures", get(plays::of_all))
        .route_layer(from_fn_with_state(site.clone(), access::publishers_only))
}

/// Programs that want a text said: a key, as publishers have it, since it makes new speech.
fn programs(site: &Site) -> Router<Site> {
    Router::new()
        .route("/v1/audio/speech", post(speech::speech))
        .route("/dev/captioned_speech", post(speech::captioned))
        .route_layer(from_fn_with_state(site.clone(), access::programs_only))
}

/// Listeners' browsers and podcast apps: anonymous, from any page.
fn listeners(site: &Site) -> Router<Site> {
    let open = |route: axum::routing::MethodRouter<Site>| route.options(cors::preflight);
    Router::new()
        .route("/v1/articles/{id}", open(get(articles::manifest)))
        .route("/v1/articles/{id}/audio.mp3", open(audio::in_format(AudioFormat::Mp3)))
        .route("/v1/articles/{id}/audio.wav", open(audio::in_format(AudioFormat::Wav)))
        .route("/v1/articles/{id}/audio.opus", open(audio::in_format(AudioFormat::Opus)))
        .route("/v1/articles/{id}/audio.flac", open(audio::in_format(AudioFormat::Flac)))
        .route("/v1/articles/{id}/transcript.vtt", open(transcripts::timed(Written::Vtt)))
        .route("/v1/articles/{id}/transcript.srt", open(transcripts::plain(Written::Srt)))
        .route("/v1/articles/{id}/transcript.json", open(transcripts::timed(Written::Json)))
        .route("/v1/articles/{id}/transcript.html", open(transcripts::plain(Written::Html)))
        .route("/v1/articles/{id}/chapters.json", open(transcripts::plain(Written::Chapters)))
        .route("/v1/articles/{id}/events", open(get(events::of_article)))
        .route("/v1/articles/{id}/jsonld", open(get(jsonld::show)))
        .route("/v1/articles/{id}/clips/{file}", open(get(clips::by_index)))
        .route("/v1/articles/{id}/plays", open(post(plays::report)))
        .route("/clips/{file}", open(get(clips::by_digest)))
        .route("/audio/{file}", open(get(audio::by_digest)))
        .route("/feeds/{file}", open(get(feed::show)))
        .route("/listen-player.js", open(get(player::current)))
        .route("/p/{file}", open(get(player::lasting)))
        .route_layer(from_fn_with_state(site.clone(), subscribers::only_subscribers))
        .route_layer(from_fn(cors::open_to_pages))
}

/// People with a browser, and programs that look what there is. (A listing needs a key, a look-up by `?url=` does not and is open to pages.)
fn visitors() -> Router<Site> {
    Router::new()
        .route("/", get(page::front))
        .route("/page/{file}", get(page::script))
        .route("/figures", get(page::figures))
        .route("/figures/{id}", get(page::figures_of))
        .route("/docs", get(page::docs))
        .route("/docs/{name}", get(page::doc))
        .route("/cover.png", get(feed::cover))
        .route("/embed/{id}", get(embed::frame))
        .route("/embed/{id}/code", get(embed::code))
        .route("/oembed", get(oembed::answer))
        .route("/v1/articles", get(articles::list))
        .route("/v1/models", get(speech::models))
        .route("/v1/models/{id}", get(speech::model))
        .route("/v1/audio/models", get(speech::models_for_audio))
        .route("/v1/audio/voices", get(speech::voices))
        .route("/v1/capabilities", get(speech::capabilities))
}

/// Operators' probes: answered however busy the service is.
fn operators() -> Router<Site> {
    Router::new()
        .route("/healthz", get(operators::healthz))
        .route("/readyz", get(operators::readyz))
        .route("/metrics", get(operators::metrics))
}

/// Text is compressed, unless its tag says which bytes it is; audio never is (it would cost CPU and its
/// exact length).
fn is_text(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    // What must not wait on its way would wait in the compressor.
    if headers.contains_key(audio::NO_BUFFERING) {
        return false;
    }
    let is_exact = headers.get(ETAG).is_some_and(|tag| tag.as_bytes().starts_with(b"\""));
    !is_exact
        && headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|content_type| {
            content_type.starts_with("text/")
                || content_type.starts_with("application/json")
                || content_type.starts_with("application/ld+json")
                || content_type.starts_with("application/rss+xml")
                || content_type.starts_with("application/x-subrip")
        })
}

#[cfg(test)]
mod tests;
