//! What is done by hand in a sale: the server functions for it, and the toast that offers the way back.

use domain::{problem::Problem, sales::by_hand::ActionLine};
use leptos::{prelude::*, server_fn::ServerFn};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::AppError,
    form::{Form, FormKey, Returned, use_form},
    live::Changes,
    ui::{Toast, Told},
};

/// Something that was done, or why it was not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// What was done, as a sentence; or why it was not.
    pub words: String,
    /// Whether nothing was done because what was typed is not plain.
    pub unclear: bool,
    /// The comment that it is about, if it is about one.
    pub comment: Option<Uuid>,
    pub undo: Option<Undo>,
}

/// The way back from a deed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Undo {
    /// An action on claims.
    Action(Uuid),
    /// A comment that was passed over.
    PassedOver(Uuid),
    /// A rule that was taught.
    Taught { id: Uuid, phrase: String, before: Option<String> },
}

impl Deed {
    /// An action on claims.
    pub fn action(line: &ActionLine) -> Self {
        Deed { words: line.sentence(), unclear: false, comment: None, undo: Some(Undo::Action(line.id)) }
    }

    /// A comment that was passed over.
    pub fn passed_over(comment: Uuid) -> Self {
        let words = "Passed over: the comment claims nothing.".to_owned();
        Deed { words, unclear: false, comment: Some(comment), undo: Some(Undo::PassedOver(comment)) }
    }

    /// What was not done, and why.
    pub fn unclear(words: String) -> Self {
        Deed { words, unclear: true, comment: None, undo: None }
    }
}

/// The deed that an action was, in words.
#[cfg(feature = "ssr")]
async fn action(caller: &crate::server::Caller, id: Uuid) -> Result<Deed, AppError> {
    Ok(Deed::action(&services::sales::actions::view(&caller.services, &caller.actor, id).await?))
}

/// Lets go of a claim.
#[server(prefix = "/api", endpoint = "sales/claims/cancel")]
pub async fn cancel_claim(claim: String) -> Result<Deed, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&claim)?;
    let done = services::sales::by_hand::cancel(&caller.services, &caller.actor, id).await?;
    action(&caller, done).await
}

/// Moves a held claim to the end of the waitlist.
#[server(prefix = "/api", endpoint = "sales/claims/wait")]
pub async fn wait_claim(claim: String) -> Result<Deed, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&claim)?;
    let done = services::sales::by_hand::wait(&caller.services, &caller.actor, id).await?;
    action(&caller, done).await
}

/// Gives a claim to another buyer.
#[server(prefix = "/api", endpoint = "sales/claims/assign")]
pub async fn assign_claim(claim: String, #[server(default)] buyer: String) -> Result<Deed, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&claim)?;
    let done = services::sales::by_hand::assign(&caller.services, &caller.actor, id, &buyer).await?;
    action(&caller, done).await
}

/// Gives some pieces of a claim to another buyer.
#[server(prefix = "/api", endpoint = "sales/claims/split")]
pub async fn split_claim(
    claim: String,
    #[server(default)] buyer: String,
    #[server(default)] pieces: String,
    #[server(default)] key: String,
) -> Result<Deed, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&claim)?;
    let form = domain::sales::by_hand::SplitForm { buyer, pieces, key };
    let done = services::sales::by_hand::split(&caller.services, &caller.actor, id, &form).await?;
    action(&caller, done).await
}

/// Takes back a claim that was let go or released, if its pieces are still there; otherwise it waits.
#[server(prefix = "/api", endpoint = "sales/claims/restore")]
pub async fn restore_claim(claim: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&claim)?;
    Ok(services::sales::claims::restore(&caller.services, &caller.actor, id).await?)
}

/// Claims by hand: `@ana A12 7 x2`.
#[server(prefix = "/api", endpoint = "sales/claims/by-hand")]
pub async fn claim_by_hand(
    sale: String,
    #[server(default)] line: String,
    #[server(default)] key: String,
) -> Result<Deed, AppError> {
    use domain::problem::FieldCode;

    let caller = crate::server::signed_in()?;
    let plain = super::paste::is_plain_form();
    let id = crate::server::id(&sale)?;
    let form = domain::sales::by_hand::HandLineForm { line, key };
    let claimed = services::sales::by_hand::claim_line(&caller.services, &caller.actor, id, &form).await?;
    match (claimed.unclear, claimed.action) {
        (None, Some(done)) => {
            let mut deed = action(&caller, done).await?;
            if claimed.waitlisted > 0 {
                deed.words = format!("{} {} of it waits.", deed.words, claimed.waitlisted);
            }
            Ok(deed)
        }
        // A page without a script learns of what is wrong, and of nothing else.
        (Some(_), _) if plain => Err(AppError(Problem::field("line", FieldCode::NotAChoice))),
        (Some(why), _) => Ok(Deed::unclear(why)),
        (None, None) => Ok(Deed::unclear("There was nothing to let go of.".to_owned())),
    }
}

/// Undoes something done by hand.
#[server(prefix = "/api", endpoint = "sales/actions/undo")]
pub async fn undo_action(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::sales::actions::undo(&caller.services, &caller.actor, id).await?)
}

/// Puts a comment that was passed over to review again.
#[server(prefix = "/api", endpoint = "sales/review/again")]
pub async fn review_again(comment: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&comment)?;
    Ok(services::sales::review::look_again(&caller.services, &caller.actor, id).await?)
}

