//! Operators' probes.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::deliver::NO_STORE;
use super::{Site, figures};

/// `GET /healthz`: the process answers.
pub(super) async fn healthz() -> Response {
    ([(CACHE_CONTROL, NO_STORE)], "ok\n").into_response()
}

/// `GET /readyz`: whether it can do its work, and what is missing.
pub(super) async fn readyz(State(site): State<Site>) -> Response {
    let readiness = site.app.readiness().await;
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(CACHE_CONTROL, NO_STORE)], axum::Json(readiness)).into_response()
}

/// `GET /metrics`: Prometheus text.
pub(super) async fn metrics(State(site): State<Site>) -> Response {
    site.app.refresh_gauges().await;
    let content_type = "text/plain; version=0.0.4; charset=utf-8";
    ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, NO_STORE)], figures::text()).into_response()
}
