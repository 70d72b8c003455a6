//! The variants of an item as a grid of fields, a row for each and some to spare.
//!
//! What is typed stands in the fields and nowhere else, so that the grid works before and without the browser's part; that
//! part reads and fills the fields as a hand would. The rows keep their numbers, so that a problem is shown beside the
//! answer it is about. A row whose answers are all empty stands for a variant that goes.

mod cells;
mod edit;
mod row;

use domain::inventory::{MAX_OPTIONS, MAX_VARIANTS, Priced, Stock, VariantForm, grid};
use leptos::{ev, html, prelude::*};

use self::{edit::Grid, row::VariantRow};
use super::item::SaveItem;
use crate::{
    form::{Form, Returned},
    ui::{FieldErrorLine, Fold, TextField, Toast},
};

/// Rows to spare below those of stored variants.
const SPARE_ROWS: usize = 3;

/// What an option may be called and what its values may be, to show what is meant.
const EXAMPLES: [(&str, &str); MAX_OPTIONS] =
    [("Size", "6, 7, 8"), ("Colour", "red, blue"), ("Metal", "gold, silver")];

/// The cells of a row in their order, with the names of their columns. Those of the values come first.
const PARTS: [(&str, &str); 6] = [
    ("code", "Code"),
    ("price", "Price"),
    ("net_weight", "Net weight"),
    ("weight", "Posted weight"),
    ("barcode", "Barcode"),
    ("quantity", "Pieces"),
];

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

/// Whether the form came back with a choice in it.
fn has_typed_choices(returned: Option<&Returned>) -> bool {
    returned.is_some_and(|returned| {
        returned.values.iter().any(|(name, value)| {
            !value.is_empty()
                && (name.starts_with("form[options]")
                    || name.starts_with("form[values]")
                    || name.contains("][values]["))
        })
    })
}

/// Whether a wrong field is one that an item without choices does not show.
fn is_of_choices(field: &str) -> bool {
    let of_a_row = field.starts_with("variants_") && !field.ends_with("_quantity");
    of_a_row || field == "variants" || field.starts_with("options_")
}

/// The grid.
#[component]
pub fn Variants(
    /// The form it belongs to.
    form: Form<SaveItem>,
    /// The form that came back, if one did.
    returned: Option<Returned>,
    /// The names of the options.
    options: Vec<String>,
    /// The stored variants.
    stored: Vec<VariantForm>,
    /// Their stock and what they cost, in the same order.
    stock: Vec<Stock>,
    /// See above.
    prices: Vec<Priced>,
) -> impl IntoView {
    let has_choices = stored.len() > 1 || !options.is_empty() || has_typed_choices(returned.as_ref());
    let first_rows = rows_at_first(stored.len(), returned.as_ref());
    let names: [RwSignal<String>; MAX_OPTIONS] = std::array::from_fn(|option| {
        let stored = options.get(option).map_or("", String::as_str);
        RwSignal::new(form.value(&format!("form[options][{option}]"), stored))
    });
    let typed =
        std::array::from_fn(|option| RwSignal::new(form.value(&format!("form[values][{option}]"), "")));
    let grid = Grid::new(stored, first_rows, has_choices, typed, names);
    let facts = StoredValue::new((stock, prices));
    let problem = form.problem();
    let is_open = Memo::new(move |_| {
        let is_wrong = problem.with(|problem| {
            problem.iter().flat_map(|problem| &problem.fields).any(|wrong| is_of_choices(&wrong.field))
        });
        is_wrong || grid.is_several()
    });
    let row = move |index: usize| {
        let (stock, price) = facts.with_value(|(stock, prices)| {
            (stock.get(index).copied(), prices.get(index).map(|priced| priced.price.decimal()))
        });
        view! { <VariantRow form=form grid=grid index=index stock=stock price=price /> }
    };
    let choices = (0..MAX_OPTIONS)
        .map(|option| view! { <Choice form=form grid=grid option=option name=names[option] typed=typed[option] /> })
        .collect_view();
    let value_heads = (0..MAX_OPTIONS)
        .map(|option| {
            let shown = move || grid.name(option);
            view! { <th scope="col" class=format!("cell-value cell-value-{option}")>{shown}</th> }
        })
        .collect_view();
    let heads =
        PARTS.map(|(part, label)| view! { <ColumnHead grid=grid part=part label=label /> }).collect_view();
    let general = form.error("variants");
    let pressed = move |event: ev::KeyboardEvent| grid.press(&event);
    let pasted = move |event: ev::ClipboardEvent| grid.paste(&event);
    let told = grid.told();
    view! {
        <fieldset id="field-variants" class="pieces" class:several=move || grid.is_several() tabindex="-1">
            <legend class="hidden-words">"Pieces and choices"</legend>
            <Fold
                class="fold choices"
                title="It comes in sizes, colours…"
                about="each with its own pieces, price and code"
                open=is_open
            >
                <p class="hint" id="variants-hint">
                    "Write each choice once, with commas between its values: they make the rows. Empty a row to remove it. \
                     A row without a price or weight has that of the item."
                </p>
                {choices}
            </Fold>
            {move || general.get().map(|error| view! { <FieldErrorLine text=error /> })}
            <div class="table-wrap">
                <table class="table fields grid" aria-describedby="variants-hint">
                    <caption class="hidden-words">"Pieces"</caption>
                    <thead>
                        <tr>
                            {value_heads} {heads}
                            <th scope="col" class="cell-stock">"Stock"</th>
                        </tr>
                    </thead>
                    <tbody on:keydown=pressed on:paste=pasted>
                        <For each=move || 0..grid.rows.get() key=|index| *index children=row />
                    </tbody>
                </table>
            </div>
            <div class="tools grid-tools">
                <button
                    type="button"
                    class="button small"
                    disabled=move || { grid.rows.get() >= MAX_VARIANTS }
                    on:click=move |_| grid.add_row()
                >
                    "Add row"
                </button>
                <span class="hint desk-only">
                    "Arrows and Enter move, Ctrl+D takes what stands above, and cells of a spreadsheet can be pasted."
                </span>
            </div>
            <Toast text=told undo=move || view! { <button type="button" on:click=move |_| grid.undo()>"Undo"</button> } />
        </fieldset>
    }
    .into_any()
}

