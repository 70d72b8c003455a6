//! Where pictures are kept.

use secrecy::SecretString;
use url::Url;

use super::{ConfigError, Key, Settings, web_url, wrong};
use crate::adapters::store::{Bucket, BucketCredentials, BucketSettings};

/// The region that services without regions take.
const DEFAULT_REGION: &str = "us-east-1";

/// The bucket of the settings, if they name one; tried out here, so that a mistake shows at the start and not with the
/// first picture.
pub(super) fn bucket(settings: &Settings) -> Result<Option<BucketSettings>, ConfigError> {
    let Some(url) = settings.text(Key::PicturesUrl)? else {
        for key in [Key::PicturesEndpoint, Key::PicturesRegion, Key::PicturesKeyId, Key::PicturesSecret] {
            if settings.text(key)?.is_some() {
                return Err(wrong(Key::PicturesUrl, format!("must be given together with {key}")));
            }
        }
        return Ok(None);
    };
    let url = Url::parse(&url).map_err(|_| wrong(Key::PicturesUrl, "not a URL such as s3://BUCKET"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(Key::PicturesUrl, "must hold no user and no password"));
    }
    let endpoint = match settings.text(Key::PicturesEndpoint)? {
        Some(text) => Some(web_url(&text).map_err(|reason| wrong(Key::PicturesEndpoint, reason))?),
        None => None,
    };
    let region = settings.text(Key::PicturesRegion)?.unwrap_or_else(|| DEFAULT_REGION.into());
    let credentials = match (settings.text(Key::PicturesKeyId)?, settings.text(Key::PicturesSecret)?) {
        (None, None) => None,
        (Some(_), None) => {
            return Err(wrong(Key::PicturesSecret, "must be given together with pictures.key_id"));
        }
        (None, Some(_)) => {
            return Err(wrong(Key::PicturesKeyId, "must be given together with pictures.secret"));
        }
        (Some(key_id), Some(secret)) => {
            Some(BucketCredentials { key_id, secret: SecretString::from(secret) })
        }
    };
    let bucket = BucketSettings { url, endpoint, region, credentials };
    match Bucket::new(&bucket) {
        Ok(_) => Ok(Some(bucket)),
        Err(error) => Err(wrong(Key::PicturesUrl, error.to_string())),
    }
}
