//! The browser's entry: it wakes the pages that the server has rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page. The script that `leptos` puts into every page calls it once the program has loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
