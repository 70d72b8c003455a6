//! The variants of an item as a grid of fields, a row for each and some to spare.
//!
//! The rows keep their numbers, so that a problem is shown beside the answer it is about. A row that was emptied stands
//! for a variant that goes.

use domain::inventory::{MAX_VARIANTS, Stock, VariantForm};
#[cfg(any(feature = "ssr", test))]
use domain::{inventory::ItemForm, text};
use leptos::prelude::*;

use super::{item::SaveItem, list::stock_words};
use crate::{
    accounts::business_frame::use_viewer,
    form::{Form, Returned},
};

/// Rows to spare below those of stored variants.
const SPARE_ROWS: usize = 3;

/// The form with the variants whose rows were emptied forgotten: such a row counts as never filled.
#[cfg(any(feature = "ssr", test))]
pub fn without_emptied(mut form: ItemForm) -> ItemForm {
    for variant in &mut form.variants {
        let answers = [&variant.name, &variant.price, &variant.quantity];
        if answers.into_iter().all(|answer| text::tidy(answer).is_empty()) {
            variant.id.clear();
        }
    }
    form
}

/// How many rows the grid begins with: the stored ones, those that were typed before the form came back, some to spare.
fn rows_at_first(stored: usize, returned: Option<&Returned>) -> usize {
    let values = returned.map_or(&[][..], |returned| &returned.values);
    let typed = values
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(name, _)| {
            name.strip_prefix("form[variants][")?.split(']').next()?.parse::<usize>().ok()
        })
        .map(|index| index + 1)
        .max();
    (stored + SPARE_ROWS).max(typed.unwrap_or_default()).min(MAX_VARIANTS)
}

/// The grid.
#[component]
pub fn Variants(
    /// The form it belongs to.
    form: Form<SaveItem>,
    /// The form that came back, if one did.
    returned: Option<Returned>,
    /// The stored variants.
    stored: Vec<VariantForm>,
    /// Their stock, in the same order.
    stock: Vec<Stock>,
) -> impl IntoView {
    let first_rows = rows_at_first(stored.len(), returned.as_ref());
    let rows = RwSignal::new(first_rows);
    let stored = StoredValue::new((stored, stock));
    let row = move |index: usize| {
        let (variant, stock) = stored.with_value(|(variants, stock)| {
            (variants.get(index).cloned().unwrap_or_default(), stock.get(index).copied())
        });
        view! { <VariantRow form=form index=index stored=variant stock=stock /> }
    };
    let general = form.error("variants");
    view! {
        <fieldset id="field-variants" tabindex="-1">
            <legend>"Pieces and choices"</legend>
            <p class="hint" id="variants-hint">
                "An item without choices needs only its pieces, in the first row. For sizes or colours give each a row with its name. \
                 Without a price it costs what the item costs. Empty a row to remove it."
            </p>
            {move || general.get().map(|error| view! { <p class="field-error">{error}</p> })}
            <div class="table-wrap">
                <table class="table fields" aria-describedby="variants-hint">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Price"</th>
                            <th scope="col">"Pieces"</th>
                            <th scope="col">"Stock"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || 0..rows.get() key=|index| *index children=row />
                    </tbody>
                </table>
            </div>
            <div>
                <button
                    type="button"
                    class="button small"
                    disabled=move || { rows.get() >= MAX_VARIANTS }
                    on:click=move |_| rows.update(|rows| *rows += 1)
                >
                    "Add row"
                </button>
            </div>
        </fieldset>
    }
    .into_any()
}

#[component]
fn VariantRow(
    form: Form<SaveItem>,
    index: usize,
    stored: VariantForm,
    stock: Option<Stock>,
) -> impl IntoView {
    let symbol = use_viewer().with_untracked(|viewer| viewer.currency.symbol().trim());
    let cell = move |part: &'static str,
                     label: &'static str,
                     stored: &str,
                     inputmode: Option<&'static str>,
                     hint: &'static str| {
        let name = format!("form[variants][{index}][{part}]");
        let id = format!("field-variants_{index}_{part}");
        let error_id = format!("{id}-error");
        let error = form.error(format!("variants_{index}_{part}"));
        let described_by = {
            let error_id = error_id.clone();
            move || error.get().map(|_| error_id.clone())
        };
        view! {
            <td>
                <input
                    class="input"
                    class:num=part != "name"
                    type="text"
                    id=id
                    value=form.value(&name, stored)
                    name=name
                    inputmode=inputmode
                    placeholder=hint
                    autocomplete="off"
                    aria-label=format!("Variant {} {label}", index + 1)
                    aria-invalid=move || error.get().is_some().then_some("true")
                    aria-describedby=described_by
                />
                {move || {
                    error.get().map(|error| view! { <span class="field-error" id=error_id.clone()>{error}</span> })
                }}
            </td>
        }
    };
    let id_name = format!("form[variants][{index}][id]");
    view! {
        <tr>
            {cell("name", "name", &stored.name, None, "")}
            {cell("price", "price", &stored.price, Some("decimal"), symbol)}
            {cell("quantity", "pieces", &stored.quantity, Some("numeric"), "")}
            <td class="variant-stock">
                <input type="hidden" name=id_name value=stored.id />
                {stock.map(|stock| stock_words(&stock))}
            </td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::problem::{Code, Problem};

    use super::*;

    #[test]
    fn an_emptied_row_forgets_its_variant_and_keeps_its_place() {
        let kept = VariantForm { id: "1".into(), quantity: "0".into(), ..Default::default() };
        let emptied = VariantForm { id: "2".into(), name: "  ".into(), ..Default::default() };
        let form = ItemForm { variants: vec![emptied, kept.clone()], ..Default::default() };
        let form = without_emptied(form);
        assert_eq!(form.variants.len(), 2);
        assert_eq!(form.variants[0].id, "");
        assert_eq!(form.variants[1], kept);
    }

    #[test]
    fn the_grid_has_room_for_what_was_typed() {
        let returned = |name: &str, value: &str| Returned {
            path: "/api/stock/save".into(),
            problem: Some(Problem::from(Code::Invalid)),
            values: vec![("form[code]".into(), "A".into()), (name.into(), value.into())],
        };
        assert_eq!(rows_at_first(2, None), 5);
        assert_eq!(rows_at_first(0, Some(&returned("form[variants][7][name]", "XL"))), 8);
        assert_eq!(rows_at_first(0, Some(&returned("form[variants][7][name]", ""))), 3);
        assert_eq!(rows_at_first(0, Some(&returned("form[variants][999999][name]", "XL"))), MAX_VARIANTS);
    }
}
