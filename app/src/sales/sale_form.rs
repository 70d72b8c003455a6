//! How a sale is called and read, as a form to change it.

use domain::sales::{CommentOrder, LayoutChoice, Preset, SaleForm};
use leptos::{form::ActionForm, prelude::*};

use crate::{
    accounts::form_problems::FormProblems,
    error::AppError,
    form::{Returned, use_form},
    live::use_changes,
    ui::{Notice, SelectField, SubmitButton, TextField, Tone},
};

/// Changes how a sale is called and read.
#[server(prefix = "/api", endpoint = "sales/edit")]
pub async fn edit_sale(sale: String, #[server(default)] form: SaleForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&sale)?;
    Ok(services::sales::sale::edit(&caller.services, &caller.actor, id, &form).await?)
}

/// The form. The platform stays: the names of the buyers are names there.
#[component]
pub fn SaleSection(
    /// The sale's id.
    sale: String,
    stored: SaleForm,
    returned: Option<Returned>,
) -> impl IntoView {
    let form = use_form::<EditSale>(&returned);
    let changes = use_changes();
    Effect::new(move |_| {
        if let Some(Ok(())) = form.action.value().get() {
            changes.note();
        }
    });
    let option = |value: &str, words: &str| (value.to_owned(), words.to_owned());
    let presets: Vec<_> = Preset::ALL.iter().map(|choice| option(choice.as_str(), choice.label())).collect();
    let orders: Vec<_> =
        CommentOrder::ALL.iter().map(|choice| option(choice.as_str(), choice.label())).collect();
    let layouts: Vec<_> =
        LayoutChoice::ALL.iter().map(|choice| option(choice.as_str(), choice.label())).collect();
    let value = move |name: &str, stored: &str| form.value(&format!("form[{name}]"), stored);
    let done = form.is_done();
    let saved = move || done.get().then(|| view! { <Notice tone=Tone::Ok text="Saved." /> });
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate="">
            <FormProblems form=form prefix="sale-" />
            <input type="hidden" name="sale" value=sale />
            <TextField
                label="Title"
                name="form[title]"
                id="sale-title"
                value=value("title", &stored.title)
                error=form.error("title")
                autocomplete="off"
                required=true
            />
            <SelectField
                label="Words your buyers use"
                name="form[preset]"
                id="sale-preset"
                options=presets
                value=value("preset", &stored.preset)
                error=form.error("preset")
            />
            <div class="form-pair">
                <SelectField
                    label="Order of the comments"
                    name="form[order]"
                    id="sale-order"
                    options=orders
                    value=value("order", &stored.order)
                    error=form.error("order")
                />
                <SelectField
                    label="What you copy"
                    name="form[layout]"
                    id="sale-layout"
                    options=layouts
                    value=value("layout", &stored.layout)
                    error=form.error("layout")
                />
            </div>
            <TextField
                label="Your own name there"
                name="form[seller]"
                id="sale-seller"
                value=value("seller", &stored.seller)
                error=form.error("seller")
                hint="What you write yourself then claims nothing. May stay empty."
                autocomplete="off"
            />
            {saved}
            <div class="actions">
                <SubmitButton label="Save the sale" kind="" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}
