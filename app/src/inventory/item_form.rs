//! The form of an item: four answers are enough, the rest is folded away under what it is about.

use domain::{
    inventory::{ItemForm, ItemSetting, Priced, Pricing, Stock},
    sales::keywords::Keyword,
};
use leptos::prelude::*;

use super::{
    item::SaveItem,
    item_folds::{CostFold, NotesFold, PostageFold},
    keyword_part::KeywordPart,
    price_part::PricePart,
    variants::Variants,
};
use crate::{
    accounts::form_problems::FormProblems,
    form::{FILLED, Form, Returned},
    ui::{SubmitButton, TextField},
};

/// What a field of the item's form needs to be drawn.
#[derive(Clone, Copy)]
pub(super) struct Field {
    form: Form<SaveItem>,
}

impl Field {
    /// The fields of a form.
    pub fn of(form: Form<SaveItem>) -> Self {
        Field { form }
    }

    /// What an answer is called in the form.
    pub fn name(self, part: &str) -> String {
        format!("form[{part}]")
    }

    /// What an answer says at first.
    pub fn value(self, part: &str, stored: &str) -> String {
        self.form.value(&self.name(part), stored)
    }

    /// One line of text. Of `hint`, `before` and `behind` those that are empty are not there.
    pub fn line(self, part: &'static str, label: &'static str, stored: &str, hint: &'static str) -> AnyView {
        self.bound(part, label, RwSignal::new(self.value(part, stored)), hint, Measure::default())
    }

    /// One line for a number, with a sign before or behind it.
    pub fn number(
        self,
        part: &'static str,
        label: &'static str,
        stored: &str,
        hint: &'static str,
        measure: Measure,
    ) -> AnyView {
        self.bound(part, label, RwSignal::new(self.value(part, stored)), hint, measure)
    }

    /// One line with a signal that follows what is typed.
    pub fn bound(
        self,
        part: &'static str,
        label: &'static str,
        value: RwSignal<String>,
        hint: &'static str,
        measure: Measure,
    ) -> AnyView {
        let form = self.form;
        view! {
            <TextField
                label=label
                name=self.name(part)
                id=format!("field-{part}")
                autocomplete="off"
                hint=hint
                inputmode=measure.inputmode
                prefix=measure.before
                suffix=measure.behind
                list=measure.list
                bind=value
                error=form.error(part)
            />
        }
        .into_any()
    }
}

/// How an answer is typed: the keyboard of a phone, what stands before and behind it, and the list that is offered. What is
/// empty is not there.
#[derive(Clone, Copy, Default)]
pub(super) struct Measure {
    pub inputmode: &'static str,
    pub before: &'static str,
    pub behind: &'static str,
    pub list: &'static str,
}

impl Measure {
    /// An amount of money after its sign.
    pub fn money(before: &'static str) -> Self {
        Measure { inputmode: "decimal", before, ..Self::default() }
    }

    /// A weight before its unit.
    pub fn weight(behind: &'static str) -> Self {
        Measure { inputmode: "decimal", behind, ..Self::default() }
    }

    /// A whole number before what is counted.
    pub fn count(behind: &'static str) -> Self {
        Measure { inputmode: "numeric", behind, ..Self::default() }
    }

    /// A text for which answers are offered.
    pub fn offered(list: &'static str) -> Self {
        Measure { list, ..Self::default() }
    }
}

/// Every field of an item and the button that saves it.
#[component]
pub fn ItemFields(
    /// The form.
    form: Form<SaveItem>,
    /// The form that came back, if one did.
    returned: Option<Returned>,
    /// The item, empty for a new one.
    id: String,
    /// What is stored.
    stored: ItemForm,
    /// The stock of its variants and what they cost, in their order.
    stock: Vec<Stock>,
    /// See above.
    prices: Vec<Priced>,
    /// What its words match.
    keywords: Vec<Keyword>,
    /// What there is to choose from.
    setting: ItemSetting,
) -> impl IntoView {
    let returned =
        returned.filter(|returned| returned.path == <SaveItem as leptos::server_fn::ServerFn>::PATH);
    let pricing = Pricing::parse(&form.value("form[pricing]", &stored.pricing)).unwrap_or(Pricing::Fixed);
    let pricing = RwSignal::new(pricing.as_str().to_owned());
    let item_id = id.clone();
    let filled = form.filled(&stored.filled);
    let back = super::item::list_left();
    let [for_price, for_postage, for_cost, for_words, for_notes] = std::array::from_fn(|_| stored.clone());
    let ItemSetting { materials, categories, .. } = setting;
    let material = RwSignal::new(form.value("form[material]", &stored.material));
    let code = RwSignal::new(form.value("form[code]", &stored.code));
    let title = RwSignal::new(form.value("form[title]", &stored.title));
    view! {
        <ActionForm action=form.action attr:class="form item-form" attr:novalidate=true>
            <FormProblems form=form />
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="back" value=back />
            <input type="hidden" name=FILLED value=move || filled.get() />
            <div class="item-code">
                <TextField
                    label="Code"
                    name="form[code]"
                    id="field-code"
                    autocomplete="off"
                    required=true
                    hint="What buyers type."
                    placeholder="A12"
                    bind=code
                    error=form.error("code")
                />
                <TextField
                    label="Title"
                    name="form[title]"
                    id="field-title"
                    autocomplete="off"
                    required=true
                    hint="What invoices say."
                    bind=title
                    error=form.error("title")
                />
            </div>
            <PricePart form=form pricing=pricing material=material stored=for_price materials=materials.clone() />
            <Variants
                form=form
                returned=returned
                options=stored.options
                stored=stored.variants
                stock=stock
                prices=prices
            />
            <div class="folds">
                <PostageFold form=form stored=for_postage material=material materials=materials />
                <CostFold form=form stored=for_cost />
                <KeywordPart form=form stored=for_words code=code title=title item_id=item_id keywords=keywords />
                <NotesFold form=form stored=for_notes categories=categories />
            </div>
            <div class="actions">
                <SubmitButton label="Save item" pending=form.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}
