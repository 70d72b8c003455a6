//! Files in a bucket that speaks S3's protocol: Amazon's own, or MinIO, R2, B2, Garage and others.

use std::time::Duration;

use object_store::{
    ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use secrecy::{ExposeSecret, SecretString};
use services::ports::{Answer, PortError, Store, store::OpenFile};
use tokio_stream::StreamExt;
use tokio_util::io::StreamReader;
use url::{Host, Url};

/// How long the bucket may take to accept a connection, and to answer one request.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);
/// How often a request is sent again, and for how long.
const MOST_REPEATS: usize = 3;
const REPEAT_FOR: Duration = Duration::from_secs(60);

/// Where a bucket is and who may use it.
#[derive(Clone, Debug)]
pub struct BucketSettings {
    /// `s3://BUCKET` or `s3://BUCKET/FOLDER`.
    pub url: Url,
    /// The address of the service, where it is not Amazon's.
    pub endpoint: Option<Url>,
    pub region: String,
    /// Without it the machine's own role is asked for, as Amazon's machines have one.
    pub credentials: Option<BucketCredentials>,
}

/// The key of a bucket.
#[derive(Clone, Debug)]
pub struct BucketCredentials {
    pub key_id: String,
    pub secret: SecretString,
}

/// Why a bucket cannot be used. It holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    #[error("must be s3:// with the name of a bucket, and perhaps a folder in it")]
    Url,
    #[error("the bucket cannot be used with these settings")]
    Settings,
}

/// A bucket, or a folder in it.
pub struct Bucket {
    client: AmazonS3,
    folder: Path,
}

impl Bucket {
    /// Sets up a client. Nothing is sent yet.
    pub fn new(settings: &BucketSettings) -> Result<Self, BucketError> {
        let bucket = settings.url.host_str().filter(|name| !name.is_empty()).ok_or(BucketError::Url)?;
        if settings.url.scheme() != "s3" || settings.url.query().is_some() {
            return Err(BucketError::Url);
        }
        let folder = Path::from_url_path(settings.url.path()).map_err(|_| BucketError::Url)?;
        let options = ClientOptions::new().with_connect_timeout(CONNECT_TIMEOUT).with_timeout(TOTAL_TIMEOUT);
        let retries =
            RetryConfig { max_retries: MOST_REPEATS, retry_timeout: REPEAT_FOR, ..Default::default() };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(&settings.region)
            .with_client_options(options)
            // Files are deleted one by one; not every service knows how to delete many with one request.
            .with_disable_bulk_delete(true)
            .with_retry(retries);
        if let Some(endpoint) = &settings.endpoint {
            let is_local = endpoint.host().is_some_and(|host| match host {
                Host::Ipv4(address) => address.is_loopback(),
                Host::Ipv6(address) => address.is_loopback(),
                Host::Domain(name) => name == "localhost",
            });
            builder =
                builder.with_endpoint(endpoint.as_str().trim_end_matches('/')).with_allow_http(is_local);
        }
        if let Some(BucketCredentials { key_id, secret }) = &settings.credentials {
            builder = builder.with_access_key_id(key_id).with_secret_access_key(secret.expose_secret());
        }
        let client = builder.build().map_err(|_| BucketError::Settings)?;
        Ok(Bucket { client, folder })
    }

    fn path(&self, key: &str) -> Path {
        self.folder.parts().chain(Path::from(key).parts()).collect()
    }
}

/// The store's own words may hold addresses and request ids; only their kind is told.
fn failed(error: &object_store::Error) -> PortError {
    match error {
        object_store::Error::NotFound { .. } => PortError::Gone("there is no such file".into()),
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
            PortError::Unauthorised("the bucket does not take the credentials".into())
        }
        object_store::Error::Generic { .. } => PortError::Unavailable("the bucket does not answer".into()),
        _ => PortError::Refused("the bucket refuses the request".into()),
    }
}

impl Store for Bucket {
    fn put<'a>(&'a self, key: &'a str, content: Vec<u8>) -> Answer<'a, ()> {
        Box::pin(async move {
            let path = self.path(key);
            self.client.put(&path, content.into()).await.map_err(|error| failed(&error))?;
            Ok(())
        })
    }

    fn get<'a>(&'a self, key: &'a str) -> Answer<'a, Vec<u8>> {
        Box::pin(async move {
            let file = self.client.get(&self.path(key)).await.map_err(|error| failed(&error))?;
            let content = file.bytes().await.map_err(|error| failed(&error))?;
            Ok(content.to_vec())
        })
    }

    fn open<'a>(&'a self, key: &'a str) -> Answer<'a, OpenFile> {
        Box::pin(async move {
            let file = self.client.get(&self.path(key)).await.map_err(|error| failed(&error))?;
            let length = file.meta.size;
            let content = file.into_stream().map(|piece| piece.map_err(std::io::Error::other));
            Ok(OpenFile { length, content: Box::new(StreamReader::new(content)) })
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            match self.client.delete(&self.path(key)).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(failed(&error)),
            }
        })
    }

    fn list<'a>(&'a self, folder: &'a str) -> Answer<'a, Vec<String>> {
        Box::pin(async move {
            let prefix = self.path(folder);
            let mut found = self.client.list(Some(&prefix));
            let mut keys = Vec::new();
            while let Some(file) = found.next().await {
                let file = file.map_err(|error| failed(&error))?;
                if let Some(name) = file.location.filename() {
                    keys.push(format!("{folder}/{name}"));
                }
            }
            Ok(keys)
        })
    }
}
