//! Something that lasts as long as an answer is being sent.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::HttpBody;
use hyper::body::{Frame, SizeHint};

/// A body, and what is dropped with it: an answer is under way until its body was taken whole, or is taken by nobody any more.
pub struct Kept<B, T> {
    body: B,
    _kept: T,
}

impl<B, T> Kept<B, T> {
    pub fn new(body: B, kept: T) -> Self {
        Kept { body, _kept: kept }
    }
}

impl<B: HttpBody + Unpin, T: Unpin> HttpBody for Kept<B, T> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
