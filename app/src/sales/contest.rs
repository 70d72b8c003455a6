//! Who came first for a variant of which more is wanted than there is, and how sure that is.

use domain::sales::contest::{Contest, ContestLine, Sureness};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_params_map;

use super::{claims::badge, lines::with_variant};
use crate::{
    error::AppError,
    live::use_changes,
    network::fetched,
    ui::{Badge, EmptyState, Notice, PageHead, PageProblem, Progress, Title, Tone, suspend},
};

/// The claims on a variant in the order in which they came.
#[server(prefix = "/api", endpoint = "sales/contest", input = GetUrl)]
pub async fn show_contest(sale: String, variant: String) -> Result<Contest, AppError> {
    let caller = crate::server::signed_in()?;
    let (sale, variant) = (crate::server::id(&sale)?, crate::server::id(&variant)?);
    Ok(services::sales::contest::view(&caller.services, &caller.actor, sale, variant).await?)
}

/// The page of who came first.
#[component]
pub fn ContestPage() -> impl IntoView {
    let params = use_params_map();
    let param = move |name: &str| params.with(|params| params.get(name).unwrap_or_default());
    let ids = Memo::new(move |_| (param("id"), param("variant")));
    let changes = use_changes();
    let contest =
        fetched(move || (ids.get(), changes.count()), |((sale, variant), _)| show_contest(sale, variant));
    let page = move || {
        suspend(async move {
            match contest.await {
                Ok(contest) => view! { <ContestView contest=contest /> }.into_any(),
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    let back = (ids.with_untracked(|(sale, _)| format!("/sell/{sale}")), "The sale".to_owned());
    view! {
        <Title text="Who came first" />
        <PageHead title="Who came first" back=back />
        <Transition fallback=|| view! { <Progress label="Looking who came first" /> }>{page}</Transition>
    }
    .into_any()
}

/// What is to be known of a contest in one sentence.
fn verdict(contest: &Contest) -> (Tone, String) {
    match (contest.is_contested(), contest.is_sure()) {
        (false, _) => (Tone::Ok, "There is enough for everybody.".to_owned()),
        (true, true) => (Tone::Ok, "More is wanted than there is. The order is sure.".to_owned()),
        (true, false) => (
            Tone::Review,
            "More is wanted than there is, and the order is not sure. Look at the marked comments where they were \
             written, and change claims by hand if somebody else came first."
                .to_owned(),
        ),
    }
}

#[component]
pub fn ContestView(contest: Contest) -> impl IntoView {
    let (tone, words) = verdict(&contest);
    let name = with_variant(&format!("{} {}", contest.code, contest.title), &contest.variant);
    let facts =
        format!("{} in stock · {} left · {} waited for", contest.on_hand, contest.left, contest.waiting);
    if contest.lines.is_empty() {
        return view! {
            <EmptyState title="Nobody claimed it yet" text="Who claims it stands here in the order in which they came." />
        }
        .into_any();
    }
    let more = contest.more;
    let lines =
        (1..).zip(contest.lines).map(|(place, line): (usize, _)| contender(place, line)).collect_view();
    view! {
        <div class="stack">
            <p>
                <b>{name}</b>
                <span class="quiet">" · " {facts}</span>
            </p>
            <Notice tone=tone text=words />
            <ol class="rows contest">{lines}</ol>
            {more.then(|| view! { <p class="hint">"Only the first claims are shown here."</p> })}
        </div>
    }
    .into_any()
}

fn contender(place: usize, line: ContestLine) -> impl IntoView {
    let (tone, word) = badge(line.state);
    let is_sure = line.sureness == Sureness::Sure;
    view! {
        <li class="row contender">
            <span class="num quiet">{place.to_string()}</span>
            <div class="row-words">
                <span>
                    <a href=format!("/customers/{}", line.customer_id) class="row-title">
                        {line.customer_name}
                    </a>
                    " "
                    {line.text}
                </span>
                <span class="row-sub">{line.came}</span>
                {(!is_sure).then(|| view! { <Badge tone=Tone::Review text=line.sureness.label() /> })}
            </div>
            <b class="num">{format!("×{}", line.quantity)}</b>
            <Badge tone=tone text=word />
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_says_whether_to_look() {
        let contest = |waiting, sureness| Contest {
            code: "A12".into(),
            title: String::new(),
            variant: String::new(),
            on_hand: 1,
            left: 0,
            waiting,
            lines: vec![ContestLine {
                claim_id: uuid::Uuid::nil(),
                customer_id: uuid::Uuid::nil(),
                customer_name: String::new(),
                quantity: 1,
                state: domain::sales::ClaimState::Held,
                text: String::new(),
                came: String::new(),
                sureness,
            }],
            more: false,
        };
        assert_eq!(verdict(&contest(0, Sureness::Edited)).0, Tone::Ok);
        assert_eq!(verdict(&contest(2, Sureness::Sure)).0, Tone::Ok);
        assert_eq!(verdict(&contest(2, Sureness::Edited)).0, Tone::Review);
    }
}
