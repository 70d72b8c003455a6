//! What an item costs: one price, or what its material costs by weight, shown while it is typed.

use domain::{
    inventory::{ItemForm, MaterialChoice, Pricing},
    money::Money,
    text::fold,
    weight,
};
use leptos::prelude::*;

use super::{
    item::SaveItem,
    item_form::{Field, Measure},
};
use crate::{
    accounts::business_frame::use_viewer,
    form::Form,
    ui::{Amount, Fold, Radio, TextField, Tone, ToneMark},
};

/// What a price by weight comes to, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
enum Worked {
    /// Something is still to be typed.
    Missing,
    /// The material is not known or has no rate.
    NoRate(String),
    /// The price, and how it comes about.
    Price(Money, String),
}

/// How the price comes about, the price itself, and what it is worked out from.
#[component]
pub fn PricePart(
    /// The form.
    form: Form<SaveItem>,
    /// The word for how it comes about.
    pricing: RwSignal<String>,
    /// The name of its material as it is typed.
    material: RwSignal<String>,
    /// What is stored.
    stored: ItemForm,
    /// The materials to choose from.
    materials: Vec<MaterialChoice>,
) -> impl IntoView {
    let (symbol, unit) = use_viewer()
        .with_untracked(|viewer| (viewer.currency.symbol().trim().to_owned(), viewer.weight_unit));
    let field = Field::of(form);
    let net_weight = RwSignal::new(field.value("net_weight", &stored.net_weight));
    let names = materials
        .iter()
        .map(|material| view! { <option value=material.name.clone()></option> })
        .collect_view();
    let materials = StoredValue::new(materials);
    let worked = Memo::new(move |_| {
        let name = material.get();
        let typed = net_weight.get();
        materials.with_value(|materials| worked(materials, &name, &typed, unit))
    });
    let choice = move |kind: Pricing| {
        view! {
            <label class="check">
                <Radio
                    id=format!("pricing-{}", kind.as_str())
                    name="form[pricing]"
                    value=kind.as_str()
                    bind=pricing
                />
                <span>{kind.label()}</span>
            </label>
        }
    };
    let by_weight = move || pricing.with(|pricing| pricing == Pricing::ByWeight.as_str());
    let is_wrong = form.has_error(&["material", "net_weight"]);
    let about = move || {
        let weight = net_weight.get();
        [material.get(), weight].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    };
    view! {
        <fieldset class="pricing">
            <legend class="hidden-words">"What it costs"</legend>
            <div class="pricing-kinds">{choice(Pricing::Fixed)} {choice(Pricing::ByWeight)}</div>
            <div class="price-fixed">
                <TextField
                    label="Price"
                    name="form[price]"
                    id="field-price"
                    inputmode="decimal"
                    autocomplete="off"
                    required=true
                    prefix=symbol
                    value=form.value("form[price]", &stored.price)
                    error=form.error("price")
                />
            </div>
            <p class="price-worked" aria-live="polite">
                {move || worked_words(&worked.get())}
            </p>
        </fieldset>
        <Fold
            title="Material and net weight"
            about=Signal::derive(about)
            open=Signal::derive(move || by_weight() || is_wrong.get())
        >
            <div class="form-pair">
                {field.bound(
                    "material",
                    "Material",
                    material,
                    "One that you have used before, or a new one.",
                    Measure::offered("materials"),
                )}
                {field.bound(
                    "net_weight",
                    "Net weight of one piece",
                    net_weight,
                    "What is sold, with its unit behind it: 3.2 g.",
                    Measure::weight(""),
                )}
            </div>
            <datalist id="materials">{names}</datalist>
            <p class="hint">
                <a href="/stock/materials">"Materials and their rates"</a>
            </p>
        </Fold>
    }
    .into_any()
}

/// Works out what is typed.
fn worked(materials: &[MaterialChoice], name: &str, typed: &str, unit: weight::WeightUnit) -> Worked {
    let (key, weight) = (fold(name), weight::parse(typed, unit));
    if key.is_empty() {
        return Worked::Missing;
    }
    let Some(rate) = materials.iter().find(|known| fold(&known.name) == key).and_then(|known| known.rate)
    else {
        return Worked::NoRate(name.to_owned());
    };
    match weight.ok().filter(|weight| *weight > 0) {
        Some(weight) => match rate.price(weight) {
            Some(price) => Worked::Price(price, rate.told(weight)),
            None => Worked::Missing,
        },
        None => Worked::Missing,
    }
}

fn worked_words(worked: &Worked) -> AnyView {
    match worked {
        Worked::Missing => {
            view! { <span class="quiet">"Choose a material and write the net weight: the price follows."</span> }.into_any()
        }
        Worked::NoRate(name) => view! {
            <span data-tone="waiting">
                <ToneMark tone=Tone::Waiting />
                {format!(" “{name}” has no rate yet. ")}
                <a href="/stock/materials">"Give it one"</a>
                "."
            </span>
        }
        .into_any(),
        Worked::Price(price, told) => {
            let price = *price;
            view! {
                <Amount money=Signal::stored(price) />
                <span class="money-rate">{told.clone()}</span>
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        inventory::{Rate, WeightRate},
        money::Currency,
        weight::WeightUnit,
    };

    use super::*;

    #[test]
    fn a_price_by_weight_is_shown_while_it_is_typed() {
        let rate = Rate { micros: 850_000, currency: Currency::USD };
        let material = |name: &str, rate| MaterialChoice {
            name: name.into(),
            unit: WeightUnit::G,
            rate,
            origin: String::new(),
            hs_code: String::new(),
        };
        let silver = WeightRate { rate, unit: WeightUnit::G, wastage: 0 };
        let materials = [material("Silver", Some(silver)), material("Wax", None)];
        let typed = |name: &str, weight: &str| worked(&materials, name, weight, WeightUnit::Oz);
        let price = Worked::Price(Money::new(272, Currency::USD), "$0.85/g × 3.2 g".into());
        assert_eq!(typed("silver ", "3.2 g"), price);
        assert_eq!(typed("Silver", ""), Worked::Missing);
        assert_eq!(typed("Silver", "0"), Worked::Missing);
        assert_eq!(typed("", "1"), Worked::Missing);
        assert_eq!(typed("Wax", "1"), Worked::NoRate("Wax".into()));
        assert_eq!(typed("Gold", "1"), Worked::NoRate("Gold".into()));
    }
}
