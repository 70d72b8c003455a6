//! The pages of one item: a new one, and one that is there.

use domain::inventory::{ItemForm, ItemSetting, ItemView};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::{use_params_map, use_query_map};
use uuid::Uuid;

use super::{
    item_form::ItemFields,
    pictures::{Pictures, load_pictures},
    stock_section::StockSection,
};
use crate::{
    accounts::own_path::own_path,
    error::AppError,
    form::{Returned, use_form, use_returned},
    lists::rows::row_id,
    live::use_changes,
    network::fetched,
    ui::{Notice, PageHead, PageProblem, SubmitButton, Title, Toast, Told, Tone, suspend},
};

/// What a new item's page is filled in with.
#[server(prefix = "/api", endpoint = "stock/setting", input = GetUrl)]
pub async fn load_setting() -> Result<ItemSetting, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::inventory::item::setting(&caller.services, &caller.actor).await?)
}

/// One item.
#[server(prefix = "/api", endpoint = "stock/item", input = GetUrl)]
pub async fn load_item(id: String) -> Result<ItemView, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::inventory::item::view(&caller.services, &caller.actor, id).await?)
}

/// Saves an item, a new one where `id` is empty, and leads to the list; where one of its words could mean another item, to
/// its page, which says so. A variant whose row was emptied is removed. `back` is the address of the list as it was left.
#[server(prefix = "/api", endpoint = "stock/save")]
pub async fn save_item(
    #[server(default)] id: String,
    form: ItemForm,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = if id.is_empty() { None } else { Some(crate::server::id(&id)?) };
    let (services, actor) = (&caller.services, &caller.actor);
    let saved = services::inventory::item::save(services, actor, id, &form).await?;
    // What was typed without the browser's part is seen here for the first time.
    let query = domain::inventory::KeywordQuery::of(&form);
    let keywords = services::inventory::keywords::check(services, actor, Some(saved), &query).await?;
    if keywords.iter().any(|keyword| !keyword.conflicts.is_empty()) {
        // The moment makes each address a new one, so that the page is loaded anew.
        leptos_axum::redirect(&format!("/stock/{saved}?saved={}", services.now()));
    } else {
        let list = own_path(&back).unwrap_or("/stock");
        leptos_axum::redirect(&format!("{list}#{}", row_id(saved)));
    }
    Ok(())
}

/// Archives an item or puts it back; gives whether it is archived now.
#[server(prefix = "/api", endpoint = "stock/archive")]
pub async fn archive_item(id: String, archived: bool) -> Result<bool, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    services::inventory::item::archive(&caller.services, &caller.actor, id, archived).await?;
    Ok(archived)
}

fn back() -> (String, String) {
    ("/stock".to_owned(), "Back to the stock".to_owned())
}

/// The address of the list as it was left, as far as it shows anything but its beginning; empty otherwise.
pub(super) fn list_left() -> String {
    let back = use_query_map().with_untracked(|query| query.get("back")).unwrap_or_default();
    own_path(&back).unwrap_or_default().to_owned()
}

/// Back to the row in the list as it was left.
fn back_to_row(id: Uuid) -> (String, String) {
    let list = list_left();
    let list = if list.is_empty() { "/stock" } else { &list };
    (format!("{list}#{}", row_id(id)), "Back to the stock".to_owned())
}

