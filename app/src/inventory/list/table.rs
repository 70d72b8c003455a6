//! The rows of the list of items, or what to do where there are none.

use domain::{
    inventory::{
        ItemRow, ItemSort, ItemsEdit, StockList, StockQuery,
        pictures::{PictureSize, address as picture_address},
    },
    weight::{self, WeightUnit},
};
use leptos::prelude::*;
use leptos_router::components::A;
use uuid::Uuid;

use super::{ChangeItems, UndoItems, filter::chips, stock_words, undo_form};
use crate::{
    accounts::business_frame::use_viewer,
    lists::{
        bulk::{BulkForms, done_notice, pick_all},
        keys::return_to_row,
        page::{address, order, pager, start_of},
        query_of,
        rows::{amount, pick, row_address, row_id, sort_head, stock_bar},
        views::{ViewForms, ViewTabs},
    },
    ui::EmptyState,
};

/// The tabs, the filters and the rows of one stretch.
#[component]
pub fn Items(
    list: StockList,
    query: StockQuery,
    views: ViewForms,
    bulk: BulkForms<ChangeItems, UndoItems>,
) -> impl IntoView {
    let start = start_of(&query);
    let usual = |archived: bool, words: &'static str| {
        let shown = StockQuery { archived, ..Default::default() };
        let href = address(&shown);
        let is_current = query_of(&href) == start;
        (words, href, is_current)
    };
    let usual = vec![usual(false, "For sale"), usual(true, "Archived")];
    let done = list.done.map(|done| done_notice(done, undo_form(bulk)));
    let rows = if list.items.rows.is_empty() {
        view! { <NoItems query=query.clone() /> }.into_any()
    } else {
        table(&list.items.rows, &query, &start, list.key, bulk)
    };
    let (previous, next) = (list.items.previous.as_deref(), list.items.next.as_deref());
    let pager = pager(&query, list.items.rows.len(), previous, next);
    return_to_row();
    view! {
        <ViewTabs label="Which items" list=StockList::NAME usual=usual views=list.views query=start.clone() forms=views />
        {chips(&query)}
        {done}
        {rows}
        {pager}
    }
    .into_any()
}

/// The rows of one stretch within the form that changes those that are chosen.
fn table(
    rows: &[ItemRow],
    query: &StockQuery,
    start: &str,
    key: Uuid,
    bulk: BulkForms<ChangeItems, UndoItems>,
) -> AnyView {
    let unit = use_viewer().with_untracked(|viewer| viewer.weight_unit);
    let back = query_of(&address(query));
    let (sort, is_opposite) = query.order();
    let order = |by: ItemSort| {
        let current = (sort == by).then_some(is_opposite);
        order(query, (by.as_str(), by.label()), ItemSort::Code.as_str(), current)
    };
    // What is for sale cannot be put back, and what is archived not archived.
    let hidden = if query.archived { ItemsEdit::Archive } else { ItemsEdit::PutBack };
    let kinds = ItemsEdit::ALL
        .iter()
        .filter(|kind| **kind != hidden)
        .map(|kind| (kind.as_str(), kind.label()))
        .collect();
    bulk.shows(rows.iter().map(|row| row.id).collect());
    let rows = rows.iter().map(|row| item_row(row, unit, &back)).collect_view();
    let names = sort_head("", [order(ItemSort::Code), order(ItemSort::Title), order(ItemSort::Newest)]);
    let stock = sort_head("", [order(ItemSort::Left)]);
    let price = sort_head("num", [order(ItemSort::Price)]);
    let bar = bulk.bar(kinds, start.to_owned(), key, "Tag, category, or per cent such as -10");
    view! {
        <ActionForm action=bulk.change.action attr:class="list-form">
            <div class="table-wrap">
                <table class="table list">
                    <caption class="hidden-words">"Items"</caption>
                    <thead>
                        <tr>
                            {pick_all()}
                            <th scope="col" class="pic">
                                <span class="hidden-words">"Picture"</span>
                            </th>
                            {names}
                            <th scope="col">"Material"</th>
                            <th scope="col">"Choices"</th>
                            {stock}
                            <th scope="col">
                                <span class="hidden-words">"Left, held and sold"</span>
                            </th>
                            <th scope="col" class="num">
                                "Weight"
                            </th>
                            {price}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {bar}
        </ActionForm>
    }
    .into_any()
}

fn item_row(row: &ItemRow, unit: WeightUnit, back: &str) -> AnyView {
    let (left, held, sold) = (row.stock.left(), row.stock.held, row.stock.sold);
    let picture = match &row.picture {
        Some(token) => {
            let src = picture_address(token, PictureSize::Thumb);
            view! { <img class="thumb" src=src alt="" width="40" height="40" loading="lazy" /> }.into_any()
        }
        None => view! { <span class="thumb"></span> }.into_any(),
    };
    let regular = row.regular.map(|regular| view! { <s class="money-rate">{amount(regular)}</s> });
    let told = row.told.clone().map(|told| view! { <span class="money-rate">{told}</span> });
    view! {
        <tr data-tone=row.is_low.then_some("waiting")>
            {pick(row.id, &row.code)}
            <td class="pic">{picture}</td>
            <td class="main">
                <a href=row_address("/stock", row.id, back) id=row_id(row.id) class="row-link">
                    <span class="code">{row.code.clone()}</span>
                    " "
                    {row.title.clone()}
                </a>
            </td>
            <td class="wide-only">{row.material.clone()}</td>
            <td class="wide-only wide-cut">{row.variants.join(", ")}</td>
            <td class="sub">
                {stock_words(&row.stock)}
                {row.is_low.then_some(" · runs low")}
            </td>
            <td class="state stock-share">{stock_bar(left, held, sold)}</td>
            <td class="num wide-only">{weight::display(row.weight, unit)}</td>
            <td class="num lead">
                {amount(row.price)}
                {regular}
                {told}
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn NoItems(query: StockQuery) -> impl IntoView {
    if !query.search.is_empty() {
        let title = format!("Nothing matches “{}”", query.search);
        return view! {
            <EmptyState
                title=title
                text="Items are found by their code, title, category and tags, and by the other words for them."
            />
        }
        .into_any();
    }
    if query.is_filtered() {
        return view! {
            <EmptyState
                title="No item is like this"
                text="Take a filter away to see more."
                action=|| view! { <A href="/stock">"Show all items"</A> }
            />
        }
        .into_any();
    }
    if query.archived {
        return view! {
            <EmptyState title="Nothing is archived" text="Items that you no longer sell can be put here. Their sales stay." />
        }
        .into_any();
    }
    view! {
        <EmptyState
            title="No items yet"
            text="What you sell goes here. Give each item a short code, such as A12: buyers type it in their comments, and the stock follows."
            action=|| view! { <A href="/stock/new">"Add the first item"</A> " or " <A href="/import">"import them from a file"</A> }
        />
    }
    .into_any()
}
