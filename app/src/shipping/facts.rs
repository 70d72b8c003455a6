//! What stands beside a parcel: its measures, its packaging, where it goes and what is in it.

use domain::{
    shipping::{ShipmentState, ShipmentView, size_text},
    weight::{self, WeightUnit},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    WEIGHT_ID,
    shipment::{Deeds, REPACK_FORM, WEIGH_FORM},
};
use crate::ui::{Section, SelectField, SubmitButton, TextField};

/// The parcel's measures, its packaging, its way and its contents.
#[component]
pub(super) fn Facts(shipment: ShipmentView, weight_unit: WeightUnit, deeds: Deeds) -> impl IntoView {
    let (weight, size) = match &shipment.parcel {
        Some(parcel) => {
            let size = size_text(parcel.length, parcel.width, parcel.height);
            (weight::display(parcel.weight, weight_unit), size)
        }
        None => ("Not known yet".to_owned(), "Not known yet".to_owned()),
    };
    // Once a label is asked for, the parcel is what the carrier was told.
    let can_repack = matches!(shipment.state, ShipmentState::Ready | ShipmentState::Failed);
    let packed_in =
        shipment.packagings.iter().find(|packaging| Some(packaging.id) == shipment.packaging_id).map(
            |packaging| match packaging.left() {
                Some(left) => format!("{} ({left})", packaging.name),
                None => packaging.name.clone(),
            },
        );
    let packaging = packed_in.map(|name| {
        view! {
            <div>
                <dt>"Packaging"</dt>
                <dd>{name}</dd>
            </div>
        }
    });
    let to = view! { <To shipment=shipment.clone() /> };
    let contents = shipment.contents.iter().cloned().map(|line| view! { <li>{line}</li> }).collect_view();
    view! {
        <div class="stack loose">
            <Section title="Parcel">
                <div class="stack">
                    <dl class="facts">
                        <div>
                            <dt>"Weight"</dt>
                            <dd>{weight}</dd>
                        </div>
                        <div>
                            <dt>"Size"</dt>
                            <dd>{size}</dd>
                        </div>
                        {packaging}
                    </dl>
                    {can_repack
                        .then(|| {
                            view! { <Weigh shipment=shipment.clone() weight_unit=weight_unit deeds=deeds /> }
                        })}
                    {(can_repack && !shipment.packagings.is_empty())
                        .then(|| view! { <Repack shipment=shipment.clone() deeds=deeds /> })}
                </div>
            </Section>
            {to}
            <Section title="Contents">
                <ul>{contents}</ul>
            </Section>
        </div>
    }
    .into_any()
}

/// Where the parcel goes: where its label says, else where the buyer lives.
#[component]
fn To(shipment: ShipmentView) -> impl IntoView {
    let (name, address) = match &shipment.label {
        Some(label) if !label.recipient.address.is_empty() => {
            (label.recipient.name.clone(), label.recipient.address.clone())
        }
        _ => (shipment.customer_name.clone(), shipment.address.clone()),
    };
    let has_moved = (shipment.label.is_some() && address != shipment.address).then(|| {
        view! { <p class="hint">"The buyer's address has changed since this label was ordered."</p> }
    });
    let words = match shipment.label {
        Some(_) => "Open the buyer",
        None => "Change the address",
    };
    let edit = format!("/customers/{}?back=/ship/{}", shipment.customer_id, shipment.id);
    let address = if address.is_empty() {
        view! { <p class="quiet">"Not known yet"</p> }.into_any()
    } else {
        let lines = address.lines().into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        view! {
            <p>{name}</p>
            {lines}
        }
        .into_any()
    };
    view! {
        <Section title="To" aside=move || view! { <A href=edit>{words}</A> }>
            {address}
            {has_moved}
        </Section>
    }
    .into_any()
}

/// What the contents weigh, until there is a label.
#[component]
fn Weigh(shipment: ShipmentView, weight_unit: WeightUnit, deeds: Deeds) -> impl IntoView {
    let form = deeds.weigh;
    // What the items weigh by now is taken over with one press.
    let taken_over = shipment.items_weight.map(|weight| {
        let words = format!("Use the items' weight: {}", in_words(&weight, weight_unit));
        view! {
            <ActionForm action=form.action>
                <input type="hidden" name="id" value=shipment.id.to_string() />
                <input type="hidden" name="weight" value=weight />
                <SubmitButton label=words pending=form.pending() kind="small quiet" />
            </ActionForm>
        }
    });
    view! {
        <div class="stack tight" id=WEIGHT_ID>
            <ActionForm action=form.action attr:id=WEIGH_FORM attr:class="stack tight">
                <input type="hidden" name="id" value=shipment.id.to_string() />
                <TextField
                    label="Weight of the contents"
                    name="weight"
                    id="parcel-weight"
                    bind=deeds.weight
                    inputmode="decimal"
                    autocomplete="off"
                    suffix=weight_unit.symbol()
                    hint="Without the box or mailer."
                    error=form.error("weight")
                />
                <div>
                    <SubmitButton label="Save the weight" pending=form.pending() kind="small" />
                </div>
            </ActionForm>
            {taken_over}
        </div>
    }
    .into_any()
}

/// A weight that is told as a form has it, as people read it: `4.5 oz`, also where the items' own milligrams need another unit to
/// be told exactly.
fn in_words(written: &str, unit: WeightUnit) -> String {
    weight::parse(written, unit)
        .map_or_else(|_| written.to_owned(), |milligrams| weight::display(milligrams, unit))
}

#[component]
fn Repack(shipment: ShipmentView, deeds: Deeds) -> impl IntoView {
    let form = deeds.repack;
    let options: Vec<(String, String)> = shipment
        .packagings
        .iter()
        .map(|packaging| {
            let left = packaging.left().map(|left| format!(" · {left}")).unwrap_or_default();
            (packaging.id.to_string(), format!("{} · {}{left}", packaging.name, packaging.size))
        })
        .collect();
    view! {
        <ActionForm action=form.action attr:id=REPACK_FORM attr:class="stack tight">
            <input type="hidden" name="id" value=shipment.id.to_string() />
            <SelectField label="Pack it in" name="packaging_id" options=options bind=deeds.packaging />
            <div>
                <SubmitButton label="Repack" pending=form.pending() pending_label="Packing…" kind="small" />
            </div>
        </ActionForm>
    }
    .into_any()
}