/// The page of a new item.
#[component]
pub fn NewItemPage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let setting = fetched(|| (), |()| load_setting());
    let fields = move || {
        suspend(async move {
            match setting.await {
                Ok(setting) => {
                    let form = use_form::<SaveItem>(&returned.get_value());
                    let returned = returned.get_value();
                    let stored = ItemForm { code: setting.next_code.clone(), ..ItemForm::default() };
                    view! {
                        <ItemFields
                            form=form
                            returned=returned
                            id=String::new()
                            stored=stored
                            stock=Vec::new()
                            prices=Vec::new()
                            keywords=Vec::new()
                            setting=setting
                        />
                    }
                    .into_any()
                }
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="New item" />
        <PageHead title="New item" back=back() />
        <Transition>{fields}</Transition>
    }
    .into_any()
}

/// The page of an item that is there.
#[component]
pub fn EditItemPage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let id = Memo::new({
        let params = use_params_map();
        move |_| params.with(|params| params.get("id")).unwrap_or_default()
    });
    let saved = Memo::new({
        let query = use_query_map();
        move |_| query.with(|query| query.get("saved")).unwrap_or_default()
    });
    let stored = fetched(move || (id.get(), saved.get()), |(id, _)| load_item(id));
    let pictures = fetched(move || id.get(), load_pictures);
    let page = move || {
        suspend(async move {
            match (stored.await, pictures.await) {
                (Ok(view), Ok(pictures)) => {
                    let was_saved = !saved.get_untracked().is_empty();
                    let item = view.id.to_string();
                    view! {
                        <EditItem view=view returned=returned.get_value() was_saved=was_saved />
                        <Pictures item=item first=pictures returned=returned.get_value() />
                    }
                    .into_any()
                }
                (Err(AppError(problem)), _) | (_, Err(AppError(problem))) => view! {
                    <Title text="Item" />
                    <PageHead title="Item" back=back() />
                    <PageProblem code=problem.code />
                }
                .into_any(),
            }
        })
    };
    view! {
        <Transition>{page}</Transition>
        <StockSection id=id returned=returned.get_value() />
    }
    .into_any()
}

#[component]
fn EditItem(
    view: ItemView,
    returned: Option<Returned>,
    /// Whether it was just saved, with a word that could mean another item.
    was_saved: bool,
) -> impl IntoView {
    let ItemView { id, form: stored, stock, prices, archived, keywords, setting } = view;
    let form = use_form::<SaveItem>(&returned);
    let archive = use_form::<ArchiveItem>(&returned);
    let name = format!("{} {}", stored.code, stored.title);
    let is_archived = Memo::new(move |_| match archive.action.value().get() {
        Some(Ok(archived)) => archived,
        _ => archived,
    });
    let back = back_to_row(id);
    let id = StoredValue::new(id.to_string());
    let archive_form = move |archived: bool, words: &'static str| {
        view! {
            <ActionForm action=archive.action>
                <input type="hidden" name="id" value=id.get_value() />
                <input type="hidden" name="archived" value=archived.to_string() />
                <SubmitButton label=words kind="quiet" pending=archive.pending() />
            </ActionForm>
        }
        .into_any()
    };
    let problem = archive.message();
    view! {
        <Title text=name.clone() />
        <PageHead title=name back=back />
        {was_saved.then(|| view! { <Notice tone=Tone::Waiting text="Saved. One of its words could mean another item too: see Keywords." /> })}
        {move || is_archived.get().then(|| view! { <Notice tone=Tone::Waiting text="Archived: it is on no list and in no new sale." /> })}
        <ItemFields form=form returned=returned id=id.get_value() stored=stored stock=stock prices=prices keywords=keywords setting=setting />
        {move || problem.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
        <div class="tools">
            {move || if is_archived.get() { archive_form(false, "Put back") } else { archive_form(true, "Archive") }}
        </div>
        <ArchivedToast archive=archive.action form=move || archive_form(false, "Undo") />
    }
    .into_any()
}

/// What was just archived can be put back at once.
#[component]
fn ArchivedToast(
    archive: ServerAction<ArchiveItem>,
    /// The form that puts it back.
    #[prop(into)]
    form: ViewFn,
) -> impl IntoView {
    let told = Told::nothing();
    let changes = use_changes();
    Effect::new(move |_| {
        let Some(Ok(archived)) = archive.value().get() else { return };
        changes.note();
        if archived { told.tell(()) } else { told.clear() }
    });
    view! { <Toast text=told.words(|()| "Archived.".to_owned()) undo=form /> }.into_any()
}
