//! The door of a demo: one button, and where the stand-ins for the outside world are.

use leptos::prelude::*;

use crate::ui::Mark;

/// What a visitor of a demo sees first. A plain page, nothing in it runs.
#[component]
pub fn DemoPage(
    /// Where the sandbox answers.
    sandbox_url: String,
) -> impl IntoView {
    view! {
        <main class="alone">
            <div class="alone-mark"><Mark />"SellTrac"</div>
            <h1>"A shop to try things in"</h1>
            <p>
                "Moonlit Silver is an invented business. Its payments, postage and mails go to a sandbox on this machine: \
                 nothing here costs money or reaches anybody."
            </p>
            <form method="post" action="/demo/enter">
                <button type="submit" class="button primary wide">"Open the demo business"</button>
            </form>
            <p class="quiet">
                "What buyers are mailed arrives in the " <a href=format!("{sandbox_url}/inbox")>"sandbox's inbox"</a>
                ". To begin with a business of your own, " <a href="/register">"register one"</a>", or "
                <a href="/sign-in">"sign in"</a>"."
            </p>
        </main>
    }
}
