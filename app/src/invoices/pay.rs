//! The buyer's page: what was won, what it costs, and where to pay. HTML alone; nothing of it runs.

use domain::{
    inventory::pictures::{PictureSize, address},
    invoices::{InvoiceState, PayView},
    payments::Gateway,
    problem::Code,
    shipping::ShipmentState,
};
use leptos::prelude::*;

use super::sheet::Sums;
use crate::ui::{Amount, BigAmount, Mark, Notice, Tone};

/// What the page is about, to its buyer.
fn headline(view: &PayView) -> String {
    let name = &view.customer_name;
    match view.state {
        InvoiceState::Paid => format!("Thank you, {name}!"),
        InvoiceState::Void | InvoiceState::Draft => "Nothing is to be paid".to_owned(),
        InvoiceState::Open | InvoiceState::PartPaid => format!("Hello {name}, this is yours"),
    }
}

/// What the large sum is.
fn sum_label(view: &PayView) -> String {
    match view.state {
        InvoiceState::Paid => "Paid".to_owned(),
        InvoiceState::PartPaid => format!("Still to pay of {}", view.totals.total),
        InvoiceState::Void | InvoiceState::Draft => "Cancelled".to_owned(),
        InvoiceState::Open => "To pay".to_owned(),
    }
}

/// What is known of the delivery.
fn delivery(view: &PayView) -> &'static str {
    match (view.state, view.shipment) {
        (_, Some(ShipmentState::Labelled)) => "Your parcel has its label and goes to the carrier next.",
        (_, Some(_)) => "Your parcel is being packed.",
        (InvoiceState::Paid, None) => "Nothing is to be sent.",
        (_, None) => "Your parcel is packed once this is paid.",
    }
}

/// An invoice for its buyer. `notice` is why the last click on a gateway led nowhere.
#[component]
pub fn PayPage(view: PayView, notice: Option<Code>) -> impl IntoView {
    let refused = notice.map(|code| view! { <Notice tone=Tone::Wrong text=code.message() /> });
    let confirming = view.confirming.then(|| {
        view! {
            <Notice
                tone=Tone::Waiting
                text="We are confirming your payment… This page looks again by itself."
            />
        }
    });
    let on_its_way = view.on_its_way.then(|| {
        view! {
            <Notice
                tone=Tone::Waiting
                text="Your bank is paying this. It can take a few days until the money arrives; nothing is left for you to do."
            />
        }
    });
    let unclear = view.unclear.then(|| {
        let text = format!(
            "We cannot see yet whether an earlier payment of yours went through. Please do not pay again for now; {} is \
             looking into it.",
            view.business_name
        );
        view! { <Notice tone=Tone::Waiting text=text /> }
    });
    let sum = match view.state {
        InvoiceState::Paid => view.paid,
        InvoiceState::Open | InvoiceState::PartPaid => view.owed,
        InvoiceState::Void | InvoiceState::Draft => view.totals.total,
    };
    let won = view
        .lines
        .iter()
        .zip(&view.pictures)
        .map(|(line, picture)| {
            let picture = picture.as_ref().map(|picture| {
                view! {
                    <img
                        class="thumb"
                        src=address(&picture.token, PictureSize::Card)
                        alt=picture.alt.clone()
                        width="56"
                        height="56"
                    />
                }
            });
            let total = line.total().unwrap_or(line.unit_price);
            let words = match line.quantity {
                1 => line.description.clone(),
                several => format!("{several} × {}", line.description),
            };
            view! {
                <li>
                    {picture}
                    <span>
                        {words} " " <span class="hint">{line.code.clone()}</span>
                    </span>
                    <Amount money=total />
                </li>
            }
        })
        .collect_view();
    view! {
        <main class="pay">
            <p class="pay-seller">{view.business_name.clone()}</p>
            <h1>{headline(&view)}</h1>
            {refused}
            {confirming}
            {on_its_way}
            {unclear}
            <section class="pay-sum" aria-label="Sum">
                <p class="quiet">{sum_label(&view)}</p>
                <p>
                    <BigAmount money=sum />
                </p>
            </section>
            <Gateways view=view.clone() />
            <section class="stack tight">
                <h2>"What you got"</h2>
                <ul class="pay-won">{won}</ul>
                <Sums totals=view.totals paid=view.paid owed=view.owed />
            </section>
            <Delivery view=view.clone() />
            <Foot number=view.number.clone() email=view.business_email.clone() />
        </main>
    }
    .into_any()
}

