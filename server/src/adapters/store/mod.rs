//! Stores for files: a folder of this machine, or a bucket that speaks S3's protocol.

mod bucket;
mod folder;

pub use bucket::{Bucket, BucketCredentials, BucketError, BucketSettings};
pub use folder::Folder;
