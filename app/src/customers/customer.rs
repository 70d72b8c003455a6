//! One customer: who they are, where they live, under which names they write, what they bought.

use domain::{
    customers::{CustomerForm, CustomerView, Handle},
    invoices::{InvoiceRow, InvoiceState},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    accounts::{address_fields::AddressFields, form_problems::FormProblems, own_path::own_path},
    error::AppError,
    form::{Returned, use_form, use_returned},
    live::use_changes,
    ui::{
        Amount, Badge, Columns, Notice, PageHead, PageProblem, Row, Rows, Section, SubmitButton,
        TextAreaField, TextField, Tone,
    },
};

/// One customer.
#[server(prefix = "/api", endpoint = "customers/customer", input = GetUrl)]
pub async fn load_customer(id: String) -> Result<CustomerView, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::customers::customer::view(&caller.services, &caller.actor, id).await?)
}

/// Saves a customer and leads to `back`, if that is a path of this site; else the page stays.
#[server(prefix = "/api", endpoint = "customers/save")]
pub async fn save_customer(
    id: String,
    form: CustomerForm,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    services::customers::customer::save(&caller.services, &caller.actor, id, &form).await?;
    if let Some(back) = own_path(&back) {
        leptos_axum::redirect(back);
    }
    Ok(())
}

/// The page of one customer. `back` in its address is the path to return to after saving.
#[component]
pub fn CustomerPage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let id = Memo::new({
        let params = use_params_map();
        move |_| params.with(|params| params.get("id")).unwrap_or_default()
    });
    let query = use_query_map();
    let stored = Resource::new(move || id.get(), load_customer);
    let page = move || {
        Suspend::new(async move {
            match stored.await {
                Ok(view) => {
                    let back = query.with_untracked(|query| query.get("back")).unwrap_or_default();
                    let back = own_path(&back).unwrap_or_default().to_owned();
                    view! { <Customer view=view back=back returned=returned.get_value() /> }.into_any()
                }
                Err(AppError(problem)) => view! {
                    <PageHead title="Customer" back=way_back("") />
                    <PageProblem code=problem.code />
                }
                .into_any(),
            }
        })
    };
    view! { <Transition>{page}</Transition> }.into_any()
}

/// Where the page was reached from: address and name.
fn way_back(back: &str) -> (String, String) {
    match back {
        "" => ("/customers".to_owned(), "Back to the customers".to_owned()),
        back => (back.to_owned(), "Back without saving".to_owned()),
    }
}

#[component]
fn Customer(view: CustomerView, back: String, returned: Option<Returned>) -> impl IntoView {
    let CustomerView { id, form: stored, handles, invoices } = view;
    let name = stored.name.clone();
    view! {
        <Title text=format!("{name} · SellTrac") />
        <PageHead title=name back=way_back(&back) />
        <Columns side=move || view! { <Side handles=handles invoices=invoices /> }>
            <Fields id=id.to_string() stored=stored back=back returned=returned />
        </Columns>
    }
    .into_any()
}

#[component]
fn Fields(id: String, stored: CustomerForm, back: String, returned: Option<Returned>) -> impl IntoView {
    let form = use_form::<SaveCustomer>(&returned);
    let changes = use_changes();
    let is_saved = form.is_done();
    Effect::new(move |_| {
        form.action.version().track();
        if is_saved.get_untracked() {
            changes.note();
        }
    });
    let line = move |part: &'static str,
                     label: &'static str,
                     stored: &str,
                     kind: &'static str,
                     autocomplete: &'static str| {
        let name = format!("form[{part}]");
        view! {
            <TextField
                label=label
                value=form.value(&name, stored)
                name=name
                id=format!("field-{part}")
                kind=kind
                autocomplete=autocomplete
                required=part == "name"
                error=form.error(part)
            />
        }
    };
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate=true>
            <FormProblems form=form />
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="back" value=back />
            {line("name", "Name", &stored.name, "text", "off")}
            <div class="form-pair">
                {line("email", "E-mail (optional)", &stored.email, "email", "off")}
                {line("phone", "Phone (optional)", &stored.phone, "tel", "off")}
            </div>
            <fieldset>
                <legend>"Address"</legend>
                <AddressFields form=form stored=stored.address />
            </fieldset>
            <TextAreaField
                label="Note (optional)"
                name="form[note]"
                id="field-note"
                rows=3
                hint="Only you see it."
                value=form.value("form[note]", &stored.note)
                error=form.error("note")
            />
            {move || is_saved.get().then(|| view! { <Notice tone=Tone::Ok text="Saved." /> })}
            <div class="actions">
                <SubmitButton label="Save customer" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn Side(handles: Vec<Handle>, invoices: Vec<InvoiceRow>) -> impl IntoView {
    let handles = handles
        .into_iter()
        .map(|handle| {
            view! {
                <li class="row">
                    <span class="row-words">{handle.handle}</span>
                    <Badge tone=Tone::Quiet text=handle.platform.label() />
                </li>
            }
        })
        .collect_view();
    let invoices = if invoices.is_empty() {
        view! { <p class="quiet">"No invoice yet."</p> }.into_any()
    } else {
        let rows = invoices.into_iter().map(invoice_row).collect_view();
        view! { <Rows>{rows}</Rows> }.into_any()
    };
    view! {
        <div class="stack loose">
            <Section title="Writes as">
                <ul class="rows">{handles}</ul>
            </Section>
            <Section title="Invoices">{invoices}</Section>
        </div>
    }
    .into_any()
}

fn invoice_row(row: InvoiceRow) -> impl IntoView {
    let tone = match row.state {
        InvoiceState::Paid => Tone::Ok,
        InvoiceState::Open | InvoiceState::PartPaid => Tone::Waiting,
        InvoiceState::Draft | InvoiceState::Void => Tone::Quiet,
    };
    view! {
        <Row href=format!("/bill/{}", row.id) title=row.number sub=format!("{} · {}", row.summary, row.age)>
            <Badge tone=tone text=row.state.label() />
            <Amount money=row.total />
        </Row>
    }
    .into_any()
}
