//! The names of all settings, in one list.

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Address,
    PublicUrl,
    Data,
    Database,
    MasterKey,
    MailUrl,
    MailFrom,
    StripeUrl,
    EasypostUrl,
    PicturesUrl,
    PicturesEndpoint,
    PicturesRegion,
    PicturesKeyId,
    PicturesSecret,
    SiteRoot,
    Workers,
    Registration,
    TrustedProxies,
    Connections,
    LogFormat,
}

/// Every setting. The environment is searched for these and the file may hold no other.
pub const KEYS: [Key; 20] = [
    Key::Address,
    Key::PublicUrl,
    Key::Data,
    Key::Database,
    Key::MasterKey,
    Key::MailUrl,
    Key::MailFrom,
    Key::StripeUrl,
    Key::EasypostUrl,
    Key::PicturesUrl,
    Key::PicturesEndpoint,
    Key::PicturesRegion,
    Key::PicturesKeyId,
    Key::PicturesSecret,
    Key::SiteRoot,
    Key::Workers,
    Key::Registration,
    Key::TrustedProxies,
    Key::Connections,
    Key::LogFormat,
];

impl Key {
    /// As it is written in the file; a dot stands for a section.
    pub fn name(self) -> &'static str {
        match self {
            Key::Address => "address",
            Key::PublicUrl => "public_url",
            Key::Data => "data",
            Key::Database => "database",
            Key::MasterKey => "master_key",
            Key::MailUrl => "mail.url",
            Key::MailFrom => "mail.from",
            Key::StripeUrl => "stripe.url",
            Key::EasypostUrl => "easypost.url",
            Key::PicturesUrl => "pictures.url",
            Key::PicturesEndpoint => "pictures.endpoint",
            Key::PicturesRegion => "pictures.region",
            Key::PicturesKeyId => "pictures.key_id",
            Key::PicturesSecret => "pictures.secret",
            Key::SiteRoot => "site_root",
            Key::Workers => "workers",
            Key::Registration => "registration",
            Key::TrustedProxies => "trusted_proxies",
            Key::Connections => "connections",
            Key::LogFormat => "log.format",
        }
    }

    /// As it is written in the environment: `SELLTRAC_STRIPE__URL`.
    pub fn variable(self) -> String {
        format!("SELLTRAC_{}", self.name().replace('.', "__").to_ascii_uppercase())
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}
