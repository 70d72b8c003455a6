//! One row of the grid.

use domain::inventory::{MAX_OPTIONS, Stock};
use leptos::prelude::*;

use super::{PARTS, cells, edit::Grid};
use crate::{
    accounts::business_frame::use_viewer,
    form::Form,
    inventory::{item::SaveItem, list::stock_words},
    ui::{Icon, IconName, Tone, ToneMark},
};

/// The cells of one variant.
#[component]
pub fn VariantRow(
    /// The form it belongs to.
    form: Form<SaveItem>,
    /// The grid.
    grid: Grid,
    /// Its number.
    index: usize,
    /// Its stock, if it is stored.
    stock: Option<Stock>,
    /// What it costs, if it is stored.
    price: Option<String>,
) -> impl IntoView {
    let first = grid.first(index);
    let symbol = use_viewer().with_untracked(|viewer| viewer.currency.symbol().trim());
    let shown_price = price.unwrap_or_else(|| symbol.to_owned());
    let values = (0..MAX_OPTIONS)
        .map(|option| {
            let stored = first.values.get(option).cloned().unwrap_or_default();
            let part = cells::VALUE_PARTS[option];
            let name = format!("form[variants][{index}][values][{option}]");
            let label = ["first choice", "second choice", "third choice"][option];
            let class = format!("cell-value cell-value-{option}");
            let shown = Signal::derive(move || grid.name(option));
            view! { <GridCell form=form index=index part=part name=name label=label shown=shown stored=stored class=class /> }
        })
        .collect_view();
    let answers =
        [&first.code, &first.price, &first.net_weight, &first.weight, &first.barcode, &first.quantity];
    let others = PARTS
        .into_iter()
        .zip(answers)
        .map(|((part, label), stored)| {
            let name = format!("form[variants][{index}][{part}]");
            let inputmode = match part {
                "quantity" => Some("numeric"),
                "price" | "net_weight" | "weight" => Some("decimal"),
                _ => None,
            };
            let placeholder = if part == "price" { shown_price.clone() } else { String::new() };
            view! {
                <GridCell
                    form=form
                    index=index
                    part=part
                    name=name
                    label=label
                    shown=Signal::stored(label.to_owned())
                    stored=stored.clone()
                    class=format!("cell-{part}")
                    inputmode=inputmode
                    placeholder=placeholder
                />
            }
        })
        .collect_view();
    let held = stock.map_or(0, |stock| stock.held);
    let remove = (held == 0).then(|| {
        view! {
            <button type="button" class="button quiet small" on:click=move |_| grid.remove(index)>
                <Icon name=IconName::Cross />
                <span class="hidden-words">{format!("Remove variant {}", index + 1)}</span>
            </button>
        }
    });
    let was = format!("form[variants][{index}][was]");
    view! {
        <tr hidden=move || grid.is_gone(index)>
            {values} {others}
            <td class="cell-stock">
                <input type="hidden" name=format!("form[variants][{index}][id]") value=first.id />
                <input type="hidden" name=was.clone() value=form.value(&was, &first.was) />
                <span>{stock.map(|stock| stock_words(&stock))}</span>
                {remove}
            </td>
        </tr>
    }
    .into_any()
}

/// One cell.
#[component]
fn GridCell(
    form: Form<SaveItem>,
    index: usize,
    part: &'static str,
    name: String,
    label: &'static str,
    /// What the answer is called beside it, where there is no head of a column.
    shown: Signal<String>,
    stored: String,
    class: String,
    #[prop(optional_no_strip)] inputmode: Option<&'static str>,
    #[prop(optional)] placeholder: String,
) -> impl IntoView {
    let id = cells::id(index, part);
    let error_id = format!("{id}-error");
    let error = form.error(format!("variants_{index}_{part}"));
    let described_by = {
        let error_id = error_id.clone();
        move || error.get().map(|_| error_id.clone())
    };
    let is_number = inputmode.is_some();
    view! {
        <td class=class data-label=move || shown.get()>
            <input
                class="input"
                class:num=is_number
                type="text"
                id=id
                value=form.value(&name, &stored)
                name=name
                inputmode=inputmode
                placeholder=placeholder
                autocomplete="off"
                aria-label=format!("Variant {} {}", index + 1, label.to_lowercase())
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=described_by
            />
            {move || {
                error
                    .get()
                    .map(|error| {
                        view! {
                            <span class="field-error" id=error_id.clone() data-tone="wrong">
                                <ToneMark tone=Tone::Wrong />
                                {error}
                            </span>
                        }
                    })
            }}
        </td>
    }
    .into_any()
}
