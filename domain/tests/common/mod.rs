//! A reading with all its words, as the tests compare it.

use domain::sales::{Catalog, Claim, Mark, ReadSettings, Reader, Refused, Status, fingerprints};

/// One comment with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadComment {
    pub author: String,
    pub text: String,
    pub status: Status,
    pub claims: Vec<Claim>,
    pub reason: String,
    pub marks: Vec<Mark>,
    pub edited: bool,
    pub span: (u32, u32),
    pub fingerprint: String,
}

/// A whole paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub comments: Vec<ReadComment>,
    pub noise: Vec<(u32, u32)>,
}

/// Reads a paste and puts everything into words.
pub fn read(paste: &str, catalog: &Catalog, settings: &ReadSettings) -> Result<Reading, Refused> {
    let reader = Reader::new(catalog.clone(), settings);
    let reading = reader.read(paste)?;
    let fingerprints = fingerprints(paste, &reading, settings.order);
    let comments = reading.comments.iter().zip(fingerprints).map(|(comment, fingerprint)| {
        let words = reader.in_words(paste, &reading, comment);
        ReadComment {
            marks: reader.marks(&words.text, words.status),
            author: words.author,
            text: words.text,
            status: words.status,
            claims: words.claims,
            reason: words.reason,
            edited: words.edited,
            span: (comment.span.start, comment.span.end),
            fingerprint,
        }
    });
    Ok(Reading {
        comments: comments.collect(),
        noise: reading.noise.iter().map(|span| (span.start, span.end)).collect(),
    })
}
