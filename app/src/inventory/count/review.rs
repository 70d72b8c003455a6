//! The differences before a stock-take is closed, and what it says afterwards.

use domain::inventory::{
    count::{CountView, Difference, Differences},
    stock::signed,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::{one::back, variants};
use crate::{
    error::AppError,
    form::Form,
    ui::{EmptyState, Notice, PageHead, SubmitButton, Title, Tone, ToneMark},
};

/// What closing a stock-take would book.
#[server(prefix = "/api", endpoint = "stock/counts/differences", input = GetUrl)]
pub async fn load_differences(id: String) -> Result<Differences, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::inventory::count::differences(&caller.services, &caller.actor, id).await?)
}

/// Closes a stock-take and books its differences; gives how many.
#[server(prefix = "/api", endpoint = "stock/counts/close")]
pub async fn close_count(id: String) -> Result<i64, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::inventory::count::close(&caller.services, &caller.actor, id).await?)
}

/// Undoes closing.
#[server(prefix = "/api", endpoint = "stock/counts/reopen")]
pub async fn reopen_count(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::inventory::count::reopen(&caller.services, &caller.actor, id).await?)
}

/// `7 differences`.
fn differences_in_words(number: i64) -> String {
    if number == 1 { "1 difference".into() } else { format!("{number} differences") }
}

/// The differences, and the button that books them.
#[component]
pub fn Review(view: CountView, differences: Differences, form: Form<CloseCount>) -> impl IntoView {
    let id = view.id.to_string();
    let to_book = differences.rows.iter().any(|row| row.difference != 0);
    let words = match (differences.all, to_book) {
        (0, _) | (_, false) => "Close without a difference".to_owned(),
        (all, _) => format!("Close and book {}", differences_in_words(all)),
    };
    let is_blocked = differences.problems > 0 || view.counted == 0;
    let close = {
        let id = id.clone();
        move || {
            view! {
                <ActionForm action=form.action>
                    <input type="hidden" name="id" value=id.clone() />
                    <SubmitButton label=words.clone() pending=form.pending() pending_label="Closing…" disabled=is_blocked />
                </ActionForm>
            }
        }
    };
    let on_with_it = (format!("/stock/count/{id}"), "Go on counting".to_owned());
    view! {
        <Title text=format!("{} · Differences", view.what) />
        <PageHead
            title="Differences"
            back=on_with_it
            action=close
            subtitle=move || view! { <span>{view.what.clone()}</span> }
        />
        <Refused form=form />
        <Summary differences=differences.clone() counted=view.counted />
        <DifferenceTable differences=differences />
    }
    .into_any()
}

/// Why a stock-take was not closed.
#[component]
fn Refused(form: Form<CloseCount>) -> impl IntoView {
    let problem = form.problem();
    let words = Signal::derive(move || {
        problem.with(|problem| {
            let problem = problem.as_ref()?;
            Some(match problem.fields.len() {
                0 => problem.code.message().to_owned(),
                1 => "Nothing was booked: one line below needs you.".to_owned(),
                several => format!("Nothing was booked: {several} lines below need you."),
            })
        })
    });
    view! { {move || words.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })} }.into_any()
}

/// What agrees, what does not, and what was left out.
#[component]
fn Summary(differences: Differences, counted: i64) -> impl IntoView {
    let mut words = Vec::new();
    if differences.problems > 0 {
        words.push(match differences.problems {
            1 => "1 line cannot be booked: see what is written beside it.".to_owned(),
            several => format!("{several} lines cannot be booked: see what is written beside them."),
        });
    }
    if differences.left_out > 0 && counted > 0 {
        words.push(match differences.left_out {
            1 => "1 variant was not counted and stays as it is.".to_owned(),
            several => format!("{several} variants were not counted and stay as they are."),
        });
    }
    let tone = if differences.problems > 0 { Tone::Wrong } else { Tone::Quiet };
    let agree = match differences.agree {
        0 => None,
        1 => Some("1 variant is as the books say.".to_owned()),
        several => Some(format!("{several} variants are as the books say.")),
    };
    view! {
        {(!words.is_empty()).then(|| view! { <Notice tone=tone text=words.join(" ") /> })}
        {agree.map(|agree| view! { <p class="quiet">{agree}</p> })}
    }
    .into_any()
}

#[component]
fn DifferenceTable(differences: Differences) -> impl IntoView {
    if differences.rows.is_empty() {
        let (title, text) = match differences.agree {
            0 => (
                "Nothing was counted yet",
                "Type or scan what lies on the shelves; what differs from the books shows here.",
            ),
            _ => ("No differences", "Everything that was counted is as the books say."),
        };
        return view! { <EmptyState title=title text=text /> }.into_any();
    }
    let hidden = differences.all - i64::try_from(differences.rows.len()).unwrap_or(i64::MAX);
    let rows = differences.rows.into_iter().map(difference_row).collect_view();
    view! {
        <div class="table-wrap">
            <table class="table differences">
                <caption class="hidden-words">"Differences"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Item"</th>
                        <th scope="col" class="num">"Counted"</th>
                        <th scope="col" class="num">"Since then"</th>
                        <th scope="col" class="num">"By the books"</th>
                        <th scope="col" class="num">"Difference"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {(hidden > 0).then(|| view! { <p class="hint">{format!("And {hidden} more.")}</p> })}
    }
    .into_any()
}

fn difference_row(row: Difference) -> impl IntoView {
    let wrong = row.problem.is_some();
    let name = match row.variant.is_empty() {
        true => row.title,
        false => format!("{} · {}", row.title, row.variant),
    };
    let problem = row.problem.map(|problem| {
        view! {
            <span class="field-error" data-tone="wrong">
                <ToneMark tone=Tone::Wrong />
                {problem}
            </span>
        }
    });
    let unsure = row.unsure.then(|| {
        view! {
            <span class="field-error" data-tone="review">
                <ToneMark tone=Tone::Review />
                "Pieces came or went while it was scanned."
            </span>
        }
    });
    let in_short = format!("{} counted, {} by the books", row.counted, row.on_hand);
    view! {
        <tr data-tone=wrong.then_some("wrong")>
            <td class="main">
                <a class="plain" href=format!("/stock/{}", row.item_id)>
                    <span class="code">{row.code}</span>
                    " "
                    {name}
                </a>
                {problem}
                {unsure}
            </td>
            <td class="num wide-only">{row.counted.to_string()}</td>
            <td class="num wide-only">{if row.moved == 0 { String::new() } else { signed(row.moved) }}</td>
            <td class="num wide-only">{row.on_hand.to_string()}</td>
            <td class="num lead">{signed(row.difference)}</td>
            <td class="sub phone-only">{in_short}</td>
        </tr>
    }
}

/// A stock-take that is closed, and the way to open it again.
#[component]
pub fn Closed(view: CountView, form: Form<ReopenCount>) -> impl IntoView {
    let id = view.id.to_string();
    let refused = form.message();
    let done = format!(
        "Closed. {} were counted; each difference stands in the history of its item.",
        variants(view.counted)
    );
    view! {
        <Title text=format!("{} · Stock-take", view.what) />
        <PageHead title=view.what.clone() back=back() />
        {move || refused.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
        <Notice tone=Tone::Ok text=done>
            <ActionForm action=form.action>
                <input type="hidden" name="id" value=id />
                <SubmitButton label="Undo and go on counting" kind="small" pending=form.pending() pending_label="Undoing…" />
            </ActionForm>
        </Notice>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_difference_is_no_differences() {
        assert_eq!(differences_in_words(1), "1 difference");
        assert_eq!(differences_in_words(7), "7 differences");
    }
}
