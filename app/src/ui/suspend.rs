//! What is shown once awaited data is there.

use std::future::Future;

use leptos::{
    prelude::*,
    reactive::{computed::ScopedFuture, owner::Owner},
    tachys::reactive_graph::OwnedView,
};

/// Shows what the future ends with; the one way to await data in a view.
///
/// Asked for anew, the old view stays until the new one is there. `Suspend` alone would dispose of the old view's signals
/// at once, though its elements still listen: an answer to a form that came in between would be a panic. Here a view's
/// signals live exactly as long as the view.
pub fn suspend<F>(future: F) -> Suspend<OwnedView<F::Output>>
where
    F: Future + Send + 'static,
{
    let owner = Owner::current().map_or_else(Owner::new, |asking| home(asking).child());
    #[expect(clippy::disallowed_methods, reason = "the one place that gives the view an owner of its own")]
    Suspend::new(async move {
        // The scope is made while the data is awaited, so that what is awaited is noticed by the outer `Suspend`.
        let view = owner.with(|| ScopedFuture::new(future)).await;
        OwnedView::new_with_owner(view, owner)
    })
}

/// Where views belong that `asking` asks for. In the browser it is cleaned up whenever it asks again, so its views belong
/// beside it; on the server nothing is asked for twice.
fn home(asking: Owner) -> Owner {
    if cfg!(feature = "hydrate") { asking.parent().unwrap_or(asking) } else { asking }
}
