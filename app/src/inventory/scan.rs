//! The button that reads a code with the phone's camera.
//!
//! It is hidden until `scan.js` finds that the browser can do it. A scanner that types needs no button: it types into the
//! field and ends with Enter.

use leptos::prelude::*;

use crate::ui::{Icon, IconName};

/// A button that fills in a field with what the camera reads, and sends the field's form.
#[component]
pub fn ScanButton(
    /// Where the field is, as a style sheet would say it: `#count-code`, or `.search input`.
    field: &'static str,
    /// Whether the camera goes on reading after the first code, as when pieces are counted.
    #[prop(optional)]
    goes_on: bool,
) -> impl IntoView {
    view! {
        <button type="button" class="button scan" data-scan=field data-scan-goes-on=goes_on.then_some("true")>
            <Icon name=IconName::Scan />
            "Scan"
        </button>
    }
    .into_any()
}
