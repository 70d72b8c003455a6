//! Today: what came in, what is stuck, what to do next.

use domain::reports::{FirstSteps, LatestSale, Stuck, TodayView, Trouble};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    chart::DayLine,
    stuck::{MailRests, RetryAll, RetryStuck, STUCK, StuckRows},
};
use crate::{
    error::AppError,
    form::{Form, use_form, use_returned},
    invoices::list::InvoiceTable,
    live::use_changes,
    network::fetched,
    ui::{Amount, Notice, PageHead, PageProblem, Row, Rows, Section, Stat, Title, Tone, ToneMark, suspend},
};

/// Today's numbers.
#[server(prefix = "/api", endpoint = "today", input = leptos::server_fn::codec::GetUrl)]
pub async fn view_today() -> Result<TodayView, AppError> {
    let caller = crate::server::signed_in()?;
    Ok(services::reports::today::view(&caller.services, &caller.actor).await?)
}

/// One of the first steps of a business.
struct Step {
    label: &'static str,
    why: &'static str,
    path: &'static str,
    done: bool,
}

/// The first steps in their order.
fn steps(steps: FirstSteps) -> [Step; 4] {
    [
        Step {
            label: "Add your first item",
            why: "Its code is what buyers type to claim it.",
            path: "/stock/new",
            done: steps.has_item,
        },
        Step {
            label: "Connect Stripe",
            why: "Buyers pay their invoices there.",
            path: "/settings#payments",
            done: steps.has_gateway,
        },
        Step {
            label: "Connect postage",
            why: "Compare rates and print labels.",
            path: "/settings#postage",
            done: steps.has_carrier,
        },
        Step {
            label: "Open your first sale",
            why: "Paste the comments; the claims are read for you.",
            path: "/sell/new",
            done: steps.has_sale,
        },
    ]
}

/// How the last sale did against the one before it, in whole per cent: `12 % more than the sale before`.
fn comparison(latest: &LatestSale) -> Option<String> {
    let before = latest.before?;
    if before.minor <= 0 {
        return None;
    }
    let difference = i128::from(latest.claimed.minor) - i128::from(before.minor);
    let percent = (difference.abs() * 100 + i128::from(before.minor) / 2) / i128::from(before.minor);
    Some(match difference {
        0 => format!("As much as the sale before ({before})"),
        1.. => format!("{percent} % more than the sale before ({before})"),
        _ => format!("{percent} % less than the sale before ({before})"),
    })
}

