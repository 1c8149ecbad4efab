//! The HTTP service: requests in, one verb of `App`, answers out. Only this module knows status
//! codes, and the web framework's types never leave it.
//!
//! Start at `router.rs`: every address on one page. Handlers live in one file per noun.

mod access;
mod admission;
mod articles;
mod audio;
mod body;
mod clips;
mod conditional;
mod cors;
mod deliver;
mod document;
mod dress;
mod embed;
mod error;
mod events;
mod extract;
mod feed;
mod figures;
mod hot;
mod jsonld;
mod lexicon;
mod observe;
mod oembed;
mod operators;
mod page;
mod player;
mod plays;
mod quota;
mod range;
mod router;
mod server;
mod speech;
mod subscribers;
#[cfg(test)]
mod tests;
mod transcripts;
mod xml;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// What every handler sees. One count, since each request clones it several times.
#[derive(Clone)]
struct Site(Arc<Shared>);

struct Shared {
    app: App,
    /// Only programs on this machine can reach the service.
    on_loopback: bool,
    /// One for each request that may be served at once.
    permits: Semaphore,
    /// Feeds as they were written.
    feeds: feed::Written,
    /// Cancelled when the service begins to stop.
    closing: CancellationToken,
    /// How often one address may report a play.
    plays: plays::Quotas,
}

impl Deref for Site {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// A service that may be run: its access rules fit the address it is bound to.
pub struct Service {
    site: Site,
    listener: TcpListener,
    address: SocketAddr,
}

impl Service {
    /// Checks that the app may be served on this listener, and tells it its public address when the
    /// configuration names none.
    ///
    /// # Errors
    /// When others than this machine could reach a service without any key; when the listener or the
    /// catalog fails.
    pub async fn prepare(app: App, listener: TcpListener) -> anyhow::Result<Self> {
        let address = listener.local_addr().context("asking for the bound address")?;
        let on_loopback = access::is_loopback(address);
        if !on_loopback && !app.has_keys().await? {
            anyhow::bail!(
                "{address} can be reached by others, and there is no publisher's key yet: run \
                 `listen keys create` (or set LISTEN_API_KEY), or bind to 127.0.0.1"
            );
        }
        if app.config().public_url.is_none() {
            app.set_public_url(&format!("http://{}", reachable(address)));
        }
        figures::install();
        let permits = Semaphore::new(app.config().limits.requests_at_once);
        let (feeds, closing) = (feed::Written::new(), CancellationToken::new());
        let plays = plays::Quotas::default();
        let site = Site(Arc::new(Shared { app, on_loopback, permits, plays, feeds, closing }));
        Ok(Self { site, listener, address })
    }

    /// The address it is bound to; it accepts connections already.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop`, then lets running requests end for a bounded time.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let upkeep = tokio::spawn(figures::upkeep());
        // It takes a moment to pack the player: nobody waits for it.
        let packing = tokio::task::spawn_blocking(player::entry);
        server::run(self.listener, self.site, stop).await;
        upkeep.abort();
        packing.abort();
    }
}

/// Serves an app on a listener until `stop`; see [`Service`].
///
/// # Errors
/// When it must not be served there ([`Service::prepare`]).
pub async fn serve(app: App, listener: TcpListener, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
    Service::prepare(app, listener).await?.run(stop).await;
    Ok(())
}

/// An address that a browser on this machine can open: "any" is no address.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
