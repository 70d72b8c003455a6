//! The settings: the business itself, its accounts elsewhere, its boxes.

mod business;
mod connection;
pub mod packaging;

use domain::{accounts::BusinessForm, payments::ConnectedAccount, shipping::Packaging};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use self::{
    business::BusinessSection,
    connection::{Connection, ConnectionTexts},
    packaging::PackagingSection,
};
use super::fresh::keep_fresh;
use crate::{
    error::AppError,
    form::use_returned,
    live::use_changes,
    network::fetched,
    ui::{PageHead, PageProblem, Section, Title, suspend},
};

/// Everything that the settings show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    /// The business as its form.
    pub business: BusinessForm,
    /// The names of the time zones that can be chosen.
    pub time_zones: Vec<String>,
    /// Connected accounts at gateways.
    pub gateways: Vec<ConnectedAccount>,
    /// Connected accounts at carrier services.
    pub carriers: Vec<ConnectedAccount>,
    /// Boxes and mailers.
    pub packagings: Vec<Packaging>,
    /// Those that were removed and can be put back.
    pub removed_packagings: Vec<Packaging>,
}

/// The settings of the caller's business.
#[server(prefix = "/api", endpoint = "settings", input = GetUrl)]
pub async fn load_settings() -> Result<SettingsView, AppError> {
    let caller = crate::server::signed_in()?;
    let (services, actor) = (&caller.services, &caller.actor);
    Ok(SettingsView {
        business: services::accounts::business::view(services, actor).await?,
        time_zones: services::zone::Zone::names(),
        gateways: services::payments::account::list(services, actor).await?,
        carriers: services::shipping::account::list(services, actor).await?,
        packagings: services::shipping::packaging::list(services, actor).await?,
        removed_packagings: services::shipping::packaging::removed(services, actor).await?,
    })
}

/// What the seller must know to connect Stripe.
const STRIPE: ConnectionTexts = ConnectionTexts {
    provider: "stripe",
    name: "Stripe",
    purpose: "Buyers pay their invoices on Stripe's own page; the money goes to your Stripe account.",
    key_label: "Stripe key",
    key_hint: "Make a restricted key in Stripe under Developers, API keys. It starts with rk_ and needs: Checkout Sessions \
               write, Webhook Endpoints write, PaymentIntents, Charges and Balance read. It is stored encrypted.",
    events: Some((
        "Stripe tells us of payments as they happen.",
        "Stripe cannot reach this server, so we ask it; a payment shows a little later.",
    )),
};

/// What the seller must know to connect EasyPost.
const EASYPOST: ConnectionTexts = ConnectionTexts {
    provider: "easypost",
    name: "EasyPost",
    purpose: "You compare rates and buy labels here; postage is paid from your EasyPost account.",
    key_label: "EasyPost key",
    key_hint: "In EasyPost under API Keys. A test key starts with EZTK, a production key with EZAK. It is stored encrypted.",
    events: None,
};

/// The page of the settings.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let returned = StoredValue::new(use_returned());
    let first = fetched(|| (), |()| load_settings());
    let sections = move || {
        suspend(async move {
            match first.await {
                Ok(view) => {
                    let returned = returned.get_value();
                    view! { <Sections first=view returned=returned /> }.into_any()
                }
                Err(AppError(problem)) => view! { <PageProblem code=problem.code /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Settings" />
        <PageHead title="Settings" />
        <Transition>{sections}</Transition>
    }
    .into_any()
}

/// The sections. What is listed follows every change; what is being typed is left alone.
#[component]
fn Sections(first: SettingsView, returned: Option<crate::form::Returned>) -> impl IntoView {
    let view = RwSignal::new(first);
    let changes = use_changes();
    keep_fresh(view, changes, load_settings);
    let of = |accounts: &[ConnectedAccount], name: &str| {
        accounts.iter().find(|known| known.provider == name).cloned()
    };
    let stripe = Memo::new(move |_| view.with(|view| of(&view.gateways, STRIPE.name)));
    let easypost = Memo::new(move |_| view.with(|view| of(&view.carriers, EASYPOST.name)));
    let packagings = Memo::new(move |_| view.with(|view| view.packagings.clone()));
    let removed = Memo::new(move |_| view.with(|view| view.removed_packagings.clone()));
    let (business, time_zones) = view.with_untracked(|view| (view.business.clone(), view.time_zones.clone()));
    // Each section is built by a closure of its own, which takes what it needs with it.
    let [for_business, for_payments, for_postage, for_packaging] = std::array::from_fn(|_| returned.clone());
    view! {
        <div class="stack loose">
            <Section id="business" title="Business">
                <BusinessSection stored=business time_zones=time_zones returned=for_business />
            </Section>
            <Section id="selling" title="Selling">
                <p class="quiet">"How long claims are held, how much one buyer gets, which words claim, and what the reader was taught."</p>
                <p>
                    <a href="/settings/selling">"Change the rules of selling"</a>
                </p>
            </Section>
            <Section id="payments" title="Payments">
                <Connection texts=STRIPE account=stripe returned=for_payments />
            </Section>
            <Section id="postage" title="Postage">
                <Connection texts=EASYPOST account=easypost returned=for_postage />
            </Section>
            <Section id="packaging" title="Packaging">
                <PackagingSection packagings=packagings removed=removed returned=for_packaging />
            </Section>
        </div>
    }
    .into_any()
}
