//! The pictures on the page of an item: seen, added from a camera or from files, ordered, described and removed.

use domain::{
    inventory::pictures::{
        ItemPictures, MAX_ALT, MAX_FILE_MEGABYTES, MAX_PICTURES, PictureSize, PictureView, Uploaded, address,
    },
    problem::{Code, Problem},
};
use leptos::{html, prelude::*, server_fn::codec::GetUrl};
use uuid::Uuid;

use super::upload::{Sending, send};
use crate::{
    accounts::fresh::keep_fresh,
    error::AppError,
    form::{Returned, use_form},
    live::use_changes,
    ui::{
        Badge, Icon, IconName, Notice, Progress, SteadyRows, SubmitButton, TextField, Toast, Told, Tone,
        typed_over,
    },
};

/// By this name a page learns what became of pictures that were sent without JavaScript.
pub const UPLOAD: &str = "/stock/pictures";
/// The kinds of files that the browser offers. Phones turn their own kind into one of these when they are asked so.
const KINDS: &str = "image/jpeg,image/png,image/webp";

/// The pictures of an item.
#[server(prefix = "/api", endpoint = "stock/pictures", input = GetUrl)]
pub async fn load_pictures(item: String) -> Result<ItemPictures, AppError> {
    let caller = crate::server::signed_in()?;
    let item = crate::server::id(&item)?;
    Ok(services::inventory::pictures::list(&caller.services, &caller.actor, item).await?)
}

/// Takes a picture away.
#[server(prefix = "/api", endpoint = "stock/pictures/remove")]
pub async fn remove_picture(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::inventory::pictures::remove(&caller.services, &caller.actor, id).await?)
}

/// Puts a removed picture back.
#[server(prefix = "/api", endpoint = "stock/pictures/restore")]
pub async fn restore_picture(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::inventory::pictures::restore(&caller.services, &caller.actor, id).await?)
}

/// Moves a picture to the place with this number; the main one has number zero.
#[server(prefix = "/api", endpoint = "stock/pictures/place")]
pub async fn place_picture(id: String, to: u32) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::inventory::pictures::place(&caller.services, &caller.actor, id, to).await?)
}

/// Sets the words that stand in for a picture.
#[server(prefix = "/api", endpoint = "stock/pictures/describe")]
pub async fn describe_picture(id: String, #[server(default)] alt: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::inventory::pictures::describe(&caller.services, &caller.actor, id, &alt).await?)
}

/// What an answer to sent files says: what became of them, or why nothing did.
fn answer(status: u16, text: &str) -> Result<Uploaded, Code> {
    if let Ok(uploaded) = serde_json::from_str::<Uploaded>(text) {
        return Ok(uploaded);
    }
    match (serde_json::from_str::<Problem>(text), status) {
        (Ok(problem), _) => Err(problem.code),
        // Answered before the form came to whoever reads it.
        (Err(_), 413) => Err(Code::TooLarge),
        (Err(_), 429) => Err(Code::TooMany),
        (Err(_), 503) => Err(Code::Busy),
        (Err(_), 0) => Err(Code::Offline),
        (Err(_), _) => Err(Code::Internal),
    }
}

/// What became of files that were sent without JavaScript.
fn returned_upload(returned: Option<&Returned>) -> Option<Uploaded> {
    let returned = returned.filter(|returned| returned.path == UPLOAD)?;
    let added = returned.values.iter().find(|(name, _)| name == "added")?.1.parse().ok()?;
    let refused = returned.problem.as_ref().map(|problem| problem.fields.clone()).unwrap_or_default();
    Some(Uploaded { added, refused })
}

/// `2 pictures were added.`
fn added_words(added: u32) -> Option<String> {
    match added {
        0 => None,
        1 => Some("1 picture was added.".to_owned()),
        several => Some(format!("{several} pictures were added.")),
    }
}

