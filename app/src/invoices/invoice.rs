//! One invoice: the sheet, what happened to it, and how its buyer gets to pay.

use domain::invoices::{InvoiceView, Mood, Reversal, UnclearPayment, WhyUnclear};
use leptos::{html, prelude::*};
use leptos_router::{components::A, hooks::use_params_map};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{InvoiceBadge, sheet::Sheet};
use crate::{
    error::AppError,
    form::{Form, use_form, use_returned},
    live::use_changes,
    network::fetched,
    reports::stuck::STUCK,
    ui::{
        Amount, Columns, Notice, PageHead, PageProblem, Section, SubmitButton, Timeline, TimelineEntry,
        Title, Tone, suspend,
    },
};

/// An invoice, and the whole address at which it is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicePageView {
    pub invoice: InvoiceView,
    pub pay_url: String,
}

/// One invoice.
#[server(prefix = "/api", endpoint = "bill/view", input = leptos::server_fn::codec::GetUrl)]
pub async fn view_invoice(id: String) -> Result<InvoicePageView, AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    let invoice = services::invoices::invoice::view(&caller.services, &caller.actor, id).await?;
    let pay_url = format!("{}{}", caller.services.settings.public_url, invoice.pay_path);
    Ok(InvoicePageView { invoice, pay_url })
}

/// Mails an invoice to its buyer once more.
#[server(prefix = "/api", endpoint = "bill/mail-again")]
pub async fn mail_invoice_again(id: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let id = crate::server::id(&id)?;
    Ok(services::invoices::mail::mail_again(&caller.services, &caller.actor, id).await?)
}

/// The owner has seen at the gateway that an unclear page was not paid.
#[server(prefix = "/api", endpoint = "bill/not-paid")]
pub async fn settle_unclear(attempt: String) -> Result<(), AppError> {
    let caller = crate::server::signed_in()?;
    let attempt = crate::server::id(&attempt)?;
    Ok(services::payments::check::give_up(&caller.services, &caller.actor, attempt).await?)
}

fn tone(mood: Mood) -> Tone {
    match mood {
        Mood::Well => Tone::Ok,
        Mood::Waiting => Tone::Waiting,
        Mood::Wrong => Tone::Wrong,
        Mood::Quiet => Tone::Quiet,
    }
}

