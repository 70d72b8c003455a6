//! An account elsewhere: connecting it with a key, seeing how it stands, disconnecting it.

use domain::{
    payments::{ConnectedAccount, CredentialsForm},
    problem::FieldCode,
};
use leptos::prelude::*;

use crate::{
    error::AppError,
    form::{Form, Returned, use_form},
    live::use_changes,
    ui::{Badge, Notice, SubmitButton, TextField, Tone},
};

/// Connects an account: `provider` is a gateway's or a carrier service's word.
#[server(prefix = "/api", endpoint = "settings/connect")]
pub async fn connect_account(provider: String, form: CredentialsForm) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let (services, actor) = (&caller.services, &caller.actor);
    match Provider::parse(&provider)? {
        Provider::Gateway(gateway) => {
            services::payments::account::connect(services, actor, gateway, &form).await?
        }
        Provider::Carrier(carrier) => {
            services::shipping::account::connect(services, actor, carrier, &form).await?
        }
    }
    Ok(())
}

/// Forgets an account.
#[server(prefix = "/api", endpoint = "settings/disconnect")]
pub async fn disconnect_account(provider: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let (services, actor) = (&caller.services, &caller.actor);
    match Provider::parse(&provider)? {
        Provider::Gateway(gateway) => {
            services::payments::account::disconnect(services, actor, gateway).await?
        }
        Provider::Carrier(carrier) => {
            services::shipping::account::disconnect(services, actor, carrier).await?
        }
    }
    Ok(())
}

/// What a provider's word means.
#[cfg(feature = "ssr")]
enum Provider {
    Gateway(domain::payments::Gateway),
    Carrier(domain::shipping::Carrier),
}

#[cfg(feature = "ssr")]
impl Provider {
    fn parse(word: &str) -> Result<Self, AppError> {
        let gateway = domain::payments::Gateway::parse(word).map(Provider::Gateway);
        let carrier = || domain::shipping::Carrier::parse(word).map(Provider::Carrier);
        gateway.or_else(carrier).ok_or_else(|| domain::problem::Code::NotFound.into())
    }
}

/// What the seller must know to connect an account.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionTexts {
    /// The provider's word.
    pub provider: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// What its key is called.
    pub key_label: &'static str,
    /// Where the key is found and what it must be allowed.
    pub key_hint: &'static str,
    /// What is said of its events, if it has any: while they arrive, and while they do not.
    pub events: Option<(&'static str, &'static str)>,
}

/// The account of one provider.
#[component]
pub fn Connection(
    /// What is said about the provider.
    texts: ConnectionTexts,
    /// The account, if one is connected.
    account: Memo<Option<ConnectedAccount>>,
    /// The form that came back, if one did.
    returned: Option<Returned>,
) -> impl IntoView {
    let sent_here = |returned: &Returned| {
        returned.values.iter().any(|(name, value)| name == "provider" && value == texts.provider)
    };
    let returned = returned.filter(sent_here);
    let connect = use_form::<ConnectAccount>(&returned);
    let disconnect = use_form::<DisconnectAccount>(&returned);
    let changes = use_changes();
    Effect::new(move |_| {
        let is_done = matches!(connect.action.value().get(), Some(Ok(())));
        if is_done || matches!(disconnect.action.value().get(), Some(Ok(()))) {
            changes.note();
        }
    });
    let is_connected = Memo::new(move |_| account.with(Option::is_some));
    let shown = move || {
        if is_connected.get() {
            view! { <Connected texts=texts account=account form=disconnect /> }.into_any()
        } else {
            view! { <KeyForm texts=texts form=connect /> }.into_any()
        }
    };
    view! {
        <div class="stack tight">
            <p class="quiet">{texts.purpose}</p>
            {shown}
        </div>
    }
    .into_any()
}

#[component]
fn Connected(
    texts: ConnectionTexts,
    account: Memo<Option<ConnectedAccount>>,
    form: Form<DisconnectAccount>,
) -> impl IntoView {
    let facts = move || {
        account.get().map(|account| {
            let (tone, mode) = match account.live {
                true => (Tone::Ok, "Live"),
                false => (Tone::Waiting, "Test: no real money moves"),
            };
            let events = texts.events.map(|(arriving, asked)| {
                let words = if account.has_webhook { arriving } else { asked };
                view! { <div><dt>"Events"</dt><dd>{words}</dd></div> }
            });
            view! {
                <dl class="facts">
                    <div><dt>"Account"</dt><dd>{texts.name}" connected since "{account.since}</dd></div>
                    <div><dt>{texts.key_label}</dt><dd>"ends with "<span class="code">{account.key_ends_with}</span></dd></div>
                    <div><dt>"Mode"</dt><dd><Badge tone=tone text=mode /></dd></div>
                    {events}
                </dl>
            }
        })
    };
    let message = form.message();
    let broken = move || {
        let works = account.with(|account| account.as_ref().is_none_or(|account| account.works));
        let text = format!(
            "{} does not take this key any more. Disconnect it and connect again with a new key of the same account.",
            texts.name
        );
        (!works).then(|| view! { <Notice tone=Tone::Wrong text=text /> })
    };
    view! {
        <div class="panel connection">
            {broken}
            {facts}
            {move || message.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
            <ActionForm action=form.action attr:class="actions">
                <input type="hidden" name="provider" value=texts.provider />
                <SubmitButton
                    label=format!("Disconnect {}", texts.name)
                    kind="danger"
                    pending=form.pending()
                    pending_label="Disconnecting…"
                />
            </ActionForm>
        </div>
    }
    .into_any()
}

#[component]
fn KeyForm(texts: ConnectionTexts, form: Form<ConnectAccount>) -> impl IntoView {
    let id = format!("field-{}-key", texts.provider);
    // The general sentence for a wrong choice does not fit a key.
    let wrong = form.error("key");
    let problem = form.problem();
    let error = Signal::derive(move || {
        let refused = problem.with(|problem| {
            let fields = problem.iter().flat_map(|problem| &problem.fields);
            fields.into_iter().any(|field| field.code == FieldCode::NotAChoice)
        });
        if refused { Some(format!("{} does not take this key.", texts.name)) } else { wrong.get() }
    });
    let message = form.message();
    view! {
        <ActionForm action=form.action attr:class="form" attr:novalidate=true>
            {move || message.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
            <input type="hidden" name="provider" value=texts.provider />
            <TextField
                label=texts.key_label
                name="form[key]"
                id=id
                kind="password"
                autocomplete="off"
                required=true
                hint=texts.key_hint
                error=error
            />
            <div class="actions">
                <SubmitButton
                    label=format!("Connect {}", texts.name)
                    kind=""
                    pending=form.pending()
                    pending_label="Trying the key…"
                />
            </div>
        </ActionForm>
    }
    .into_any()
}
