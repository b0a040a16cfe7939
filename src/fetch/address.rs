//! Where the fetcher goes, and where not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Which hosts are admitted.
#[derive(Clone, Debug, Default)]
pub(super) struct Admitted {
    /// Only hosts of these names, in lower case; all where there are none.
    pub(super) names: Option<Vec<String>>,
    /// Whether hosts at addresses that are not public are admitted.
    pub(super) private: bool,
}

/// Looks names up, and refuses those that are not admitted. Since every connection asks here, redirects and names
/// that change their address between two questions get no further than others.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) admitted: Admitted,
    pub(super) resolver: DefaultResolver,
}

impl Resolver for Gate {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let refuse = |told: String| Err(ureq::Error::Other(told.into()));
        let host = uri.host().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
        if let Some(names) = &self.admitted.names
            && !names.contains(&host)
        {
            return refuse(format!("the host {} is not among those that are admitted", host.escape_debug()));
        }
        let addresses = self.resolver.resolve(uri, config, timeout)?;
        match addresses.iter().find(|address| !self.admitted.private && !is_public(address.ip())) {
            Some(address) => refuse(format!(
                "the host {} has the address {}, which is not a public one: admit it, or leave it",
                host.escape_debug(),
                address.ip()
            )),
            None => Ok(addresses),
        }
    }
}

/// Whether an address leads out into the internet (the registries of special-purpose addresses, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match (a, b, c) {
        // "This network", loopback, link-local, protocol assignments, documentation, benchmarks.
        (0 | 127, ..) | (169, 254, _) | (192, 0, 0 | 2) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => true,
        // Private use, carrier-grade translation.
        (10, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => true,
        // Multicast and what is reserved, broadcast among it.
        (224..=255, ..) => true,
        _ => false,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // Mapped, and translated (RFC 6052): the address within counts.
        [0, 0, 0, 0, 0, 0xFFFF, high, low] | [0x64, 0xFF9B, 0, 0, 0, 0, high, low] => v4(high, low),
        [0x2002, high, low, ..] => v4(high, low),
        // Teredo and other protocol assignments, documentation.
        [0x2001, 0..=0x1FF, ..] | [0x2001, 0xDB8, ..] | [0x3FFF, 0..=0xFFF, ..] => false,
        // Global unicast is 2000::/3; loopback, private (fc00::/7), link-local and multicast lie outside.
        [first, ..] => first & 0xE000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn special_addresses_are_not_public() {
        for special in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "::7f00:1",
        ] {
            assert!(!is_public(special.parse().unwrap()), "{special}");
        }
        for public in [
            "1.1.1.1",
            "172.32.0.1",
            "172.15.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }
}