/// What became of a payment at its gateway, and that the sums here do not know of it.
fn reversed(reversal: &Reversal) -> String {
    let gateway = reversal.gateway.label();
    let refunded = (reversal.refunded.minor > 0).then(|| {
        format!(
            "Refunded at {gateway}: {}. SellTrac's sums and reports do not take refunds off yet.",
            reversal.refunded
        )
    });
    let disputed = reversal.disputed.then(|| {
        format!("Disputed at {gateway}: the buyer's bank asked for the money back. Answer there. SellTrac's sums do not show it.")
    });
    [refunded, disputed].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The page of one invoice. It keeps up with what the buyer does.
#[component]
pub fn InvoicePage() -> impl IntoView {
    let changes = use_changes();
    let params = use_params_map();
    let returned = use_returned();
    let form = use_form::<MailInvoiceAgain>(&returned);
    let not_paid = use_form::<SettleUnclear>(&returned);
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    Effect::new(move |_| {
        if form.action.version().get() > 0 || not_paid.action.version().get() > 0 {
            changes.note();
        }
    });
    let found = fetched(move || (id.get(), changes.count()), |(id, _)| view_invoice(id));
    view! {
        <Transition fallback=|| view! { <PageHead title="Invoice" back=("/bill".to_owned(), "Bill".to_owned()) /> }>
            {move || suspend(async move {
                match found.await {
                    Ok(view) => view! { <Invoice view=view form=form not_paid=not_paid /> }.into_any(),
                    Err(AppError(problem)) => {
                        view! {
                            <Title text="Invoice" />
                            <PageHead title="Invoice" back=("/bill".to_owned(), "Bill".to_owned()) />
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
fn Invoice(
    view: InvoicePageView,
    form: Form<MailInvoiceAgain>,
    not_paid: Form<SettleUnclear>,
) -> impl IntoView {
    let InvoicePageView { invoice, pay_url } = view;
    let (id, state, owed) = (invoice.id, invoice.state, invoice.owed);
    let to_ship = invoice.shipment_id.filter(|_| invoice.tracking_number.is_empty());
    let can_be_mailed = !invoice.customer_email.is_empty();
    let is_first_mail = !invoice.was_mailed;
    let link = Link::new(pay_url);
    let overpaid = (invoice.overpaid.minor > 0).then(|| {
        let text = format!("{} more than the total was paid. Give it back at the gateway.", invoice.overpaid);
        view! { <Notice tone=Tone::Wrong text=text /> }
    });
    let reversals = invoice
        .reversals
        .iter()
        .map(|reversal| {
            let tone = if reversal.disputed { Tone::Wrong } else { Tone::Waiting };
            view! { <Notice tone=tone text=reversed(reversal) /> }
        })
        .collect_view();
    let unclear = invoice
        .unclear
        .iter()
        .map(|payment| match payment.why {
            WhyUnclear::NoKey => view! { <Unclear payment=*payment form=not_paid /> }.into_any(),
            WhyUnclear::Differs => view! { <Differs payment=*payment /> }.into_any(),
        })
        .collect_view();
    let too_small = invoice.too_small_below.map(|least| {
        let text = format!(
            "Less than {least} cannot be paid by card, so the buyer's page offers no button. Agree on another way to pay."
        );
        view! { <Notice tone=Tone::Waiting text=text /> }
    });
    let entries: Vec<TimelineEntry> = invoice
        .timeline
        .iter()
        .map(|entry| TimelineEntry {
            when: entry.when.clone(),
            what: entry.what.clone(),
            tone: tone(entry.mood),
        })
        .collect();
    // The one primary action is what brings the invoice on: the parcel once it is paid, the mail before. Nobody is reminded
    // to pay while the page asks them not to.
    let asks_to_pay = state.is_owed() && invoice.unclear.is_empty();
    let action = move || match to_ship {
        Some(shipment) => view! {
            <A href=format!("/ship/{shipment}") attr:class="button primary">
                "Ship it"
            </A>
        }
        .into_any(),
        None if asks_to_pay && can_be_mailed => {
            view! { <MailIt id=id form=form kind="primary" is_first=is_first_mail /> }.into_any()
        }
        None if asks_to_pay => view! { <CopyLink link=link /> }.into_any(),
        None => ().into_any(),
    };
    let subtitle = move || {
        let owed = state.is_owed().then(|| view! { " " <Amount money=owed /> " owed" });
        view! {
            <InvoiceBadge state=state />
            {owed}
        }
    };
    let side_mail = (can_be_mailed && (to_ship.is_some() || !asks_to_pay))
        .then(|| view! { <MailIt id=id form=form kind="" is_first=is_first_mail /> });
    let buyer = Buyer {
        id: invoice.customer_id,
        name: invoice.customer_name.clone(),
        email: invoice.customer_email.clone(),
        invoice_id: id,
    };
    let delivery = (invoice.shipment_id, invoice.tracking_number.clone());
    let side = move || {
        view! {
            <div class="stack loose">
                <Section title="Buyer">
                    <BuyerPanel buyer=buyer />
                    {side_mail}
                </Section>
                <Section title="Pay link">
                    <PayLink link=link />
                </Section>
                <Delivery shipment_id=delivery.0 tracking_number=delivery.1 />
                <Section title="What happened">
                    <Timeline entries=entries />
                </Section>
            </div>
        }
    };
    view! {
        <Title text=invoice.number.clone() />
        <PageHead
            title=invoice.number.clone()
            back=("/bill".to_owned(), "Bill".to_owned())
            subtitle=subtitle
            action=action
        />
        <Refused form=form />
        {overpaid}
        {reversals}
        {unclear}
        {too_small}
        <Columns side=side>
            <Sheet invoice=invoice />
        </Columns>
    }
    .into_any()
}

/// Why it was not mailed, under the page's head; the page goes there, because the button may stand far below.
#[component]
fn Refused(form: Form<MailInvoiceAgain>) -> impl IntoView {
    let words = Signal::derive(move || {
        form.problem().with(|problem| {
            let problem = problem.as_ref()?;
            Some(match problem.message_for("email") {
                Some(_) => {
                    "No e-mail address of this buyer is known. Add one, or send the link yourself.".to_owned()
                }
                None => problem.code.message().to_owned(),
            })
        })
    });
    let here = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if words.with(Option::is_some)
            && let Some(here) = here.get()
        {
            here.scroll_into_view();
        }
    });
    view! {
        <div node_ref=here hidden=move || words.with(Option::is_none)>
            {move || words.get().map(|text| view! { <Notice tone=Tone::Wrong text=text /> })}
        </div>
    }
    .into_any()
}

/// A page that no key can look at, and the two ways out of it.
#[component]
fn Unclear(payment: UnclearPayment, form: Form<SettleUnclear>) -> impl IntoView {
    let gateway = payment.gateway.label();
    let text = format!(
        "It is unclear whether the buyer has paid {} at {gateway}: the key with which the page was made is not taken any \
         more. Until this is clear, the buyer is asked not to pay. Connect {gateway} with a key of the same account, and it \
         is looked up at once. Or look at {gateway} yourself:",
        payment.amount
    );
    let message = form.message();
    view! {
        <Notice tone=Tone::Wrong text=text>
            <A href="/settings#payments">{format!("Connect {gateway}")}</A>
            <ActionForm action=form.action>
                <input type="hidden" name="attempt" value=payment.attempt_id.to_string() />
                <SubmitButton
                    label="It was not paid"
                    pending=form.pending()
                    pending_label="Noting…"
                    kind="small"
                />
            </ActionForm>
            {move || message.get().map(|text| view! { <p role="alert">{text}</p> })}
        </Notice>
    }
    .into_any()
}

/// A payment that differs from what was asked, and where it is settled.
#[component]
fn Differs(payment: UnclearPayment) -> impl IntoView {
    let gateway = payment.gateway.label();
    let text = format!(
        "A payment at {gateway} differs from the {} that was asked: the amount or the currency is another one, so it was not \
         booked. Look at {gateway} and give the money back there, or agree with the buyer; then dismiss this. Until then the \
         buyer is asked not to pay again.",
        payment.amount
    );
    view! {
        <Notice tone=Tone::Wrong text=text>
            <A href=format!("{STUCK}/{}", payment.attempt_id)>"Dismiss it with a reason"</A>
        </Notice>
    }
    .into_any()
}

#[component]
fn MailIt(id: Uuid, form: Form<MailInvoiceAgain>, kind: &'static str, is_first: bool) -> impl IntoView {
    let label = if is_first { "Mail it" } else { "Mail it again" };
    view! {
        <ActionForm action=form.action>
            <input type="hidden" name="id" value=id.to_string() />
            <SubmitButton label=label pending=form.pending() pending_label="Mailing…" kind=kind />
        </ActionForm>
    }
    .into_any()
}

/// Who pays.
#[derive(Clone)]
struct Buyer {
    id: Uuid,
    name: String,
    email: String,
    /// The invoice to which the customer's page leads back.
    invoice_id: Uuid,
}

#[component]
fn BuyerPanel(buyer: Buyer) -> impl IntoView {
    let Buyer { id, name, email, invoice_id } = buyer;
    let edit = format!("/customers/{id}?back=/bill/{invoice_id}");
    let has_email = !email.is_empty();
    let address = has_email.then(|| view! { <p class="quiet">{email}</p> });
    let missing = (!has_email).then(|| {
        let edit = edit.clone();
        view! {
            <Notice tone=Tone::Waiting text="No e-mail address is known, so the link is yours to send.">
                <A href=edit>"Add an e-mail address"</A>
            </Notice>
        }
    });
    view! {
        <div class="stack tight">
            <p>
                <A href=edit.clone()>{name}</A>
            </p>
            {address}
            {missing}
        </div>
    }
    .into_any()
}

#[component]
fn Delivery(shipment_id: Option<Uuid>, tracking_number: String) -> impl IntoView {
    let Some(shipment_id) = shipment_id else { return ().into_any() };
    let tracking = (!tracking_number.is_empty()).then(|| {
        view! {
            <div>
                <dt>"Tracking number"</dt>
                <dd class="code">{tracking_number}</dd>
            </div>
        }
    });
    view! {
        <Section title="Delivery">
            <dl class="facts">
                <div>
                    <dt>"Parcel"</dt>
                    <dd>
                        <A href=format!("/ship/{shipment_id}")>"Open the parcel"</A>
                    </dd>
                </div>
                {tracking}
            </dl>
        </Section>
    }
    .into_any()
}

/// The id of the field that holds the address to pay at.
const LINK_FIELD: &str = "pay-link";

/// The buyer's address to pay at, its field, and whether it was copied.
#[derive(Clone, Copy)]
struct Link {
    url: StoredValue<String>,
    field: NodeRef<html::Input>,
    is_copied: RwSignal<bool>,
}

impl Link {
    fn new(url: String) -> Self {
        Link { url: StoredValue::new(url), field: NodeRef::new(), is_copied: RwSignal::new(false) }
    }

    /// Selects it too, so that it can be copied by hand where there is no clipboard.
    fn copy(self) {
        if let Some(field) = self.field.get_untracked() {
            field.select();
        }
        self.is_copied.set(self.url.with_value(|url| copy_text(url)));
    }
}

/// Copies the link, where that is what brings the invoice on. Without a script it leads to the field.
#[component]
fn CopyLink(link: Link) -> impl IntoView {
    let words = move || if link.is_copied.get() { "Copied" } else { "Copy link" };
    let copy = move |event: leptos::ev::MouseEvent| {
        link.copy();
        if link.is_copied.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <a href=format!("#{LINK_FIELD}") rel="external" class="button primary" on:click=copy>
            {words}
        </a>
    }
    .into_any()
}

/// The buyer's address to pay at: a field to copy from, and a button that copies it once a script runs.
#[component]
fn PayLink(link: Link) -> impl IntoView {
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let url = link.url.get_value();
    view! {
        <div class="stack tight">
            <label class="hidden-words" for=LINK_FIELD>
                "Pay link"
            </label>
            <input class="input" id=LINK_FIELD readonly value=url.clone() node_ref=link.field />
            <div class="tools">
                <button type="button" class="button small" hidden=move || !ready.get() on:click=move |_| link.copy()>
                    "Copy link"
                </button>
                <a class="button small quiet" href=url target="_blank" rel="noopener">
                    "See it as the buyer does"
                </a>
                <span class="hint" role="status">
                    {move || link.is_copied.get().then_some("Copied")}
                </span>
            </div>
        </div>
    }
    .into_any()
}

/// Puts a text on the clipboard and tells whether that could be asked for. A page that was not loaded safely has no
/// clipboard; the selected field is then copied by hand.
#[cfg(feature = "hydrate")]
fn copy_text(text: &str) -> bool {
    let Some(window) = web_sys::window().filter(web_sys::Window::is_secure_context) else { return false };
    // The browser asks its user where it must; there is nothing to wait for.
    let _asked = window.navigator().clipboard().write_text(text);
    true
}

#[cfg(not(feature = "hydrate"))]
fn copy_text(_: &str) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use domain::money::{Currency, Money};

    use super::*;

    fn money(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn reversal(refunded: i64, disputed: bool) -> Reversal {
        Reversal { gateway: domain::payments::Gateway::Stripe, refunded: money(refunded), disputed }
    }

    #[test]
    fn what_was_given_back_is_told_with_what_the_sums_do_not_know() {
        assert!(reversed(&reversal(2_000, false)).starts_with("Refunded at Stripe: $20.00. SellTrac's sums"));
        assert!(reversed(&reversal(0, true)).starts_with("Disputed at Stripe:"));
        assert!(reversed(&reversal(2_000, true)).contains("yet. Disputed"));
    }
}
