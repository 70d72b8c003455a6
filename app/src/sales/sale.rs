//! One sale: comments are pasted, read as they come, and held for their buyers.

use domain::sales::{
    known::Known,
    view::{CatalogSent, Held, KnownCatalog, SaleView},
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    by_hand::ClaimByHandPane,
    claims::{ClaimFilter, ClaimsPane},
    deeds::{DeedToast, UndoAction, use_deeds},
    desk::Desk,
    draft::{keep_draft, take_draft},
    keys::{KeyHelp, Keyboard, use_keys},
    lines::{Lines, lines},
    order_hint::OrderHint,
    paste::{HoldButton, HoldClaims, PastePane, begin_at_field, when_held},
    reader::{Outcome, use_reader},
    reading::ReadingPane,
    review::ReviewPane,
    stock_strip::StockStrip,
    told,
};
use crate::{
    accounts::fresh::{ask_again, keep_fresh},
    error::AppError,
    form::{Form, Returned, use_form, use_returned},
    live::{Changes, use_changes},
    network::fetched,
    ui::{Amount, Notice, PageHead, PageProblem, Progress, SubmitButton, Title, Tone, suspend},
};

/// A sale with its claims, its comments to review, and what can be claimed in it, as far as the asker does not know it: see
/// [`KnownCatalog`].
#[server(prefix = "/api", endpoint = "sales/show", input = leptos::server_fn::codec::GetUrl)]
pub async fn show_sale(id: String, #[server(default)] known: String) -> Result<SaleView, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::sales::sale::view_for(&caller.services, &caller.actor, id, &KnownCatalog::parse(&known))
        .await?)
}

/// Closes a sale to further claims, or opens it again.
#[server(prefix = "/api", endpoint = "sales/close")]
pub async fn close_sale(sale: String, closed: bool) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&sale)?;
    Ok(services::sales::sale::close(&caller.services, &caller.actor, id, closed).await?)
}

