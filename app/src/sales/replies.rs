//! The replies of a sale, to copy: sellers answer by hand where they sell.

use domain::sales::reply::{Replies, ReplyLine};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_params_map;

use super::copy::CopyText;
use crate::{
    error::AppError,
    live::use_changes,
    network::fetched,
    ui::{EmptyState, PageHead, PageProblem, Progress, Section, Title, suspend},
};

/// Lines of the field for all replies, at most.
const MOST_ROWS: u16 = 12;

/// The replies of a sale.
#[server(prefix = "/api", endpoint = "sales/replies", input = GetUrl)]
pub async fn show_replies(id: String) -> Result<Replies, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::sales::replies::of_sale(&caller.services, &caller.actor, id).await?)
}

/// The page of the replies.
#[component]
pub fn RepliesPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let changes = use_changes();
    let replies = fetched(move || (id.get(), changes.count()), |(id, _)| show_replies(id));
    let page = move || {
        suspend(async move {
            match replies.await {
                Ok(replies) => view! { <Texts replies=replies id=id.get_untracked() /> }.into_any(),
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    let back = move || (format!("/sell/{}", id.get_untracked()), "The sale".to_owned());
    view! {
        <Title text="Replies" />
        <PageHead title="Replies" back=back() />
        <Transition fallback=|| view! { <Progress label="Writing the replies" /> }>{page}</Transition>
    }
    .into_any()
}

#[component]
fn Texts(replies: Replies, id: String) -> impl IntoView {
    if replies.lines.is_empty() {
        return view! {
            <EmptyState
                title="Nothing to answer yet"
                text="Paste comments into the sale and hold their claims: what to answer each buyer then stands here, ready to copy."
                action=move || view! { <a class="button primary" href=format!("/sell/{id}")>"Go to the sale"</a> }
            />
        }
        .into_any();
    }
    let buyers = replies.latest.len();
    let rows = u16::try_from(buyers).unwrap_or(MOST_ROWS).clamp(1, MOST_ROWS);
    let all = replies.latest_text();
    let together = (buyers > 0).then(|| {
        let words = match buyers {
            1 => "One buyer of the latest paste".to_owned(),
            buyers => format!("All {buyers} buyers of the latest paste"),
        };
        view! {
            <Section title=words.clone()>
                <CopyText label=words text=Signal::stored(all) rows=rows />
            </Section>
        }
    });
    let more = replies.more;
    let lines = replies.lines.into_iter().map(reply).collect_view();
    view! {
        <div class="stack loose replies">
            {together}
            <Section title="One by one">
                <ul class="rows">{lines}</ul>
                {more.then(|| view! { <p class="hint">"Only the latest comments are shown here."</p> })}
            </Section>
        </div>
    }
    .into_any()
}

fn reply(line: ReplyLine) -> impl IntoView {
    let text = if line.comment_id.is_some() { line.text } else { "Claimed by hand".to_owned() };
    view! {
        <li class="reply">
            <p>
                <b>{line.author.clone()}</b>
                " "
                <span class="quiet">{text}</span>
            </p>
            <CopyText label=format!("the reply to {}", line.author) text=Signal::stored(line.reply) />
        </li>
    }
    .into_any()
}