/// The part of an item's page that holds its pictures.
#[component]
pub fn Pictures(
    /// The item.
    item: String,
    /// Its pictures when the page was opened.
    first: ItemPictures,
    /// The form that came back, if one did.
    returned: Option<Returned>,
) -> impl IntoView {
    let pictures = RwSignal::new(first);
    let changes = use_changes();
    let asked = item.clone();
    keep_fresh(pictures, changes, move || load_pictures(asked.clone()));
    let outcome = RwSignal::new(returned_upload(returned.as_ref()).map(Ok));
    let place = use_form::<PlacePicture>(&returned);
    let remove = use_form::<RemovePicture>(&returned);
    let restore = use_form::<RestorePicture>(&returned);
    let describe = use_form::<DescribePicture>(&returned);
    for version in
        [place.action.version(), remove.action.version(), restore.action.version(), describe.action.version()]
    {
        Effect::new(move |before: Option<usize>| {
            let now = version.get();
            if before.is_some_and(|before| before != now) {
                changes.note();
            }
            now
        });
    }
    let problem = move || {
        [place.message(), remove.message(), restore.message(), describe.message()]
            .into_iter()
            .find_map(|text| text.get())
    };
    let shown = Memo::new(move |_| pictures.with(|pictures| pictures.shown.clone()));
    let card = move |picture: Signal<PictureView>| {
        let place_in = Memo::new(move |_| place_of(picture.with(|picture| picture.id), &shown.read()));
        view! { <Card picture=picture place_in=place_in place=place.action remove=remove.action describe=describe /> }
            .into_any()
    };
    let count = Memo::new(move |_| pictures.with(|pictures| pictures.shown.len()));
    let last_removed = Memo::new(move |_| pictures.with(|pictures| pictures.removed.first().copied()));
    let restore_form = move |words: &'static str| {
        last_removed.get().map(|id| {
            view! {
                <ActionForm action=restore.action>
                    <input type="hidden" name="id" value=id.to_string() />
                    <button type="submit" class="link">
                        {words}
                    </button>
                </ActionForm>
            }
        })
    };
    view! {
        <section class="section item-pictures" id="pictures">
            <div class="section-head">
                <h2>"Pictures"</h2>
                <span class="hint">{move || format!("{} of {MAX_PICTURES}", count.get())}</span>
            </div>
            {move || problem().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
            <ul class="pictures">
                <SteadyRows rows=shown key=|picture: &PictureView| picture.id row=card />
            </ul>
            <UploadForm item=item outcome=outcome count=count />
            <OutcomeNotices outcome=outcome />
            {move || restore_form("Put back the picture that was removed last")}
            <RemovedToast remove=remove.action undo=move || restore_form("Undo") />
        </section>
    }
    .into_any()
}

/// What became of files that were sent.
#[component]
fn OutcomeNotices(outcome: RwSignal<Option<Result<Uploaded, Code>>>) -> impl IntoView {
    move || {
        outcome.get().map(|outcome| match outcome {
            Ok(Uploaded { added, refused }) => {
                let added = added_words(added).map(|words| view! { <Notice tone=Tone::Ok text=words /> });
                let refused = refused.into_iter().map(|file| {
                    let text = format!("{}: {}", file.field, file.code.message());
                    view! { <Notice tone=Tone::Wrong text=text /> }
                });
                view! { <div class="stack tight">{added} {refused.collect_view()}</div> }.into_any()
            }
            Err(code) => view! { <Notice tone=Tone::Wrong text=code.message() /> }.into_any(),
        })
    }
}

/// The number of a picture among all, and whether it is the last.
fn place_of(id: Uuid, pictures: &[PictureView]) -> (u32, bool) {
    let index = pictures.iter().position(|picture| picture.id == id).unwrap_or_default();
    (u32::try_from(index).unwrap_or_default(), index + 1 == pictures.len())
}

