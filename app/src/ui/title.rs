//! The title of the document, by which tabs, histories and bookmarks are told apart.

use leptos::prelude::*;

/// What stands behind the name of every page.
const PRODUCT: &str = "SellTrac";

/// Gives the document the title `<what> · SellTrac`. Every page has one, also where it only tells that something is not
/// there.
///
/// `leptos_meta` writes titles into the HTML as they are, so what a buyer or a file is called could end the title and go on
/// as elements of the page; here the text is escaped. And it reads them after the page's signals are gone, so it is given a
/// plain text. The browser does not need it: it is told the title whenever the text changes, and a view that is built anew
/// leaves no older title behind.
#[component]
pub fn Title(
    /// What the page is about; in the browser it may change.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    {
        let whole = super::text_html(&text.with_untracked(|what| whole(what)));
        // Its view is empty: being called is what registers the title.
        let _registered = leptos_meta::Title(leptos_meta::TitleProps::builder().text(whole).build());
    }
    // Effects run in the browser only.
    Effect::new(move |_| document().set_title(&text.with(|what| whole(what))));
}

/// The title of a page about this.
fn whole(what: &str) -> String {
    if what.is_empty() { PRODUCT.to_owned() } else { format!("{what} · {PRODUCT}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_says_what_and_where() {
        assert_eq!(whole("INV-0001"), "INV-0001 · SellTrac");
        assert_eq!(whole(""), "SellTrac");
    }
}
