//! Making one customer of two: finding the other, looking at what would happen, doing it.

use domain::{
    customers::{
        CustomerRow,
        duplicates::Twin,
        merge::{Keep, MergeForm, MergePreview},
    },
    money::Money,
};
use leptos::{either::Either, prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use crate::{
    error::AppError,
    form::{Form, Returned, use_form, use_returned},
    network::fetched,
    ui::{
        Amount, Columns, EmptyState, Notice, PageHead, PageProblem, Row, Rows, SearchBox, Section,
        SubmitButton, Title, Tone, suspend,
    },
};

/// The page: the other customer is still to be found, or both are looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MergePageView {
    Finding { name: String, found: Vec<CustomerRow> },
    Looking(Box<MergePreview>),
}

/// What merging the customer `with` into `id` would do; without `with`, those who match `search`.
#[server(prefix = "/api", endpoint = "customers/merge/preview", input = GetUrl)]
pub async fn load_merge(
    id: String,
    #[server(default)] with: String,
    #[server(default)] search: String,
) -> Result<MergePageView, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    if !with.is_empty() {
        let with = crate::server::id(&with)?;
        let preview = services::customers::merge::preview(&caller.services, &caller.actor, id, with).await?;
        return Ok(MergePageView::Looking(Box::new(preview)));
    }
    let name = services::customers::customer::view(&caller.services, &caller.actor, id).await?.form.name;
    let query = domain::customers::CustomerQuery { search, ..Default::default() };
    let found = services::customers::list::list(&caller.services, &caller.actor, &query).await?;
    let found = found.rows.into_iter().filter(|row| row.id != id).collect();
    Ok(MergePageView::Finding { name, found })
}

/// Merges a customer into `id` and leads to the page of the one who stays.
#[server(prefix = "/api", endpoint = "customers/merge")]
pub async fn merge_customers(id: String, form: MergeForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let into = crate::server::id(&id)?;
    let merge = services::customers::merge::merge(&caller.services, &caller.actor, into, &form).await?;
    leptos_axum::redirect(&format!("/customers/{into}?merged={merge}"));
    Ok(())
}

/// The page on which two customers become one.
#[component]
pub fn MergePage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let params = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let asked = |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
        (params.with(|params| params.get("id")).unwrap_or_default(), asked("with"), asked("q"))
    });
    let loaded = fetched(move || asked.get(), |(id, with, search)| load_merge(id, with, search));
    let page = move || {
        suspend(async move {
            let (id, _, search) = asked.get_untracked();
            match loaded.await {
                Ok(MergePageView::Finding { name, found }) => {
                    view! { <Finding id=id name=name found=found search=search /> }.into_any()
                }
                Ok(MergePageView::Looking(preview)) => {
                    view! { <Looking preview=*preview returned=returned.get_value() /> }.into_any()
                }
                Err(AppError(problem)) => view! {
                    <PageHead title="Merge customers" back=back(&id) />
                    <PageProblem code=problem.code />
                }
                .into_any(),
            }
        })
    };
    view! {
        <Title text="Merge customers" />
        <Transition>{page}</Transition>
    }
    .into_any()
}

fn back(id: &str) -> (String, String) {
    (format!("/customers/{id}"), "Back to the customer".to_owned())
}

/// Finding the other customer.
#[component]
fn Finding(id: String, name: String, found: Vec<CustomerRow>, search: String) -> impl IntoView {
    let path = format!("/customers/{id}/merge");
    let rows = found
        .into_iter()
        .map(|row| {
            let href = format!("{path}?with={}", row.id);
            let sub: Vec<String> =
                [row.email, row.place].into_iter().filter(|fact| !fact.is_empty()).collect();
            view! { <Row href=href title=row.name sub=sub.join(" · ") /> }
        })
        .collect::<Vec<_>>();
    let list = if rows.is_empty() {
        Either::Left(view! {
            <EmptyState title="Nobody found" text="Customers are found by name, handle, e-mail, phone, city and tag." />
        })
    } else {
        Either::Right(view! { <Rows>{rows}</Rows> })
    };
    view! {
        <PageHead title=format!("Who is the same person as {name}?") back=back(&id) />
        <div class="tools">
            <SearchBox action=path.clone() label="Search customers" value=search />
        </div>
        {list}
    }
    .into_any()
}

/// Two customers and what would become of them.
#[component]
fn Looking(preview: MergePreview, returned: Option<Returned>) -> impl IntoView {
    let form = use_form::<MergeCustomers>(&returned);
    let (into, from) = (preview.into.twin.clone(), preview.from.twin.clone());
    let title = format!("Merge {} into {}", from.name, into.name);
    let other_way = format!("/customers/{}/merge?with={}", from.id, into.id);
    let side_preview = preview.clone();
    view! {
        <PageHead title=title back=back(&into.id.to_string()) />
        <Columns side=move || view! { <Moves preview=side_preview /> }>
            <div class="stack loose">
                <div class="twins">
                    <Who title="Stays" twin=into.clone() />
                    <Who title="Goes" twin=from.clone() />
                </div>
                <p>
                    <a href=other_way>"Merge them the other way round"</a>
                </p>
                <Choices preview=preview form=form />
            </div>
        </Columns>
    }
    .into_any()
}