/// Teaches the reader: next time `phrase` is read as `meaning`.
#[server(prefix = "/api", endpoint = "sales/rules/teach")]
pub async fn teach(
    #[server(default)] phrase: String,
    #[server(default)] meaning: String,
) -> Result<Deed, AppError> {
    let caller = crate::server::signed_in()?;
    let form = domain::sales::rules::RuleForm { phrase, meaning };
    let taught = services::sales::rules::add(&caller.services, &caller.actor, &form).await?;
    let rule = taught.line.rule;
    let words = if rule.meaning.is_empty() {
        format!("Next time “{}” is passed over.", rule.phrase)
    } else {
        format!("Next time “{}” is read as “{}”.", rule.phrase, rule.meaning)
    };
    let undo = Undo::Taught { id: taught.line.id, phrase: rule.phrase, before: taught.before };
    Ok(Deed { words, unclear: false, comment: None, undo: Some(undo) })
}

/// Forgets what was taught.
#[server(prefix = "/api", endpoint = "sales/rules/forget")]
pub async fn forget(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::sales::rules::remove(&caller.services, &caller.actor, id).await?)
}

/// The deeds of a page: their forms, and the one that can be taken back now.
#[derive(Clone, Copy)]
pub struct Deeds {
    pub cancel: Form<CancelClaim>,
    pub wait: Form<WaitClaim>,
    pub assign: Form<AssignClaim>,
    pub split: Form<SplitClaim>,
    pub restore: Form<RestoreClaim>,
    pub claim: Form<ClaimByHand>,
    pub teach: Form<Teach>,
    pub forget: Form<Forget>,
    pub undo: Form<UndoAction>,
    pub again: Form<ReviewAgain>,
    /// By which a claim by hand and a split that are sent twice are made once.
    pub claim_key: FormKey,
    pub split_key: FormKey,
    last: Told<Deed>,
    changes: Changes,
}

/// Sets up the deeds of a page. The toast appears with the answer and leaves after ten seconds or when it is used.
pub fn use_deeds(changes: Changes, returned: &Option<Returned>) -> Deeds {
    let (claim, split) = (use_form(returned), use_form(returned));
    let deeds = Deeds {
        cancel: use_form(returned),
        wait: use_form(returned),
        assign: use_form(returned),
        split,
        restore: use_form(returned),
        claim,
        teach: use_form(returned),
        forget: use_form(returned),
        undo: use_form(returned),
        again: use_form(returned),
        claim_key: claim.key("key").made_here(),
        split_key: split.key("key").made_here(),
        last: Told::nothing(),
        changes,
    };
    deeds.follow(deeds.cancel);
    deeds.follow(deeds.wait);
    deeds.follow(deeds.assign);
    deeds.follow(deeds.split);
    deeds.follow(deeds.claim);
    deeds.follow(deeds.teach);
    deeds.ends_with(deeds.restore);
    deeds.ends_with(deeds.forget);
    deeds.ends_with(deeds.undo);
    deeds.ends_with(deeds.again);
    deeds
}

impl Deeds {
    /// Shows what a form did.
    pub fn follow<S>(self, form: Form<S>)
    where
        S: ServerFn<Error = AppError, Output = Deed> + Clone + Send + Sync + 'static,
    {
        Effect::new(move |_| {
            let Some(Ok(deed)) = form.action.value().get() else { return };
            if !deed.unclear {
                self.last.tell(deed);
            }
            self.changes.note();
        });
    }

    /// Takes the toast away when a form was carried out: it is the way back.
    fn ends_with<S>(self, form: Form<S>)
    where
        S: ServerFn<Error = AppError, Output = ()> + Clone + Send + Sync + 'static,
    {
        Effect::new(move |_| {
            if form.action.value().get().is_some() {
                self.last.clear();
                self.changes.note();
            }
        });
    }

    /// Takes back what was done last, if that is still offered. Says whether it was.
    pub fn undo_last(self) -> bool {
        let Some(undo) = self.last.get_untracked().and_then(|last| last.undo) else { return false };
        match undo {
            Undo::Action(id) => {
                self.undo.action.dispatch(UndoAction { id: id.to_string() });
            }
            Undo::PassedOver(id) => {
                self.again.action.dispatch(ReviewAgain { comment: id.to_string() });
            }
            Undo::Taught { phrase, before: Some(meaning), .. } => {
                self.teach.action.dispatch(Teach { phrase, meaning });
            }
            Undo::Taught { id, before: None, .. } => {
                self.forget.action.dispatch(Forget { id: id.to_string() });
            }
        }
        true
    }

    /// What is wrong with a deed that has no field of its own to say it at.
    pub fn problem(self) -> Signal<Option<Problem>> {
        let all = [
            self.cancel.problem(),
            self.wait.problem(),
            self.restore.problem(),
            self.forget.problem(),
            self.undo.problem(),
            self.again.problem(),
        ];
        Signal::derive(move || all.iter().find_map(|problem| problem.get()))
    }
}

/// What was done last, with the way back.
#[component]
pub fn DeedToast(deeds: Deeds) -> impl IntoView {
    let said = deeds.last.words(|deed| deed.words.clone());
    let undo = move || {
        let can_undo = deeds.last.get().is_some_and(|deed| deed.undo.is_some());
        can_undo.then(|| {
            view! {
                <button type="button" on:click=move |_| { deeds.undo_last(); }>
                    "Undo"
                </button>
            }
        })
    };
    view! { <Toast text=said undo=undo /> }.into_any()
}