/// One picture and what can be done with it.
#[component]
fn Card(
    picture: Signal<PictureView>,
    /// Its number, and whether it is the last.
    place_in: Memo<(u32, bool)>,
    place: ServerAction<PlacePicture>,
    remove: ServerAction<RemovePicture>,
    describe: crate::form::Form<DescribePicture>,
) -> impl IntoView {
    let PictureView { id, token, .. } = picture.get_untracked();
    let id = StoredValue::new(id.to_string());
    let number = move || place_in.get().0 + 1;
    let words = Memo::new(move |_| picture.with(|picture| picture.alt.clone()));
    let alt = move || match words.get() {
        words if words.is_empty() => format!("Picture {}", number()),
        words => words,
    };
    let move_button = move |to: u32, icon: IconName, to_where: &'static str| {
        view! {
            <button
                type="submit"
                name="to"
                value=to.to_string()
                class="button quiet small"
                aria-label=format!("Move picture {} {to_where}", number())
            >
                <Icon name=icon />
            </button>
        }
    };
    let moves = move || {
        let (index, is_last) = place_in.get();
        view! {
            {index.checked_sub(1).map(|to| move_button(to, IconName::Back, "forward"))}
            {(!is_last).then(|| move_button(index + 1, IconName::Next, "back"))}
        }
    };
    let described = typed_over(words, words.get_untracked());
    view! {
        <li class="picture">
            <a href=address(&token, PictureSize::Full) rel="external" target="_blank" title="Open the whole picture">
                <img
                    src=address(&token, PictureSize::Card)
                    alt=alt
                    width="320"
                    height="320"
                    loading="lazy"
                    decoding="async"
                />
            </a>
            {move || (place_in.get().0 == 0).then(|| view! { <Badge tone=Tone::Ok text="Main picture" /> })}
            <div class="picture-tools">
                <ActionForm action=place attr:class="picture-moves">
                    <input type="hidden" name="id" value=id.get_value() />
                    {moves}
                </ActionForm>
                <ActionForm action=remove>
                    <input type="hidden" name="id" value=id.get_value() />
                    <button
                        type="submit"
                        class="button quiet small"
                        aria-label=move || format!("Remove picture {}", number())
                    >
                        "Remove"
                    </button>
                </ActionForm>
            </div>
            <details class="picture-words">
                <summary class="link">
                    {move || if words.with(String::is_empty) { "Describe it" } else { "Description" }}
                </summary>
                <ActionForm action=describe.action attr:class="stack tight">
                    <input type="hidden" name="id" value=id.get_value() />
                    <TextField
                        label="For those who do not see it"
                        name="alt"
                        id=format!("field-alt-{}", id.get_value())
                        autocomplete="off"
                        bind=described
                        hint=format!("At most {MAX_ALT} characters.")
                    />
                    <SubmitButton label="Save description" kind="small" pending=describe.pending() />
                </ActionForm>
            </details>
        </li>
    }
    .into_any()
}

