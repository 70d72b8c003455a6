//! Sending a form with files from the browser, so that how far it is can be told. The browser's `fetch` cannot.

/// How far the sending of files is.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser sends"))]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sending {
    #[default]
    Nothing,
    /// So many thousandths are on their way; all of them means that the server is at work.
    Under(i64),
    /// The answer's status and text; a status of zero if none came.
    Answered(u16, String),
}

/// Sends the form that holds `input` to `address`.
#[cfg(feature = "hydrate")]
pub fn send(
    input: &leptos::web_sys::HtmlInputElement,
    address: &str,
    tell: impl Fn(Sending) + Clone + 'static,
) -> Option<()> {
    use wasm_bindgen::{JsCast, prelude::Closure};
    use web_sys::{FormData, ProgressEvent, XmlHttpRequest};

    let data = FormData::new_with_form(&input.form()?).ok()?;
    let request = XmlHttpRequest::new().ok()?;
    request.open("POST", address).ok()?;
    request.set_request_header("accept", "application/json").ok()?;

    let told = tell.clone();
    let progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        // Thousandths of a whole number of bytes are exact enough for a bar.
        let (loaded, total) = (event.loaded(), event.total());
        if total > 0.0 {
            told(Sending::Under((loaded * 1000.0 / total) as i64));
        }
    });
    request.upload().ok()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    let (ended, answer) = (tell.clone(), request.clone());
    let end = Closure::<dyn FnMut()>::new(move || {
        let status = answer.status().unwrap_or_default();
        ended(Sending::Answered(status, answer.response_text().ok().flatten().unwrap_or_default()));
    });
    request.set_onloadend(Some(end.as_ref().unchecked_ref()));
    tell(Sending::Under(0));
    request.send_with_opt_form_data(Some(&data)).ok()?;
    // They are called until the answer is there; an upload is rare and they are small.
    progress.forget();
    end.forget();
    Some(())
}

/// On the server nothing is sent.
#[cfg(not(feature = "hydrate"))]
pub fn send(
    _: &leptos::web_sys::HtmlInputElement,
    _: &str,
    _: impl Fn(Sending) + Clone + 'static,
) -> Option<()> {
    None
}