/// The page of one sale.
#[component]
pub fn SalePage() -> impl IntoView {
    let returned = use_returned();
    let changes = use_changes();
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    // Asked once. What changes later comes into the standing page, so that nothing that is being typed is lost.
    let first = fetched(move || id.get(), |id| show_sale(id, known_at_first().as_text().to_owned()));
    let page = move || {
        let returned = returned.clone();
        suspend(async move {
            match first.await {
                Ok(first) => {
                    let done = query.with_untracked(|query| told::from_query(|name| query.get(name)));
                    view! { <Sale first=first returned=returned changes=changes done=done /> }.into_any()
                }
                Err(AppError(problem)) => view! {
                    <Title text="Sale" />
                    <PageHead title="Sale" back=("/sell".to_owned(), "All sales".to_owned()) />
                    <PageProblem code=problem.code />
                }
                .into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Progress label="Opening the sale" /> }>{page}</Transition> }
        .into_any()
}

/// What is known of the catalog when a sale is opened: a page that the server makes has only a small one in it.
fn known_at_first() -> KnownCatalog {
    if cfg!(feature = "ssr") { KnownCatalog::Page } else { KnownCatalog::Nothing }
}

#[component]
fn Sale(
    first: SaleView,
    returned: Option<Returned>,
    changes: Changes,
    /// What the paste did that led here, for a browser without JavaScript.
    done: Option<Held>,
) -> impl IntoView {
    let id = first.id.to_string();
    let sale = RwSignal::new(first);
    let asked = id.clone();
    keep_fresh(sale, changes, move || {
        let known = sale.with_untracked(|sale| KnownCatalog::parse(&sale.catalog_mark));
        let asked = show_sale(asked.clone(), known.as_text().to_owned());
        async move { asked.await.map(|fresh| sale.with_untracked(|before| fresh.over(before))) }
    });
    Effect::new(move |_| {
        if sale.with_untracked(|sale| sale.sent == CatalogSent::Later) {
            changes.note();
        }
    });
    let hold = use_form::<HoldClaims>(&returned);
    let close = use_form::<CloseSale>(&returned);
    let deeds = use_deeds(changes, &returned);

    let (kept, put_right) = take_draft(&id);
    let text = RwSignal::new(hold.value("paste", &kept));
    let corrections = RwSignal::new(put_right);
    let done = RwSignal::new(done);
    let reads = use_reader(sale, text, corrections, use_known(&id, text, changes));
    let desk = Desk::new(text, corrections, reads);
    let outcome = desk.outcome;
    when_held(hold, desk, done, changes);
    keep_draft(&id, text, corrections);
    begin_at_field(
        sale.with_untracked(|sale| !sale.closed && sale.claims.is_empty() && sale.review.is_empty()),
    );

    let shown = Memo::new(move |_| {
        let (filter, page) = (desk.filter.get(), desk.page.get());
        outcome
            .with(|outcome| outcome.paste().map_or_else(Lines::default, |paste| lines(paste, filter, page)))
    });
    let keyboard = Keyboard::new();
    let claims = RwSignal::new(ClaimFilter::All);
    let stops_change = move || {
        shown.track();
        claims.track();
        sale.track();
    };
    let undo = move || {
        if !desk.undo() && !deeds.undo_last() {
            let latest = sale.with_untracked(|sale| sale.actions.first().map(|action| action.id));
            if let Some(id) = latest {
                deeds.undo.action.dispatch(UndoAction { id: id.to_string() });
            }
        }
    };
    use_keys(keyboard, text, stops_change, undo);

    let (rules, report) = (format!("/sell/{id}/rules"), format!("/reports?sale={id}"));
    let (by_hand, of_close) = (id.clone(), id.clone());
    let for_order = returned.clone();
    let title = Memo::new(move |_| sale.with(|sale| sale.title.clone()));
    let closed = Memo::new(move |_| sale.with(|sale| sale.closed));
    view! {
        <Title text=title />
        <PageHead
            title=title
            back=("/sell".to_owned(), "All sales".to_owned())
            subtitle=move || facts(sale)
            action=move || view! { <HoldButton closed=closed outcome=outcome hold=hold /> }
        />
        <div class="sale">
            <PastePane id=id.clone() closed=closed desk=desk hold=hold done=done shown=claims>
                <ClaimByHandPane sale=by_hand.clone() closed=closed desk=desk deeds=deeds />
                <KeyHelp keyboard=keyboard />
            </PastePane>
            <div class="sale-read">
                <CatalogNotice sale=sale />
                <Teaching sale=sale outcome=outcome />
                <OrderHint sale=sale outcome=outcome changes=changes returned=for_order />
                <ReadingPane desk=desk lines=shown keyboard=keyboard deeds=deeds />
                <ReviewPane sale=sale desk=desk deeds=deeds keyboard=keyboard returned=returned />
                <ClaimsPane sale=sale deeds=deeds keyboard=keyboard shown=claims />
                <div class="tools">
                    <a class="button small quiet" href=rules>
                        "Rules of this sale"
                    </a>
                    <a class="button small quiet" href=report>
                        "Report of this sale"
                    </a>
                    <CloseButton id=of_close closed=closed close=close changes=changes />
                </div>
                <StockStrip sale=sale outcome=outcome changes=changes />
            </div>
        </div>
        <DeedToast deeds=deeds />
    }
    .into_any()
}

/// The comments that the sale knows, in short: `domain::sales::known` reads it.
#[server(prefix = "/api", endpoint = "sales/known", input = leptos::server_fn::codec::GetUrl)]
pub async fn known_comments(id: String) -> Result<String, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::sales::comments::known(&caller.services, &caller.actor, id).await?)
}

/// What the sale knows already: asked for when the page wakes up, so that it is there before the first paste, and again
/// whenever something changes while there is a paste.
fn use_known(id: &str, text: RwSignal<String>, changes: Changes) -> RwSignal<Known> {
    let known = RwSignal::new(Known::default());
    let id = id.to_owned();
    let is_blank = Memo::new(move |_| text.with(|text| text.trim().is_empty()));
    ask_again(
        true,
        move || if is_blank.get() { None } else { Some(changes.count()) },
        move || known_comments(id.clone()),
        move |answer| {
            // Where there is no answer, the server still passes over what it knows.
            let Ok(fresh) = answer.map(|written| Known::read(&written)) else { return };
            if known.with_untracked(|known| *known != fresh) {
                known.set(fresh);
            }
        },
    );
    known
}

