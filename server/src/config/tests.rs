use secrecy::ExposeSecret;

use super::*;

const DOCUMENTATION: &str = include_str!("../../../docs/configuration.md");
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn environment(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(None, &|name| {
        pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

fn file(text: &str) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    std::fs::write(&path, text).unwrap();
    Config::load(Some(&path), &|_| None)
}

#[test]
fn without_settings_everything_is_on_this_machine() {
    let config = environment(&[]).unwrap();
    assert_eq!(config.address.to_string(), "127.0.0.1:3000");
    assert_eq!(config.public_origin(), "http://127.0.0.1:3000");
    assert_eq!(config.database_url(), "sqlite://./data/selltrac.db");
    assert_eq!(config.stripe.url.as_str(), "https://api.stripe.com/");
    assert_eq!(config.easypost.url.as_str(), "https://api.easypost.com/v2");
    assert_eq!(config.site_root, PathBuf::from("target/site"));
    assert_eq!((config.workers, config.registration), (2, true));
    assert_eq!((config.connections, config.log_format), (1_000, LogFormat::Text));
    assert_eq!(config.trusted_proxies, TrustedProxies::default());
    assert!(config.mail.is_none() && config.master_key.is_none() && config.pictures.is_none());
}

#[test]
fn the_environment_goes_before_the_file_and_the_file_before_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    let text = "workers = 5\nregistration = false\naddress = \"127.0.0.1:4000\"\n[stripe]\nurl = \"http://localhost:9/stripe\"\n";
    std::fs::write(&path, text).unwrap();
    let named = path.to_str().unwrap().to_owned();
    let config = Config::load(None, &move |name| match name {
        FILE_VARIABLE => Some(named.clone()),
        "SELLTRAC_ADDRESS" => Some("127.0.0.1:5000".into()),
        "SELLTRAC_WORKERS" => Some(String::new()),
        "SELLTRAC_DATA" => Some("/var/lib/selltrac".into()),
        "LEPTOS_SITE_ROOT" => Some("site".into()),
        "SELLTRAC_PORT" => Some("tcp://10.0.0.1:3000".into()),
        _ => None,
    })
    .unwrap();
    assert_eq!(config.address.port(), 5000);
    assert_eq!(config.workers, 5, "an empty variable is not set");
    assert!(!config.registration);
    assert_eq!(config.stripe.url.as_str(), "http://localhost:9/stripe");
    assert_eq!(config.database_url(), "sqlite:///var/lib/selltrac/selltrac.db");
    assert_eq!(config.site_root, PathBuf::from("site"));
}

#[test]
fn a_wrong_value_names_its_key_in_both_ways_of_writing() {
    for (variable, value, expected) in [
        (
            "SELLTRAC_ADDRESS",
            "3000",
            "address (SELLTRAC_ADDRESS): not an address and a port, such as 127.0.0.1:3000",
        ),
        ("SELLTRAC_STRIPE__URL", "stripe", "stripe.url (SELLTRAC_STRIPE__URL): not a URL"),
        (
            "SELLTRAC_STRIPE__URL",
            "https://a:b@api.stripe.com",
            "stripe.url (SELLTRAC_STRIPE__URL): must hold no user and no password",
        ),
        (
            "SELLTRAC_EASYPOST__URL",
            "ftp://a.example",
            "easypost.url (SELLTRAC_EASYPOST__URL): not a URL that begins with https://",
        ),
        (
            "SELLTRAC_EASYPOST__URL",
            "https://a.example?b=1",
            "easypost.url (SELLTRAC_EASYPOST__URL): must end with its host or path",
        ),
        ("SELLTRAC_WORKERS", "0", "workers (SELLTRAC_WORKERS): not a number from 1 to 64"),
        ("SELLTRAC_WORKERS", "1.5", "workers (SELLTRAC_WORKERS): not a number from 1 to 64"),
        ("SELLTRAC_REGISTRATION", "yes", "registration (SELLTRAC_REGISTRATION): neither true nor false"),
        (
            "SELLTRAC_PUBLIC_URL",
            "https://a.example/shop",
            "public_url (SELLTRAC_PUBLIC_URL): must have no path",
        ),
        ("SELLTRAC_CONNECTIONS", "5", "connections (SELLTRAC_CONNECTIONS): not a number from 10 to 100000"),
        ("SELLTRAC_LOG__FORMAT", "xml", "log.format (SELLTRAC_LOG__FORMAT): neither text nor json"),
        (
            "SELLTRAC_TRUSTED_PROXIES",
            "proxy.example",
            "trusted_proxies (SELLTRAC_TRUSTED_PROXIES): not addresses or networks with commas between, such as \
             127.0.0.1, 10.0.0.0/8",
        ),
        ("SELLTRAC_DATA", " ", "data (SELLTRAC_DATA): not a folder"),
        ("SELLTRAC_SITE_ROOT", " ", "site_root (SELLTRAC_SITE_ROOT): not a folder"),
        (
            "SELLTRAC_DATABASE",
            "mysql://a",
            "database (SELLTRAC_DATABASE): not a URL that begins with sqlite:// or postgres://",
        ),
        (
            "SELLTRAC_MAIL__URL",
            "smtp://127.0.0.1",
            "mail.from (SELLTRAC_MAIL__FROM): must be given together with mail.url",
        ),
        (
            "SELLTRAC_MAIL__FROM",
            "a@b.example",
            "mail.url (SELLTRAC_MAIL__URL): must be given together with mail.from",
        ),
    ] {
        assert_eq!(environment(&[(variable, value)]).unwrap_err().to_string(), expected);
    }
}

#[test]
fn people_elsewhere_are_served_over_tls() {
    let public = |url| environment(&[("SELLTRAC_PUBLIC_URL", url)]);
    for url in ["https://shop.example", "http://localhost:3000", "http://[::1]:3000", "http://shop.localhost"]
    {
        assert!(public(url).is_ok(), "{url}");
    }
    let error = public("http://shop.example").unwrap_err().to_string();
    assert!(error.contains("public_url (SELLTRAC_PUBLIC_URL): http:// is not encrypted"), "{error}");
    let error = environment(&[("SELLTRAC_ADDRESS", "0.0.0.0:3000")]).unwrap_err().to_string();
    assert!(error.starts_with("public_url (SELLTRAC_PUBLIC_URL): must be given"), "{error}");
}

#[test]
fn a_slip_in_the_file_is_found() {
    for (text, key) in [
        ("adress = \"127.0.0.1:3000\"", "adress"),
        ("[stripe]\nkey = \"x\"", "stripe.key"),
        ("[paypal]\nurl = \"x\"", "paypal"),
        ("mail = \"smtp://x\"", "mail"),
    ] {
        let error = file(text).unwrap_err();
        assert!(matches!(&error, ConfigError::Unknown { key: found, .. } if found == key), "{error}");
    }
    assert!(
        file("address = [1]").unwrap_err().to_string().starts_with("address (SELLTRAC_ADDRESS): not a text")
    );
    assert!(file("workers = 1.5").unwrap_err().to_string().contains("workers (SELLTRAC_WORKERS)"));
    let missing = Config::load(Some(Path::new("no/such/file.toml")), &|_| None).unwrap_err().to_string();
    assert!(missing.starts_with("no/such/file.toml: cannot be read"), "{missing}");
}

#[test]
fn secrets_are_in_no_error_and_no_debug_output() {
    let broken =
        file("workers = 2\ndatabase = \"postgres://a:very secret@b/c\" \" x").unwrap_err().to_string();
    assert!(broken.contains("line 2"), "{broken}");
    assert!(!broken.contains("secret"), "{broken}");
    for (variable, value) in [
        ("SELLTRAC_DATABASE", "msql://a:secret@b"),
        ("SELLTRAC_STRIPE__URL", "https://user:secret@b.example"),
        ("SELLTRAC_MAIL__URL", "smtp://user:secret@b.example"),
    ] {
        let error = environment(&[(variable, value), ("SELLTRAC_MAIL__FROM", "a@b.example")])
            .unwrap_err()
            .to_string();
        assert!(!error.contains("secret"), "{error}");
    }
    let config = environment(&[
        ("SELLTRAC_DATABASE", "postgres://a:secret@b/c?sslmode=verify-full"),
        ("SELLTRAC_MASTER_KEY", "secret"),
        ("SELLTRAC_MAIL__URL", "smtps://user:secret@b.example"),
        ("SELLTRAC_MAIL__FROM", "a@b.example"),
    ])
    .unwrap();
    assert!(!format!("{config:?}").contains("secret"));
    let error = master_key(&config).unwrap_err().to_string();
    assert!(error.starts_with("master_key (SELLTRAC_MASTER_KEY): not 32 bytes") && !error.contains("secret"));
}

#[test]
fn pictures_lie_in_a_bucket_if_one_is_named() {
    let config = environment(&[
        ("SELLTRAC_PICTURES__URL", "s3://shop-pictures/live"),
        ("SELLTRAC_PICTURES__ENDPOINT", "https://objects.example"),
        ("SELLTRAC_PICTURES__KEY_ID", "shop"),
        ("SELLTRAC_PICTURES__SECRET", "very secret"),
    ])
    .unwrap();
    assert!(!format!("{config:?}").contains("very secret"));
    let bucket = config.pictures.unwrap();
    assert_eq!((bucket.url.as_str(), bucket.region.as_str()), ("s3://shop-pictures/live", "us-east-1"));
    assert_eq!(bucket.endpoint.unwrap().as_str(), "https://objects.example/");
    for (pairs, expected) in [
        (
            vec![("SELLTRAC_PICTURES__URL", "shop-pictures")],
            "pictures.url (SELLTRAC_PICTURES__URL): not a URL such as s3://BUCKET",
        ),
        (
            vec![("SELLTRAC_PICTURES__URL", "https://shop.example/pictures")],
            "pictures.url (SELLTRAC_PICTURES__URL): must be s3:// with the name of a bucket, and perhaps a folder in it",
        ),
        (
            vec![
                ("SELLTRAC_PICTURES__URL", "s3://shop"),
                ("SELLTRAC_PICTURES__ENDPOINT", "http://objects.example"),
            ],
            "pictures.endpoint (SELLTRAC_PICTURES__ENDPOINT): http:// is not encrypted and only for this machine; use https://",
        ),
        (
            vec![("SELLTRAC_PICTURES__URL", "s3://shop"), ("SELLTRAC_PICTURES__KEY_ID", "shop")],
            "pictures.secret (SELLTRAC_PICTURES__SECRET): must be given together with pictures.key_id",
        ),
        (
            vec![("SELLTRAC_PICTURES__SECRET", "very secret")],
            "pictures.url (SELLTRAC_PICTURES__URL): must be given together with pictures.secret",
        ),
    ] {
        assert_eq!(environment(&pairs).unwrap_err().to_string(), expected);
    }
}

#[test]
fn the_master_key_is_a_setting_or_a_file_that_only_its_owner_reads() {
    let given = environment(&[("SELLTRAC_MASTER_KEY", KEY)]).unwrap();
    assert_eq!(master_key(&given).unwrap().expose_secret()[..3], [0, 1, 2]);

    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("new/data");
    let config = environment(&[("SELLTRAC_DATA", data.to_str().unwrap())]).unwrap();
    let first = master_key(&config).unwrap();
    assert_eq!(first.expose_secret(), master_key(&config).unwrap().expose_secret(), "the key stays");
    assert_ne!(first.expose_secret(), &[0; 32]);
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 1, "nothing is left beside the key");

    let path = data.join("master.key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(master_key(&config).unwrap_err().to_string().contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    std::fs::write(&path, "too short").unwrap();
    assert!(master_key(&config).unwrap_err().to_string().contains("not 32 bytes"));
}

#[test]
fn every_setting_is_documented() {
    for key in KEYS {
        let row = format!("| `{}` | `{}` |", key.name(), key.variable());
        assert!(DOCUMENTATION.contains(&row), "docs/configuration.md lacks {row}");
    }
    let rows = DOCUMENTATION.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, KEYS.len(), "docs/configuration.md lists a setting that does not exist");
}
