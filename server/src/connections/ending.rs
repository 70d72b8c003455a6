//! A request's body on a server that stops.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

use crate::stop::Stop;

/// Why a body was not read to its end, where the server was told to stop before it had come.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the server stops")]
pub struct Stopping;

/// A body that fails with [`Stopping`] if it is not there soon after the server was told to stop. Nothing is done before a
/// body is there, so nothing is cut off in its middle.
pub struct Ending {
    body: Body,
    stop: Stop,
    /// How long it is waited for after the word.
    last_wait: Duration,
    /// Made when it is waited for the first time.
    end: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Ending {
    pub fn new(body: Body, stop: Stop, last_wait: Duration) -> Self {
        Ending { body, stop, last_wait, end: None }
    }
}

impl HttpBody for Ending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            return Poll::Ready(frame);
        }
        if this.end.is_none() {
            let (stop, last_wait) = (this.stop.clone(), this.last_wait);
            this.end = Some(Box::pin(async move { stop.told_and_after(last_wait).await }));
        }
        let Some(end) = &mut this.end else { return Poll::Pending };
        ready!(end.as_mut().poll(context));
        // Whoever asks again finds its end.
        (this.body, this.end) = (Body::empty(), None);
        Poll::Ready(Some(Err(axum::Error::new(Stopping))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;
    use crate::wait::polled;

    const LONG: Duration = Duration::from_secs(3_600);

    fn ending(body: Body, last_wait: Duration) -> Body {
        let (say_stop, stop) = Stop::new();
        say_stop.send_replace(true);
        Body::new(Ending::new(body, stop, last_wait))
    }

    #[tokio::test]
    async fn what_has_come_is_taken_and_the_rest_is_not_waited_for() {
        let whole = ending(Body::from("whole"), Duration::ZERO);
        assert_eq!(whole.collect().await.unwrap().to_bytes(), "whole");
        let never = || Body::from_stream(tokio_stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let mut given_up = ending(never(), Duration::ZERO);
        assert!(given_up.frame().await.unwrap().is_err());
        assert!(given_up.frame().await.is_none(), "it may be asked again");
        let mut waited_for = ending(never(), LONG);
        assert!(polled(waited_for.frame()).await.is_pending(), "a little is waited for");
    }
}