#[component]
fn Who(title: &'static str, twin: Twin) -> impl IntoView {
    let facts = twin.facts.into_iter().map(|fact| view! { <li class="quiet">{fact}</li> }).collect_view();
    view! {
        <section class="panel">
            <h2 class="hint">{title}</h2>
            <p class="row-title">
                <a href=format!("/customers/{}", twin.id)>{twin.name}</a>
            </p>
            <ul>{facts}</ul>
        </section>
    }
    .into_any()
}

/// One answer of two, where both have one and they differ.
fn choice(
    form: Form<MergeCustomers>,
    part: &'static str,
    label: &'static str,
    theirs: &str,
    others: &str,
) -> impl IntoView + use<> {
    if theirs.is_empty() || others.is_empty() || theirs == others {
        return ().into_any();
    }
    let name = format!("form[{part}]");
    let chosen = form.value(&name, Keep::Theirs.as_str());
    let options = [(Keep::Theirs, theirs), (Keep::Others, others)]
        .map(|(keep, words)| {
            let word = keep.as_str();
            view! {
                <label class="check">
                    <input type="radio" name=name.clone() value=word checked=chosen == word />
                    <span>{words.to_owned()}</span>
                </label>
            }
        })
        .into_iter()
        .collect_view();
    view! {
        <fieldset class="choice">
            <legend>{label}</legend>
            {options}
        </fieldset>
    }
    .into_any()
}

/// What is chosen, and the button.
#[component]
fn Choices(preview: MergePreview, form: Form<MergeCustomers>) -> impl IntoView {
    let (into, from) = (preview.into, preview.from);
    let problem = form.problem();
    let message = move || {
        problem.with(|problem| {
            let problem = problem.as_ref()?;
            let words = match problem.fields.first() {
                Some(field) => field.code.message(),
                None => problem.code.message().to_owned(),
            };
            Some(view! { <Notice tone=Tone::Wrong text=words /> })
        })
    };
    let warnings = [
        (preview.becomes_blocked, "The one who goes is blocked. So the one who stays will be, too."),
        (
            preview.becomes_tax_exempt,
            "The one who goes is exempt from tax. So the one who stays will be, too.",
        ),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, words)| view! { <Notice tone=Tone::Waiting text=words /> })
    .collect_view();
    let too_long = preview.notes_too_long.then(|| {
        view! { <Notice tone=Tone::Wrong text="The notes of both together are too long. Shorten one of them first." /> }
    });
    view! {
        <ActionForm action=form.action attr:class="form">
            {message}
            <input type="hidden" name="id" value=into.twin.id.to_string() />
            <input type="hidden" name="form[from]" value=from.twin.id.to_string() />
            <input type="hidden" name="form[key]" value=preview.key.to_string() />
            {choice(form, "name", "Name that stays", &into.twin.name, &from.twin.name)}
            {choice(form, "email", "E-mail that stays", &into.email, &from.email)}
            {choice(form, "phone", "Phone that stays", &into.phone, &from.phone)}
            {warnings}
            {too_long}
            <div class="actions">
                <SubmitButton
                    label=format!("Merge into {}", into.twin.name)
                    pending=form.pending()
                    pending_label="Merging…"
                    disabled=preview.notes_too_long
                />
                <a class="button quiet" href=format!("/customers/{}", into.twin.id)>"Leave them apart"</a>
            </div>
        </ActionForm>
    }
    .into_any()
}

/// How many of something move, in words.
fn count(number: i64, one: &str, several: &str) -> String {
    match number {
        0 => "none".to_owned(),
        1 => format!("1 {one}"),
        number => format!("{number} {several}"),
    }
}

/// What moves.
#[component]
fn Moves(preview: MergePreview) -> impl IntoView {
    let line = |what: &'static str, words: String| {
        view! {
            <div>
                <dt>{what}</dt>
                <dd>{words}</dd>
            </div>
        }
    };
    let list = move |what: &'static str, words: &[String], none: &'static str| {
        let words = if words.is_empty() { none.to_owned() } else { words.join(", ") };
        line(what, words)
    };
    let credit = (preview.credit != Money::zero(preview.credit.currency)).then(|| {
        view! {
            <div>
                <dt>"Credit"</dt>
                <dd>
                    <Amount money=preview.credit />
                </dd>
            </div>
        }
    });
    let ships_to = match preview.ships_to.as_str() {
        "" => "No address is known for parcels yet.".to_owned(),
        address => format!("Parcels that are not posted yet go to {address}."),
    };
    view! {
        <Section title="What moves">
            <dl class="facts">
                {line("Claims", count(preview.claims, "claim", "claims"))}
                {line("Invoices", count(preview.invoices, "invoice", "invoices"))}
                {line("Parcels", count(preview.parcels, "parcel", "parcels"))}
                {list("Writes as", &preview.handles, "none")}
                {list("Addresses", &preview.addresses, "no other")}
                {list("Tags", &preview.tags, "no other")}
                {line("Note", if preview.has_note { "is added".to_owned() } else { "none".to_owned() })}
                {credit}
            </dl>
            <p class="hint">"Open invoices of both stay invoices of their own. You can undo this from the page of the one who stays."</p>
            <p class="hint">{ships_to}</p>
        </Section>
    }
    .into_any()
}
