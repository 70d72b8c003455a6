//! What this version stores, seals and shares, in plain words. Whoever changes a table, a port or a cookie changes this
//! page and its date.

use leptos::prelude::*;

use crate::ui::Mark;

/// The day on which this page was last true and checked.
pub const PRIVACY_DATE: &str = "30 November 2026";

/// A page of long text for anybody, with the way home.
#[component]
fn PrivacyDocument(children: Children) -> impl IntoView {
    view! {
        <main class="prose">
            <p>
                <a class="alone-mark" href="/">
                    <Mark />
                    "SellTrac"
                </a>
            </p>
            {children()}
            <p>
                <a href="/">"Back to SellTrac"</a>
            </p>
        </main>
    }
    .into_any()
}

/// A heading and the points under it.
#[component]
fn Points(
    title: &'static str,
    intro: &'static str,
    points: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    let points = points
        .iter()
        .map(|(what, words)| {
            view! {
                <li>
                    <strong>{*what}</strong>
                    ": "
                    {*words}
                </li>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2>{title}</h2>
            <p>{intro}</p>
            <ul>{points}</ul>
        </section>
    }
    .into_any()
}

/// A heading and the paragraphs under it.
#[component]
fn Words(title: &'static str, paragraphs: &'static [&'static str]) -> impl IntoView {
    let paragraphs = paragraphs.iter().map(|words| view! { <p>{*words}</p> }).collect_view();
    view! {
        <section>
            <h2>{title}</h2>
            {paragraphs}
        </section>
    }
    .into_any()
}

const STORED: &[(&str, &str)] = &[
    (
        "Members (those who sign in)",
        "name, e-mail address, role, and a hash of the password (Argon2id), never the password.",
    ),
    (
        "Sessions",
        "a hash of the token in your cookie, whose session it is, when it began, when it was last used and when it ends. \
         Failed sign-ins are counted with the e-mail address that was typed, to stop guessing.",
    ),
    ("Businesses", "name, e-mail address, postal address, currency, unit of weight and settings."),
    (
        "Buyers",
        "name, the names they use on each platform and of the profiles that a paste links to, and what the seller \
         adds: e-mail address, phone number (as typed and as it is dialled from anywhere), postal addresses and what \
         they are called, language, tags, a note, whether they are exempt from tax and their tax number, whether they \
         are blocked, and credit with its reasons. Buyers who were merged into one stay stored as they were, with \
         what moved and who merged them, so that it can be undone; that two of them are not the same person is noted, \
         too.",
    ),
    (
        "Comments",
        "as the seller pasted them, with the author's name and the name of the profile that a paste links to, the text, and \
         how it was read. The whole paste is not kept beside them.",
    ),
    (
        "Claims and stock",
        "who claimed which item, how many, when, and what that did to the stock; which member moved, counted or changed \
         something, when, and what was written beside it.",
    ),
    (
        "Pictures of items",
        "made smaller and encoded anew: places, times and names that a camera had written into them are gone. Whoever has a \
         picture's address, which cannot be guessed, can see it; buyers see those of what they won.",
    ),
    (
        "Imports and lists",
        "of an imported file its rows until the import is done, then what it added and what things were before it changed \
         them, so that it can be undone. Searches that a seller saves, and what rows held before many were changed at once.",
    ),
    ("Invoices", "what was bought, what it costs, what is paid, and the secret link on which it is paid."),
    (
        "Payments",
        "each try at paying and each payment: gateway, amount, fee, moment and the gateway's own number for it. Never a \
         card number: buyers pay on the gateway's own page, and what they type there never comes here.",
    ),
    (
        "Parcels",
        "weight, packaging, rates, tracking number, and the label as a file, on which the buyer's name and address stand.",
    ),
    (
        "Mails",
        "which invoice a mail was about, the address it went to, and when it was sent. Its text is not kept.",
    ),
];

const SHARED: &[(&str, &str)] = &[
    (
        "The payment gateway (Stripe)",
        "the invoice's number and our own keys for it, the amount, the buyer's e-mail address if it is known, and the \
         address of the page to come back to. What the buyer enters there is between the buyer and the gateway.",
    ),
    (
        "The carrier service (EasyPost)",
        "when the seller asks for rates: names, postal addresses and e-mail addresses of both ends, the buyer's phone \
         number, weight and size of the parcel, and the invoice's number. It passes them on to the carriers.",
    ),
    (
        "The mail server of whoever runs this server",
        "the mails to buyers: name and address, what was bought and for how much, the link to pay, the tracking number, \
         and the seller's name and addresses.",
    ),
];

/// What is stored, sealed and shared.
#[component]
pub fn PrivacyPage() -> impl IntoView {
    view! {
        <PrivacyDocument>
            <h1>"Privacy"</h1>
            <p class="quiet">{format!("What this version of SellTrac does with data. As of {PRIVACY_DATE}.")}</p>
            <Words
                title="Who is responsible"
                paragraphs=&[
                    "SellTrac is a program that somebody runs on a server of their own: the operator. Sellers keep their business in it, and buyers meet it when they open an invoice.",
                    "What a seller records about buyers is the seller's to answer for; ask the seller first. The seller's e-mail address stands on every invoice. The operator keeps the server and its database.",
                ]
            />
            <Points
                title="What is stored"
                intro="All of it is in the operator's own database, each business apart from every other."
                points=STORED
            />
            <Words
                title="What is sealed"
                paragraphs=&[
                    "The keys with which SellTrac talks to a seller's payment gateway and carrier service, and the secret with which the gateway signs its messages, are encrypted (AES-256-GCM) with a master key that is not in the database. Only the last four characters of a key are kept readable, so that the seller can tell keys apart.",
                    "Everything else is stored readable in the database, so that it can be searched and shown. Protecting the disk and the backups is the operator's part.",
                ]
            />
            <Points
                title="What is shared, and with whom"
                intro="Only what the work needs, only when a seller or buyer sets it off, and only with:"
                points=SHARED
            />
            <Words
                title="What is not done"
                paragraphs=&[
                    "There are no analytics, no advertising, no tracking pixels in mails, and no scripts, fonts or pictures from other companies. Nothing is sold, and no comment is sent anywhere to be read: that happens in the browser and on this server.",
                ]
            />
            <Words
                title="Cookies"
                paragraphs=&[
                    "Members get one cookie when they sign in. It holds the session's token, ends 30 days after its last use, and goes when they sign out. A second one says only that somebody signed in with this browser before, so that strangers who guess at a password keep nobody out; it ends after half a year. Where scripts are off, a form that could not be taken is handed back in one more cookie for a minute; passwords and keys are never in it.",
                    "Buyers who open an invoice get no cookie from us. The gateway's page has rules of its own.",
                    "The browser keeps this site's style, program and icons so that pages open faster; pages themselves are not kept.",
                    "What a member has half typed into a form is kept in the browser's own storage, readable, so that a reload or a closed tab loses none of it. That can be a buyer's name and address or a whole list of comments; passwords and keys are never in it. It goes when the form is saved, when the member signs out, when somebody else signs in, and after a day, at the next visit to this site. Whoever shares a device signs out.",

                ]
            />
            <Words
                title="The log"
                paragraphs=&[
                    "The server notes starting, stopping and what failed, with internal numbers. It notes who signed in and out, or tried to, registered, changed a provider's key or took everything along, with the network address. It keeps no list of who opened which page. A server that the operator has placed in front of it may keep one.",
                ]
            />
            <Words
                title="How long"
                paragraphs=&[
                    "Sessions that are over, counts of tries to sign in with the network addresses they came from (after an hour or two), finished tasks, removed pictures (after a day), imports that nobody finished (after a week), gateways' events (after 60 days), what an import or a change of many rows can be undone from (after 90 days), tries at paying of which nothing came (after 180 days) and what was mailed to whom (after two years) are deleted by themselves. The rest stays until the operator deletes it from the database.",
                ]
            />
            <Words
                title="What is not there yet"
                paragraphs=&[
                    "A seller can take everything along as files under Export. There is no button yet with which one buyer gets a copy of their data or has it erased. Until there is one, ask the seller or the operator, who can do both by hand in the database.",
                ]
            />
        </PrivacyDocument>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_page_carries_its_date_and_its_headings_are_in_order() {
        let html = PrivacyPage().to_html();
        assert!(html.contains(&format!("As of {PRIVACY_DATE}.")), "{html}");
        assert_eq!(html.matches("<h1").count(), 1);
        assert_eq!(html.matches("<h2").count(), 9);
        assert!(!html.contains("<h3"));
    }
}