/// The head of a column, with the button that fills it.
#[component]
fn ColumnHead(grid: Grid, part: &'static str, label: &'static str) -> impl IntoView {
    let can_be_filled = !matches!(part, "code" | "barcode");
    view! {
        <th scope="col" class=format!("cell-{part}")>
            {label}
            {can_be_filled
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="link fill-down"
                            title="Fill the empty cells below with the first"
                            on:click=move |_| grid.fill_down(part)
                        >
                            "↓"
                            <span class="hidden-words">{format!("Fill down: {label}")}</span>
                        </button>
                    }
                })}
        </th>
    }
    .into_any()
}

/// One option: its name, and values from which rows are made.
#[component]
fn Choice(
    form: Form<SaveItem>,
    grid: Grid,
    option: usize,
    name: RwSignal<String>,
    typed: RwSignal<String>,
) -> impl IntoView {
    let (example, values) = EXAMPLES[option];
    let ordinal = ["First", "Second", "Third"][option];
    // Enter makes the rows instead of sending the form.
    let pressed = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            grid.make_rows();
        }
    };
    let values_field = NodeRef::<html::Div>::new();
    let fields = view! {
        <div class=format!("form-pair choice choice-{option}") on:keydown=pressed>
            <TextField
                label=format!("{ordinal} choice")
                name=format!("form[options][{option}]")
                bind=name
                id=format!("field-options_{option}")
                autocomplete="off"
                placeholder=example
                error=form.error(format!("options_{option}"))
            />
            <div class="choice-values" node_ref=values_field on:change=move |_| grid.make_rows()>
                <TextField
                    label=format!("Values of the {} choice", ordinal.to_lowercase())
                    name=format!("form[values][{option}]")
                    id=format!("field-values_{option}")
                    autocomplete="off"
                    placeholder=values
                    bind=typed
                />
            </div>
        </div>
    };
    // Values that were typed and left before the browser's part had loaded make their rows now. The field's own effect
    // has told the signal of them by then.
    Effect::new(move |is_done: Option<bool>| {
        let Some(field) = values_field.get().filter(|_| is_done != Some(true)) else {
            return is_done.unwrap_or(false);
        };
        if !field.matches(":focus-within").unwrap_or(true) {
            grid.make_rows();
        }
        true
    });
    fields.into_any()
}

/// The values that are typed for each option.
fn typed_values(typed: &[String]) -> Vec<Vec<String>> {
    typed.iter().map(|typed| grid::values(typed)).collect()
}

#[cfg(test)]
mod tests {
    use domain::problem::{Code, Problem};

    use super::*;

    fn returned(name: &str, value: &str) -> Returned {
        Returned {
            path: "/api/stock/save".into(),
            problem: Some(Problem::from(Code::Invalid)),
            values: vec![("form[code]".into(), "A".into()), (name.into(), value.into())],
        }
    }

    #[test]
    fn the_grid_has_room_for_what_was_typed() {
        assert_eq!(rows_at_first(2, None), 5);
        assert_eq!(rows_at_first(0, Some(&returned("form[variants][7][values][0]", "XL"))), 8);
        assert_eq!(rows_at_first(0, Some(&returned("form[variants][7][values][0]", ""))), 3);
        assert_eq!(rows_at_first(0, Some(&returned("form[variants][999999][code]", "XL"))), MAX_VARIANTS);
    }

    #[test]
    fn what_was_typed_is_not_folded_away() {
        assert!(has_typed_choices(Some(&returned("form[variants][0][values][0]", "XL"))));
        assert!(has_typed_choices(Some(&returned("form[options][0]", "Size"))));
        assert!(!has_typed_choices(Some(&returned("form[variants][0][quantity]", "3"))));
        assert!(!has_typed_choices(None));
    }
}
