//! Where the database is, and that nobody listens on the way to it.

use std::path::Path;

use url::{Host, Url};

/// The ways to speak to a PostgreSQL server of which none falls back to plain text.
const ENCRYPTED: [&str; 3] = ["verify-full", "verify-ca", "require"];
const SQLITE: &str = "sqlite://";

/// A URL of a database that can be used.
pub(super) fn url(text: &str) -> Result<String, &'static str> {
    if text.starts_with(SQLITE) || text.starts_with("sqlite::memory:") {
        return Ok(text.to_owned());
    }
    if !["postgres://", "postgresql://"].iter().any(|start| text.starts_with(start)) {
        return Err("not a URL that begins with sqlite:// or postgres://");
    }
    let url = Url::parse(text).map_err(|_| "not a URL such as postgres://USER:PASSWORD@HOST/NAME")?;
    if is_on_this_machine(&url) || is_encrypted(&url) {
        return Ok(text.to_owned());
    }
    Err(
        "the server is another machine, so the way to it must be encrypted: end the URL with ?sslmode=verify-full \
         (or verify-ca, or require, which encrypts but does not look who answers)",
    )
}

/// Whether the server is reached through a socket or without leaving the machine. A `host` behind the question mark
/// replaces the one before it.
fn is_on_this_machine(url: &Url) -> bool {
    let host = parameter(url, &["host", "hostaddr"]);
    let host = match &host {
        Some(host) => host.as_str(),
        None => url.host_str().unwrap_or_default(),
    };
    if host.is_empty() || host.starts_with('/') || host.to_ascii_lowercase().starts_with("%2f") {
        return true;
    }
    match Host::parse(host) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Ok(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Err(_) => false,
    }
}

fn is_encrypted(url: &Url) -> bool {
    let mode = parameter(url, &["sslmode", "ssl-mode"]);
    mode.is_some_and(|mode| ENCRYPTED.contains(&mode.as_str()))
}

/// The last value of a parameter, which is the one that counts.
fn parameter(url: &Url, names: &[&str]) -> Option<String> {
    url.query_pairs()
        .filter(|(name, _)| names.contains(&name.as_ref()))
        .last()
        .map(|(_, value)| value.into_owned())
}

/// The file behind an SQLite URL.
pub(super) fn file(url: &str) -> Option<&Path> {
    let path = url.strip_prefix(SQLITE)?.split('?').next().unwrap_or_default();
    (!path.is_empty() && path != ":memory:").then(|| Path::new(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_another_machine_is_encrypted() {
        for good in [
            "sqlite://data/selltrac.db",
            "postgres://shop:secret@localhost/shop",
            "postgres://shop:secret@127.0.0.1:5433/shop?sslmode=disable",
            "postgres://shop@[::1]/shop",
            "postgres://shop@%2Fvar%2Frun%2Fpostgresql/shop",
            "postgres:///shop?host=/var/run/postgresql",
            "postgresql://shop:secret@db.example/shop?sslmode=verify-full",
            "postgres://shop:secret@db.example/shop?application_name=a&ssl-mode=require",
            "postgres://shop:secret@10.0.0.5/shop?sslmode=verify-ca",
        ] {
            assert_eq!(url(good).as_deref(), Ok(good));
        }
        for plain in [
            "postgres://shop:secret@db.example/shop",
            "postgres://shop:secret@db.example/shop?sslmode=prefer",
            "postgres://shop:secret@db.example/shop?sslmode=verify-full&sslmode=disable",
            "postgres://shop:secret@localhost/shop?host=db.example",
            "postgres://shop:secret@127.0.0.1.evil.example/shop",
        ] {
            assert!(url(plain).unwrap_err().contains("sslmode=verify-full"), "{plain}");
        }
    }

    #[test]
    fn the_file_is_known() {
        assert_eq!(file("sqlite://./data/selltrac.db?mode=rwc"), Some(Path::new("./data/selltrac.db")));
        assert_eq!(file("sqlite:///var/lib/selltrac.db"), Some(Path::new("/var/lib/selltrac.db")));
        assert_eq!(
            (file("sqlite::memory:"), file("sqlite://:memory:"), file("postgres://a/b")),
            (None, None, None)
        );
    }
}
