//! The rules of selling: of the business at /settings/selling, and of one sale at /sell/:id/rules.

use domain::sales::{
    CatalogItem, ReadSettings, SaleForm,
    policy::SellingPolicyForm,
    rules::RuleLine,
    words::{WordChanges, WordsForm},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{
    deeds::{DeedToast, use_deeds},
    policy_form::PolicySection,
    sale_form::SaleSection,
    taught::TaughtSection,
    test_box::{ReadBy, TestBox},
    words_form::WordsSection,
};
use crate::{
    accounts::fresh::keep_fresh,
    error::AppError,
    form::{Returned, use_returned},
    live::use_changes,
    network::fetched,
    ui::{PageHead, PageProblem, Progress, Section, Title, suspend},
};

/// Everything that the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SellingView {
    /// The sale, if the page is about one: its id and how it is called and read.
    pub sale: Option<(String, SaleForm)>,
    pub policy: SellingPolicyForm,
    /// The words of the business, or those that the sale changes about them.
    pub words: WordsForm,
    /// Below the words of a sale.
    pub business_words: WordChanges,
    pub taught: Vec<RuleLine>,
    /// How comments are read now, and against what, for trying words out.
    pub settings: ReadSettings,
    pub catalog: Vec<CatalogItem>,
    /// Whether the catalog is too large for a page and is yet to be asked for.
    pub later: bool,
}

/// The rules with which new sales begin, or those of a sale if `id` names one. `in_page` leaves out a catalog that is too large
/// to stand within a page.
#[server(prefix = "/api", endpoint = "sales/rules/show", input = GetUrl)]
pub async fn show_selling(
    #[server(default)] id: String,
    #[server(default)] in_page: bool,
) -> Result<SellingView, AppError> {
    use services::sales::{policy, rules, sale, words};

    let caller = crate::server::signed_in()?;
    let (services, actor) = (&caller.services, &caller.actor);
    let business_words = words::view(services, actor).await?;
    let taught = rules::list(services, actor).await?;
    if id.is_empty() {
        let viewer = services::accounts::viewer::viewer(services, actor).await?;
        let reading = sale::reading_of_business(services, actor, viewer.preset).await?;
        let (catalog, later) = sent(reading.catalog, in_page);
        return Ok(SellingView {
            sale: None,
            policy: policy::view(services, actor).await?.into(),
            words: WordsForm::from(&business_words),
            business_words: WordChanges::default(),
            taught,
            settings: reading.settings,
            catalog,
            later,
        });
    }
    let sale = crate::server::id(&id)?;
    let reading = sale::reading(services, actor, sale).await?;
    let (catalog, later) = sent(reading.catalog, in_page);
    Ok(SellingView {
        sale: Some((id, sale::form(services, actor, sale).await?)),
        policy: policy::view_of_sale(services, actor, sale).await?.into(),
        words: WordsForm::from(&words::view_of_sale(services, actor, sale).await?),
        business_words,
        taught,
        settings: reading.settings,
        catalog,
        later,
    })
}

/// The catalog as far as it is sent, and whether it is to be asked for later.
#[cfg(feature = "ssr")]
fn sent(catalog: Vec<CatalogItem>, in_page: bool) -> (Vec<CatalogItem>, bool) {
    let is_too_large = in_page && !domain::sales::view::fits_in_page(&catalog);
    if is_too_large { (Vec::new(), true) } else { (catalog, false) }
}

/// The page of the business' rules of selling.
#[component]
pub fn SellingPage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let first = fetched(|| (), |()| show_selling(String::new(), cfg!(feature = "ssr")));
    let page = move || {
        suspend(async move {
            match first.await {
                Ok(view) => view! { <Sections first=view returned=returned.get_value() /> }.into_any(),
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Selling" />
        <PageHead
            title="Selling"
            back=("/settings".to_owned(), "Settings".to_owned())
            subtitle=|| "How claims are held in the sales that you open from now on, and how comments are read in all of them."
        />
        <Transition fallback=|| view! { <Progress label="Opening the rules" /> }>{page}</Transition>
    }
    .into_any()
}

/// The page of a sale's rules.
#[component]
pub fn SaleRulesPage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let first = fetched(move || id.get(), |id| show_selling(id, cfg!(feature = "ssr")));
    let page = move || {
        suspend(async move {
            match first.await {
                Ok(view) => view! { <Sections first=view returned=returned.get_value() /> }.into_any(),
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    let back = (format!("/sell/{}", id.get_untracked()), "The sale".to_owned());
    view! {
        <Title text="Rules of the sale" />
        <PageHead
            title="Rules of the sale"
            back=back
            subtitle=|| "They count from the next paste on. What is held stays as it is, but for the hold time."
        />
        <Transition fallback=|| view! { <Progress label="Opening the rules" /> }>{page}</Transition>
    }
    .into_any()
}

/// The sections. What is taught follows every change; what is being typed is left alone.
#[component]
fn Sections(first: SellingView, returned: Option<Returned>) -> impl IntoView {
    let changes = use_changes();
    let deeds = use_deeds(changes, &returned);
    let id = first.sale.as_ref().map(|(id, _)| id.clone()).unwrap_or_default();
    let sale = first.sale.clone();
    let (policy, words, below) = (first.policy.clone(), first.words.clone(), first.business_words.clone());
    let view = RwSignal::new(first);
    let asked = id.clone();
    keep_fresh(view, changes, move || show_selling(asked.clone(), false));
    Effect::new(move |_| {
        if view.with_untracked(|view| view.later) {
            changes.note();
        }
    });
    let taught = Memo::new(move |_| view.with(|view| view.taught.clone()));
    let read_by = ReadBy::new(view);
    let is_sale = sale.is_some();
    let [for_sale, for_policy, for_words] = std::array::from_fn(|_| returned.clone());
    let words_id = id.clone();
    view! {
        <div class="stack loose selling">
            {sale
                .map(|(id, form)| {
                    view! {
                        <Section id="sale" title="The sale">
                            <SaleSection sale=id stored=form returned=for_sale />
                        </Section>
                    }
                })}
            <Section id="holding" title="Holding claims">
                <PolicySection sale=id stored=policy returned=for_policy />
            </Section>
            <Section id="words" title="Words">
                <div class="words-columns">
                    <WordsSection
                        sale=words_id
                        stored=words
                        below=below
                        read_by=read_by
                        returned=for_words
                    />
                    <TestBox read_by=read_by />
                </div>
            </Section>
            <Section id="taught" title="What the reader was taught">
                <TaughtSection taught=taught read_by=read_by deeds=deeds />
            </Section>
            {is_sale.then(|| view! { <p class="hint">"What is taught counts in every sale of the business."</p> })}
        </div>
        <DeedToast deeds=deeds />
    }
    .into_any()
}
