//! How a sale is called and read, as a form to change it.

use domain::sales::{CommentOrder, LayoutChoice, Preset, SaleForm};
use leptos::{form::ActionForm, prelude::*};

use crate::{
    accounts::{form_fields::Fields, form_problems::FormProblems},
    error::AppError,
    form::{FILLED, Returned, use_form},
    live::use_changes,
    ui::SubmitButton,
};

/// Changes how a sale is called and read, and gives what is stored by then.
#[server(prefix = "/api", endpoint = "sales/edit")]
pub async fn edit_sale(
    sale: String,
    #[server(default)] form: SaleForm,
) -> Result<Option<SaleForm>, AppError> {
    use services::sales::sale::{edit, form as stored};

    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&sale)?;
    edit(&caller.services, &caller.actor, id, &form).await?;
    Ok(stored(&caller.services, &caller.actor, id).await.ok())
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
    let filled = form.filled_anew(&stored.filled);
    let changes = use_changes();
    Effect::new(move |_| {
        if let Some(Ok(_)) = form.action.value().get() {
            changes.note();
        }
    });
    let fields = Fields::of(form, "sale-");
    let presets = Preset::ALL.iter().map(|choice| (choice.as_str(), choice.label()));
    let orders = CommentOrder::ALL.iter().map(|choice| (choice.as_str(), choice.label()));
    let layouts = LayoutChoice::ALL.iter().map(|choice| (choice.as_str(), choice.label()));
    let about_seller = "What you write yourself then claims nothing. May stay empty.";
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate="">
            <FormProblems form=form prefix="sale-" />
            <input type="hidden" name="sale" value=sale />
            <input type="hidden" name=FILLED value=move || filled.get() />
            {fields.line("title", "Title", &stored.title, "", true)}
            {fields.choice("preset", "Words your buyers use", presets, &stored.preset)}
            <div class="form-pair">
                {fields.choice("order", "Order of the comments", orders, &stored.order)}
                {fields.choice("layout", "What you copy", layouts, &stored.layout)}
            </div>
            {fields.line("seller", "Your own name there", &stored.seller, about_seller, false)}
            {fields.saved()}
            <div class="actions">
                <SubmitButton label="Save the sale" kind="" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}
