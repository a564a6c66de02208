//! From a target to a connection: the name is asked for once, every address of it is checked, and the connection is
//! made to one of exactly these addresses. Nobody can answer the check with one address and the connection with another.

use std::{net::IpAddr, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::TcpStream,
    time::{Instant, timeout_at},
};

use crate::{
    Error, Network, Target,
    limits::TRIED_ADDRESSES,
    target::Peer,
    wire::{Traffic, Wire},
};

/// Connects before `deadline`, or says why not.
pub(crate) async fn dial(
    network: &dyn Network,
    target: &Target,
    deadline: Instant,
    traffic: &Arc<Traffic>,
) -> Result<Wire, Error> {
    let found = timeout_at(deadline, addresses(network, target));
    let addresses = found.await.map_err(|_| Error::TimedOut)??;
    check(&addresses, target, traffic)?;
    let tried = addresses.len().min(TRIED_ADDRESSES);
    let mut fault = Error::NameNotFound;
    for (index, address) in addresses.into_iter().take(tried).enumerate() {
        let address = SocketAddr::new(address, target.port());
        traffic.at(address);
        let now = Instant::now();
        let until = now + share(deadline.saturating_duration_since(now), tried - index);
        match connect(network, address, until).await {
            Ok(stream) => return Ok(Wire::new(stream, traffic)),
            Err(error) => fault = error,
        }
    }
    Err(fault)
}

/// What the host stands for: itself, or what the system says, asked once. IPv4 is written as IPv4.
async fn addresses(network: &dyn Network, target: &Target) -> Result<Vec<IpAddr>, Error> {
    let name = match target.peer() {
        Peer::Address(address) => return Ok(vec![*address]),
        Peer::Name(name) => name.as_ref(),
    };
    let resolved = network.resolve(name).await.map_err(|error| {
        tracing::debug!(host = name, %error, "the name was not found");
        Error::NameNotFound
    })?;
    let mut found = Vec::new();
    for address in resolved {
        let address = address.to_canonical();
        if !found.contains(&address) {
            found.push(address);
        }
    }
    Ok(found)
}

/// Refuses the name where one of its addresses is not allowed: a name with a public and a private one is a way in.
fn check(addresses: &[IpAddr], target: &Target, traffic: &Traffic) -> Result<(), Error> {
    match addresses.iter().find(|address| !target.reach().allows(**address)) {
        Some(refused) => {
            traffic.at(SocketAddr::new(*refused, target.port()));
            Err(Error::Forbidden)
        }
        None => Ok(()),
    }
}

async fn connect(
    network: &dyn Network,
    address: SocketAddr,
    until: Instant,
) -> Result<TcpStream, Error> {
    match timeout_at(until, network.connect(address)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => {
            tracing::debug!(%address, %error, "no connection");
            Err(Error::Unreachable)
        }
        Err(_) => Err(Error::TimedOut),
    }
}

/// The time of one address when so many are left: an address that never answers leaves the others theirs.
fn share(left: Duration, addresses: usize) -> Duration {
    left / u32::try_from(addresses.max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_part_of_the_time_that_is_left_and_the_last_one_all_of_it() {
        let ten = Duration::from_secs(10);
        assert_eq!(share(ten, 4), Duration::from_millis(2500));
        assert_eq!(share(ten, 1), ten);
        assert_eq!(share(Duration::ZERO, 3), Duration::ZERO);
    }
}
