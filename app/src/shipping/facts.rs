//! What stands beside a parcel: its measures, its packaging, where it goes and what is in it.

use domain::{
    shipping::{ShipmentState, ShipmentView, size_text},
    weight::{self, WeightUnit},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::shipment::Deeds;
use crate::ui::{Section, SelectField, SubmitButton};

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
    let edit = format!("/customers/{}?back=/ship/{}", shipment.customer_id, shipment.id);
    let address = if shipment.address.is_empty() {
        view! { <p class="quiet">"Not known yet"</p> }.into_any()
    } else {
        let lines = shipment.address.lines().into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        view! {
            <p>{shipment.customer_name.clone()}</p>
            {lines}
        }
        .into_any()
    };
    let contents = shipment.contents.iter().cloned().map(|line| view! { <li>{line}</li> }).collect_view();
    view! {
        <div class="stack loose">
            <Section title="Parcel">
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
                {(can_repack && !shipment.packagings.is_empty())
                    .then(|| view! { <Repack shipment=shipment.clone() deeds=deeds /> })}
            </Section>
            <Section
                title="To"
                aside=move || view! { <A href=edit>"Change the address"</A> }
            >
                {address}
            </Section>
            <Section title="Contents">
                <ul>{contents}</ul>
            </Section>
        </div>
    }
    .into_any()
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
        <ActionForm action=form.action attr:class="stack tight">
            <input type="hidden" name="id" value=shipment.id.to_string() />
            <SelectField label="Pack it in" name="packaging_id" options=options bind=deeds.packaging />
            <div>
                <SubmitButton label="Repack" pending=form.pending() pending_label="Packing…" kind="small" />
            </div>
        </ActionForm>
    }
    .into_any()
}