/// What the head counts: `Facebook · 47 held · 18 billed · 3 waiting · 2 to review · $1,048.00`.
fn facts(sale: RwSignal<SaleView>) -> impl IntoView {
    let platform = sale.with_untracked(|sale| sale.platform.label());
    let tally = Memo::new(move |_| sale.with(|sale| sale.tally));
    let billed = Memo::new(move |_| {
        let billed = tally.get().billed;
        (billed > 0).then(|| format!("{billed} billed"))
    });
    view! {
        <div class="sale-facts">
            <span>{platform}</span>
            <span>{move || format!("{} held", tally.get().held)}</span>
            {move || billed.get().map(|billed| view! { <span>{billed}</span> })}
            <span>{move || format!("{} waiting", tally.get().waiting)}</span>
            <span>{move || format!("{} to review", tally.get().to_review)}</span>
            <span>
                <Amount money=Signal::derive(move || tally.get().claimed) />
                " claimed"
            </span>
        </div>
    }
    .into_any()
}

/// What is not read by: a catalog that is yet to come, and items that are more than it has.
#[component]
fn CatalogNotice(sale: RwSignal<SaleView>) -> impl IntoView {
    let is_late = Memo::new(move |_| sale.with(|sale| sale.sent == CatalogSent::Later));
    let left_out = Memo::new(move |_| sale.with(|sale| sale.left_out));
    view! {
        {move || {
            is_late
                .get()
                .then(|| {
                    view! { <Notice tone=Tone::Quiet text="Your items are still being fetched. What you paste is read once they are here." /> }
                })
        }}
        {move || {
            let left_out = left_out.get();
            (left_out > 0)
                .then(|| {
                    let text = format!(
                        "{left_out} items are not read here: a sale knows those that were added last, 100,000 at most. Archive what is not for sale any more.",
                    );
                    view! { <Notice tone=Tone::Waiting text=text /> }
                })
        }}
    }
    .into_any()
}

/// What this place is for, while nothing is in it.
#[component]
fn Teaching(sale: RwSignal<SaleView>, outcome: RwSignal<Outcome>) -> impl IntoView {
    let is_empty = Memo::new(move |_| {
        sale.with(|sale| sale.claims.is_empty() && sale.review.is_empty())
            && outcome.with(|outcome| outcome.paste().is_none())
    });
    let is_bare =
        Memo::new(move |_| sale.with(|sale| sale.catalog.is_empty() && sale.sent != CatalogSent::Later));
    let text = move || {
        if is_bare.get() {
            "There is nothing in stock that could be claimed. Add an item first: its code is what buyers type."
        } else {
            "Copy the comments of your show and paste them. Those that claim an item are held for their buyers in the order \
             in which they were written, what is not plain comes to you for review, and talk is passed over."
        }
    };
    view! {
        <Show when=move || is_empty.get()>
            <div class="empty">
                <h2>"Nothing is claimed yet"</h2>
                <p>{text}</p>
                <Show when=move || is_bare.get()>
                    <div class="empty-action">
                        <a class="button" href="/stock/new">
                            "Add an item"
                        </a>
                    </div>
                </Show>
            </div>
        </Show>
    }
    .into_any()
}

/// Closes the sale, or opens it again.
#[component]
fn CloseButton(id: String, closed: Memo<bool>, close: Form<CloseSale>, changes: Changes) -> impl IntoView {
    Effect::new(move |_| {
        if let Some(Ok(())) = close.action.value().get() {
            changes.note();
        }
    });
    let message = close.message();
    let wrong = move || message.get().map(|message| view! { <Notice tone=Tone::Wrong text=message /> });
    let label = Signal::derive(move || {
        if closed.get() { "Open the sale again" } else { "Close the sale" }.to_owned()
    });
    view! {
        {wrong}
        <ActionForm action=close.action >
            <input type="hidden" name="sale" value=id />
            <input type="hidden" name="closed" value=move || (!closed.get()).to_string() />
            <SubmitButton label=label kind="small quiet" pending=close.pending() />
        </ActionForm>
    }
    .into_any()
}