/// A form for each gateway. While a payment is being confirmed they step back, for a buyer who left the gateway's page
/// without paying.
#[component]
fn Gateways(view: PayView) -> impl IntoView {
    if !view.state.is_owed() || view.on_its_way || view.unclear {
        return ().into_any();
    }
    if view.too_small {
        let text = format!(
            "{} is less than can be paid by card. Please ask {} how else to pay.",
            view.owed, view.business_name
        );
        return view! { <Notice tone=Tone::Waiting text=text /> }.into_any();
    }
    if view.gateways.is_empty() {
        let text =
            format!("{} does not take payments here yet. Ask how to pay by e-mail.", view.business_name);
        return view! { <Notice tone=Tone::Waiting text=text /> }.into_any();
    }
    let kind = if view.confirming { "button wide" } else { "button primary wide" };
    let left = view.confirming.then(
        || view! { <p class="quiet">"Did you leave the payment page before you paid? Go back to it:"</p> },
    );
    let forms = view
        .gateways
        .iter()
        .map(|gateway: &Gateway| {
            let label = format!("Pay {} with {}", view.owed, gateway.label());
            view! {
                <form class="pay-gateways" method="post" action=format!("/pay/{}/{}", view.token, gateway.as_str())>
                    <button type="submit" class=kind>
                        {label}
                    </button>
                </form>
            }
        })
        .collect_view();
    view! {
        <div class="stack tight">
            {left}
            {forms}
            <p class="hint">"You pay on the gateway's own page. Your card number never comes here."</p>
        </div>
    }
    .into_any()
}

#[component]
fn Delivery(view: PayView) -> impl IntoView {
    if matches!(view.state, InvoiceState::Void | InvoiceState::Draft) {
        return ().into_any();
    }
    let lines = if view.delivery.is_empty() {
        view! { <p class="quiet">"Your address is not known yet: please send it to the seller."</p> }
            .into_any()
    } else {
        view.delivery
            .lines()
            .into_iter()
            .map(|line| view! { <p class="quiet">{line}</p> })
            .collect_view()
            .into_any()
    };
    let tracking = (!view.tracking_number.is_empty()).then(|| {
        let number = view.tracking_number.clone();
        if view.tracking_url.is_empty() {
            return view! { <p>"Tracking number: " <span class="code">{number}</span></p> }.into_any();
        }
        view! {
            <p>
                <a href=view.tracking_url.clone() rel="noopener noreferrer">
                    {format!("Follow parcel {number}")}
                </a>
            </p>
        }
        .into_any()
    });
    view! {
        <section class="stack tight">
            <h2>"Delivery"</h2>
            <p>{delivery(&view)}</p>
            {tracking}
            <div>{lines}</div>
        </section>
    }
    .into_any()
}

#[component]
fn Foot(number: String, email: String) -> impl IntoView {
    let question = (!email.is_empty()).then(|| {
        view! {
            "Questions? Write to "
            <a href=format!("mailto:{email}")>{email.clone()}</a>
            ". "
        }
    });
    view! {
        <footer class="pay-foot">
            {question} {format!("Invoice {number}. ")} <a href="/privacy">"Privacy"</a>
        </footer>
    }
    .into_any()
}

/// A link behind which no invoice is.
#[component]
pub fn PayNotFound() -> impl IntoView {
    view! {
        <main class="pay">
            <p class="pay-seller">
                <Mark />
                "SellTrac"
            </p>
            <h1>"This link leads to no invoice"</h1>
            <p>
                "It may have been cut off on its way. Open it from the seller's message once more, or ask the seller to send it again."
            </p>
        </main>
    }
    .into_any()
}