/// The first page.
#[component]
pub fn TodayPage() -> impl IntoView {
    let changes = use_changes();
    let form = use_form::<RetryStuck>(&use_returned());
    Effect::new(move |_| {
        if form.action.version().get() > 0 {
            changes.note();
        }
    });
    let found = fetched(move || changes.count(), |_| view_today());
    view! {
        <Title text="Today" />
        <Transition fallback=|| view! { <PageHead title="Today" /> }>
            {move || suspend(async move {
                match found.await {
                    Ok(view) => view! { <Today view=view form=form /> }.into_any(),
                    Err(AppError(problem)) => {
                        view! {
                            <PageHead title="Today" />
                            <PageProblem code=problem.code />
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Today(view: TodayView, form: Form<RetryStuck>) -> impl IntoView {
    let head = if view.steps.has_item && view.steps.has_sale {
        let open = || {
            view! {
                <A href="/sell/new" attr:class="button primary">
                    "Open a sale"
                </A>
            }
        };
        view! { <PageHead title="Today" action=open /> }.into_any()
    } else {
        view! { <PageHead title="Today" /> }.into_any()
    };
    let first_steps = (!view.steps.all_done()).then(|| view! { <FirstStepsList known=view.steps /> });
    let stuck = (!view.stuck.is_empty())
        .then(|| view! { <StuckList stuck=view.stuck.clone() count=view.stuck_count form=form /> });
    let troubles = view
        .troubles
        .iter()
        .map(|trouble| view! { <TroubleNotice trouble=trouble.clone() /> })
        .collect_view();
    let collected = view.collected;
    let refunded = (view.refunded.minor > 0).then(|| {
        view! { <p class="hint">{format!("{} of it was refunded; that is not taken off yet.", view.refunded)}</p> }
    });
    let latest = view.latest_sale.clone().map(|sale| view! { <Latest sale=sale /> });
    let unpaid = (!view.unpaid_invoices.is_empty()).then(|| {
        let rows = view.unpaid_invoices.clone();
        view! {
            <Section title="Unpaid the longest" aside=|| view! { <A href="/bill?state=open">"All unpaid"</A> }>
                <InvoiceTable rows=rows />
            </Section>
        }
    });
    view! {
        {head}
        <Numbers view=view.clone() />
        {first_steps}
        {troubles}
        <MailRests words=view.mail_rests.clone() />
        {stuck}
        <Section title="The last thirty days" aside=move || view! { <Amount money=collected /> " collected" }>
            <DayLine values=view.collected_by_day currency=collected.currency />
            {refunded}
        </Section>
        {latest}
        {unpaid}
    }
    .into_any()
}

#[component]
fn Numbers(view: TodayView) -> impl IntoView {
    let waits = |number: i64, tone: Tone| if number > 0 { tone } else { Tone::Quiet };
    view! {
        <div class="stats">
            <Stat href="/sell" label="To review" tone=waits(view.to_review, Tone::Review) note="Comments">
                {view.to_review}
            </Stat>
            <Stat href="/bill" label="To bill" tone=waits(view.to_bill, Tone::Waiting) note="Buyers">
                {view.to_bill}
            </Stat>
            <Stat
                href="/bill?state=open"
                label="Unpaid"
                tone=waits(view.unpaid.minor, Tone::Waiting)
                note="On invoices"
            >
                <Amount money=view.unpaid />
            </Stat>
            <Stat href="/ship" label="To ship" tone=waits(view.to_ship, Tone::Waiting) note="Parcels">
                {view.to_ship}
            </Stat>
            {(view.low_stock > 0).then(|| view! {
                <Stat href="/stock?low=1" label="Running low" tone=Tone::Waiting note="Items">
                    {view.low_stock}
                </Stat>
            })}
        </div>
    }
    .into_any()
}

/// What a new business has yet to do; the next step is the page's primary action.
#[component]
fn FirstStepsList(known: FirstSteps) -> impl IntoView {
    let all = steps(known);
    let next = all.iter().position(|step| !step.done);
    let has_sold = known.has_item && known.has_sale;
    let lines = all
        .into_iter()
        .enumerate()
        .map(|(index, step)| {
            // Where the head has the primary action already, no step is one.
            let class = if Some(index) == next && !has_sold { "button primary" } else { "button small" };
            let end = if step.done {
                view! { <span class="hint">"Done"</span> }.into_any()
            } else {
                view! {
                    <A href=step.path attr:class=class>
                        {step.label}
                    </A>
                }
                .into_any()
            };
            let words = if step.done { Some(step.label) } else { None };
            let tone = if step.done { Tone::Ok } else { Tone::Waiting };
            view! {
                <li class="row" data-tone=tone.name()>
                    <ToneMark tone=tone />
                    <span class="row-words">
                        {words} <span class="row-sub">{step.why}</span>
                    </span>
                    <span class="row-aside">{end}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <Section title="First steps">
            <ol class="rows">{lines}</ol>
        </Section>
    }
    .into_any()
}

/// What only a person can put right, with the way there.
#[component]
fn TroubleNotice(trouble: Trouble) -> impl IntoView {
    view! {
        <Notice tone=Tone::Wrong text=trouble.what>
            <A href=trouble.path>"See what to do"</A>
        </Notice>
    }
    .into_any()
}

#[component]
fn StuckList(stuck: Vec<Stuck>, count: u64, form: Form<RetryStuck>) -> impl IntoView {
    let refused =
        move || form.message().get().map(|message| view! { <Notice tone=Tone::Wrong text=message /> });
    let shown = u64::try_from(stuck.len()).unwrap_or(u64::MAX);
    let words = match count > shown {
        true => format!("See all {count}"),
        false => "See all, and what was dismissed".to_owned(),
    };
    view! {
        <Section title="Stuck" aside=move || view! { <RetryAll form=form /> }>
            {refused}
            <StuckRows stuck=stuck form=form />
            <p>
                <A href=STUCK>{words}</A>
            </p>
        </Section>
    }
    .into_any()
}

#[component]
fn Latest(sale: LatestSale) -> impl IntoView {
    let buyers = match sale.buyers {
        1 => "1 buyer".to_owned(),
        several => format!("{several} buyers"),
    };
    let sub = match comparison(&sale) {
        Some(comparison) => format!("{buyers} · {comparison}"),
        None => buyers,
    };
    view! {
        <Section title="Last sale">
            <Rows>
                <Row href=format!("/sell/{}", sale.id) title=sale.title sub=sub>
                    <Amount money=sale.claimed />
                </Row>
            </Rows>
        </Section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::money::{Currency, Money};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_sale_is_compared_in_whole_per_cent() {
        let sale = |claimed, before: Option<i64>| LatestSale {
            id: Uuid::nil(),
            title: "Friday".into(),
            claimed: Money::new(claimed, Currency::USD),
            buyers: 2,
            before: before.map(|before| Money::new(before, Currency::USD)),
        };
        let told = |claimed, before| comparison(&sale(claimed, before));
        assert_eq!(told(11_200, Some(10_000)).as_deref(), Some("12 % more than the sale before ($100.00)"));
        assert_eq!(told(6_665, Some(10_000)).as_deref(), Some("33 % less than the sale before ($100.00)"));
        assert_eq!(told(10_000, Some(10_000)).as_deref(), Some("As much as the sale before ($100.00)"));
        assert_eq!(told(10_000, Some(0)), None);
        assert_eq!(told(10_000, None), None);
    }

    #[test]
    fn the_first_step_is_an_item_and_what_is_done_is_marked() {
        let known = FirstSteps { has_item: true, ..FirstSteps::default() };
        let done: Vec<bool> = steps(known).iter().map(|step| step.done).collect();
        assert_eq!(done, [true, false, false, false]);
        assert_eq!(steps(known)[0].path, "/stock/new");
    }
}
