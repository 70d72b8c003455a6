//! Opening a sale.

use domain::sales::{CommentOrder, LayoutChoice, Platform, Preset, SaleForm};
use leptos::{form::ActionForm, prelude::*};

use crate::{
    accounts::form_problems::FormProblems,
    error::AppError,
    form::{Form, use_form, use_returned},
    network::fetched,
    ui::{PageHead, PageProblem, Progress, SelectField, SubmitButton, TextField, Title, suspend},
};

/// The form as it is first shown: with the words of the business' buyers.
#[server(prefix = "/api", endpoint = "sales/blank", input = leptos::server_fn::codec::GetUrl)]
pub async fn blank_sale() -> Result<SaleForm, AppError> {
    let caller = crate::server::signed_in()?;
    let viewer = services::accounts::viewer::viewer(&caller.services, &caller.actor).await?;
    Ok(SaleForm {
        platform: Platform::Facebook.as_str().to_owned(),
        preset: viewer.preset.as_str().to_owned(),
        order: CommentOrder::default().as_str().to_owned(),
        layout: LayoutChoice::default().as_str().to_owned(),
        ..SaleForm::default()
    })
}

/// Opens a sale and goes to it.
#[server(prefix = "/api", endpoint = "sales/open")]
pub async fn open_sale(#[server(default)] form: SaleForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = services::sales::sale::open(&caller.services, &caller.actor, &form).await?;
    leptos_axum::redirect(&format!("/sell/{id}"));
    Ok(())
}

/// The page on which a sale is opened.
#[component]
pub fn NewSalePage() -> impl IntoView {
    let returned = use_returned();
    let form = use_form::<OpenSale>(&returned);
    let blank = fetched(|| (), |()| blank_sale());
    let page = move || {
        suspend(async move {
            match blank.await {
                Ok(blank) => fields(form, blank).into_any(),
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Open a sale" />
        <PageHead title="Open a sale" back=("/sell".to_owned(), "All sales".to_owned()) />
        <Suspense fallback=|| view! { <Progress label="Getting the form ready" /> }>{page}</Suspense>
    }
    .into_any()
}

fn id(field: &str) -> String {
    format!("sale-{field}")
}

fn fields(form: Form<OpenSale>, blank: SaleForm) -> impl IntoView {
    let option = |value: &str, words: &str| (value.to_owned(), words.to_owned());
    let platforms: Vec<_> =
        Platform::ALL.iter().map(|choice| option(choice.as_str(), choice.label())).collect();
    let presets: Vec<_> = Preset::ALL.iter().map(|choice| option(choice.as_str(), choice.label())).collect();
    let orders: Vec<_> =
        CommentOrder::ALL.iter().map(|choice| option(choice.as_str(), choice.label())).collect();
    let layouts: Vec<_> =
        LayoutChoice::ALL.iter().map(|choice| option(choice.as_str(), choice.label())).collect();
    let title = form.value("form[title]", &blank.title);
    let platform = form.value("form[platform]", &blank.platform);
    let preset = form.value("form[preset]", &blank.preset);
    let order = form.value("form[order]", &blank.order);
    let layout = form.value("form[layout]", &blank.layout);
    let seller = form.value("form[seller]", &blank.seller);
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate="">
            <FormProblems form=form prefix="sale-" />
            <TextField
                label="Title"
                name="form[title]"
                id=id("title")
                value=title
                error=form.error("title")
                placeholder="Friday night silver"
                autocomplete="off"
                required=true
            />
            <SelectField
                label="Platform"
                name="form[platform]"
                id=id("platform")
                options=platforms
                value=platform
                error=form.error("platform")
            />
            <SelectField
                label="Words your buyers use"
                name="form[preset]"
                id=id("preset")
                options=presets
                value=preset
                error=form.error("preset")
            />
            <SelectField
                label="Order of the comments"
                name="form[order]"
                id=id("order")
                options=orders
                value=order
                error=form.error("order")
                hint="As they stand on the page that you copy from, top to bottom. Who wrote first is served first."
            />
            <SelectField
                label="What you copy"
                name="form[layout]"
                id=id("layout")
                options=layouts
                value=layout
                error=form.error("layout")
                hint="Nearly every paste is understood by itself. Choose only if yours is not."
            />
            <TextField
                label="Your own name there"
                name="form[seller]"
                id=id("seller")
                value=seller
                error=form.error("seller")
                hint="What you write yourself then claims nothing. May stay empty."
                autocomplete="off"
            />
            <div class="actions">
                <SubmitButton label="Open the sale" pending=form.pending() pending_label="Opening…" />
            </div>
        </ActionForm>
    }
    .into_any()
}