/// An address of this server behind which nothing is.
#[component]
pub fn PageNotFound() -> impl IntoView {
    view! {
        <main class="pay">
            <p class="pay-seller">
                <Mark />
                "SellTrac"
            </p>
            <h1>"There is nothing here"</h1>
            <p>"The address may be mistyped, or what was here has gone."</p>
            <p>
                <a href="/">"Go to SellTrac"</a>
            </p>
        </main>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::{
        address::PostalAddress,
        invoices::{Line, Totals},
        money::{Currency, Money},
    };
    use uuid::Uuid;

    use super::*;

    fn view(state: InvoiceState, paid: i64) -> PayView {
        let money = |minor| Money::new(minor, Currency::USD);
        PayView {
            business_id: Uuid::nil(),
            token: "abc".into(),
            number: "INV-0007".into(),
            state,
            business_name: "Moon & Tide".into(),
            business_email: "hello@moon.example".into(),
            customer_name: "Ana".into(),
            delivery: PostalAddress::default(),
            lines: vec![Line {
                code: "A12".into(),
                description: "Moon ring".into(),
                quantity: 2,
                unit_price: money(2_110),
            }],
            pictures: vec![None],
            totals: Totals { subtotal: money(4_220), shipping: money(600), total: money(4_820) },
            paid: money(paid),
            owed: money(4_820 - paid),
            gateways: vec![Gateway::Stripe],
            confirming: false,
            on_its_way: false,
            unclear: false,
            too_small: false,
            shipment: None,
            tracking_number: String::new(),
            tracking_url: String::new(),
        }
    }

    #[test]
    fn the_page_says_what_the_sum_is() {
        assert_eq!(sum_label(&view(InvoiceState::Open, 0)), "To pay");
        assert_eq!(sum_label(&view(InvoiceState::PartPaid, 2_000)), "Still to pay of $48.20");
        assert_eq!(sum_label(&view(InvoiceState::Paid, 4_820)), "Paid");
        assert_eq!(headline(&view(InvoiceState::Paid, 4_820)), "Thank you, Ana!");
    }

    #[test]
    fn the_delivery_is_promised_only_once_it_is_so() {
        let mut view = view(InvoiceState::Paid, 4_820);
        view.shipment = Some(ShipmentState::Ready);
        assert_eq!(delivery(&view), "Your parcel is being packed.");
        view.shipment = Some(ShipmentState::Labelled);
        assert!(delivery(&view).contains("has its label"));
        view.shipment = None;
        view.state = InvoiceState::Open;
        assert_eq!(delivery(&view), "Your parcel is packed once this is paid.");
    }

    #[cfg(feature = "ssr")]
    mod rendered {
        use leptos::prelude::Owner;

        use super::*;

        fn html(view: PayView, notice: Option<Code>) -> String {
            Owner::new().with(|| view! { <PayPage view=view notice=notice /> }.to_html())
        }

        #[test]
        fn an_open_invoice_offers_each_gateway_and_nothing_that_runs() {
            let html = html(view(InvoiceState::Open, 0), None);
            assert!(html.contains(r#"action="/pay/abc/stripe""#), "{html}");
            assert!(html.contains("Pay $48.20 with Stripe"), "{html}");
            assert!(html.contains("Moon &amp; Tide"), "{html}");
            assert!(!html.contains("<script"), "{html}");
        }

        #[test]
        fn what_is_paid_cannot_be_paid_again() {
            for state in [InvoiceState::Paid, InvoiceState::Void] {
                assert!(!html(view(state, 4_820), None).contains("<form"), "{state:?}");
            }
        }

        #[test]
        fn what_a_bank_is_paying_cannot_be_paid_again() {
            let mut open = view(InvoiceState::Open, 0);
            open.on_its_way = true;
            let html = html(open, None);
            assert!(html.contains("Your bank is paying this."), "{html}");
            assert!(!html.contains("<form"), "{html}");
        }

        #[test]
        fn what_is_unclear_or_too_small_offers_no_button_and_says_why() {
            let mut open = view(InvoiceState::Open, 0);
            open.unclear = true;
            let unclear = html(open, None);
            assert!(
                unclear.contains("Please do not pay again for now; Moon &amp; Tide is looking"),
                "{unclear}"
            );
            assert!(!unclear.contains("<form"), "{unclear}");
            let mut open = view(InvoiceState::Open, 4_790);
            (open.too_small, open.gateways) = (true, Vec::new());
            let small = html(open, None);
            assert!(small.contains("$0.30 is less than can be paid by card."), "{small}");
            assert!(!small.contains("<form"), "{small}");
        }

        #[test]
        fn a_payment_being_confirmed_and_a_refusal_are_told() {
            let mut open = view(InvoiceState::Open, 0);
            open.confirming = true;
            let html = html(open, Some(Code::ProviderUnavailable));
            assert!(html.contains("We are confirming your payment…"), "{html}");
            assert!(html.contains("The provider does not answer right now."), "{html}");
        }
    }
}
