//! Connections: accepted up to a limit, guarded against slow heads and idleness, drained at the end.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use futures::future::{self, Either, Ready};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use tower::util::Oneshot;

use super::quota::Peer;
use super::router::router;
use super::{Site, hot};

/// Connections held at once; more wait in the kernel.
const CONNECTIONS_MAX: usize = 8192;

/// Longest time for a request's head to arrive; also how long an idle connection is kept.
const HEAD_WAIT: Duration = Duration::from_secs(30);

/// Longest head of a request.
const HEAD_BYTES_MAX: usize = 32 << 10;

/// How long running requests may go on after the stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Pause after a failed accept (out of file descriptors), instead of spinning.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves connections until `stop`, then tells the site that it is closing and waits up to [`DRAIN`]
/// for the running requests.
pub(super) async fn run(listener: TcpListener, site: Site, stop: impl Future<Output = ()>) {
    let router = router(site.clone());
    let mut stop = pin!(stop);
    let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &permits) => accepted,
        };
        if let Some((stream, permit)) = accepted {
            connections.spawn(connection(stream, site.clone(), router.clone(), permit));
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    site.closing.cancel();
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN, drained).await.is_err() {
        tracing::info!(connections = connections.len(), "closing connections that are still busy");
        connections.shutdown().await;
    }
}

async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let permit = permits.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, permit)),
        Err(error) => {
            let of_the_client = matches!(
                error.kind(),
                ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused
            );
            if !of_the_client {
                tracing::warn!("accepting a connection failed: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
            None
        }
    }
}

/// Answers the requests of one connection.
struct Requests {
    site: Site,
    router: Router,
    peer: Option<Peer>,
}

impl Service<Request<Incoming>> for Requests {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, Oneshot<Router, Request>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        if let Some(response) = hot::answer(&self.site, &request) {
            return Either::Left(future::ready(Ok(response)));
        }
        let mut request = request.map(Body::new);
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(peer);
        }
        Either::Right(self.router.clone().oneshot(request))
    }
}

async fn connection(stream: TcpStream, site: Site, router: Router, _permit: OwnedSemaphorePermit) {
    // Audio is written as soon as it exists; waiting to fill a packet would delay the first words.
    let _ = stream.set_nodelay(true);
    let peer = stream.peer_addr().ok().map(|address| Peer(address.ip()));
    let closing = site.closing.clone();
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WAIT)
        .max_header_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), Requests { site, router, peer });
    let mut served = pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = closing.cancelled() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!("a connection broke off: {error}");
    }
}