/// The form that adds pictures. With JavaScript they are sent as soon as they are chosen, and the bar tells how far it is.
#[component]
fn UploadForm(
    item: String,
    outcome: RwSignal<Option<Result<Uploaded, Code>>>,
    #[prop(into)] count: Signal<usize>,
) -> impl IntoView {
    let changes = use_changes();
    let action = format!("/stock/{item}/pictures");
    let sending = RwSignal::new(Sending::Nothing);
    let field = NodeRef::<html::Input>::new();
    let is_awake = RwSignal::new(false);
    Effect::new(move |_| is_awake.set(true));
    Effect::new(move |_| {
        let Sending::Answered(status, text) = sending.get() else { return };
        outcome.set(Some(answer(status, &text)));
        changes.note();
        if let Some(field) = field.get_untracked() {
            field.set_value("");
        }
        sending.set(Sending::Nothing);
    });
    let to = action.clone();
    let chosen = move || {
        let Some(field) = field.get_untracked() else { return };
        outcome.set(None);
        if send(&field, &to, move |state| sending.set(state)).is_none() {
            outcome.set(Some(Err(Code::Internal)));
        }
    };
    // Pictures that were chosen before the browser's part had loaded are sent now.
    let chosen_before = chosen.clone();
    Effect::new(move |is_done: Option<bool>| {
        let Some(field) = field.get().filter(|_| is_done != Some(true)) else {
            return is_done.unwrap_or(false);
        };
        if field.files().is_some_and(|files| files.length() > 0) {
            chosen_before();
        }
        true
    });
    let progress = move || match sending.get() {
        Sending::Under(1000) => Some(view! { <Progress label="Making the pictures ready" /> }.into_any()),
        Sending::Under(thousandths) => {
            Some(view! { <Progress label="Sending the pictures" done=(thousandths, 1000) /> }.into_any())
        }
        Sending::Nothing | Sending::Answered(..) => None,
    };
    let is_full = move || count.get() >= MAX_PICTURES;
    view! {
        <form method="post" enctype="multipart/form-data" action=action class="picture-form" hidden=is_full>
            <label class="button" for="field-pictures">
                <Icon name=IconName::Camera />
                "Add pictures"
            </label>
            <input
                class="picture-file"
                type="file"
                id="field-pictures"
                name="pictures"
                accept=KINDS
                multiple=true
                node_ref=field
                on:change=move |_| chosen()
                disabled=move || sending.get() != Sending::Nothing
            />
            <button type="submit" class="button small" hidden=move || is_awake.get()>
                "Send"
            </button>
            <p class="hint">
                {format!("JPEG, PNG or WebP, at most {MAX_FILE_MEGABYTES} MB each. Buyers see them; places and other hidden details are removed.")}
            </p>
            {progress}
        </form>
    }
    .into_any()
}

/// What was just removed can be put back at once.
#[component]
fn RemovedToast(
    remove: ServerAction<RemovePicture>,
    /// The form that puts it back.
    #[prop(into)]
    undo: ViewFn,
) -> impl IntoView {
    let told = Told::nothing();
    Effect::new(move |_| {
        if matches!(remove.value().get(), Some(Ok(()))) {
            told.tell(());
        }
    });
    view! { <Toast text=told.words(|()| "Picture removed.".to_owned()) undo=undo /> }.into_any()
}

#[cfg(test)]
mod tests {
    use domain::problem::{FieldCode, FieldProblem};

    use super::*;

    #[test]
    fn an_answer_is_understood_whatever_it_is() {
        assert_eq!(
            answer(200, r#"{"added":2,"refused":[]}"#),
            Ok(Uploaded { added: 2, refused: Vec::new() })
        );
        assert_eq!(answer(404, r#"{"code":"not-found"}"#), Err(Code::NotFound));
        assert_eq!(answer(408, r#"{"code":"too-slow"}"#), Err(Code::TooSlow));
        assert_eq!(answer(413, "too much"), Err(Code::TooLarge));
        assert_eq!(answer(429, "too often"), Err(Code::TooMany));
        assert_eq!(answer(503, "stopping"), Err(Code::Busy));
        assert_eq!(answer(0, ""), Err(Code::Offline));
        assert_eq!(answer(502, "<html>"), Err(Code::Internal));
    }

    #[test]
    fn files_sent_without_javascript_are_told_of() {
        let refused = vec![FieldProblem { field: "notes.txt".into(), code: FieldCode::NotAPicture }];
        let uploaded = Uploaded { added: 1, refused };
        let returned = Returned {
            path: UPLOAD.into(),
            problem: uploaded.problem(),
            values: vec![("added".into(), "1".into())],
        };
        assert_eq!(returned_upload(Some(&returned)), Some(uploaded));
        assert_eq!(returned_upload(Some(&Returned { path: "/api/stock/save".into(), ..returned })), None);
        assert_eq!(added_words(0), None);
    }
}
