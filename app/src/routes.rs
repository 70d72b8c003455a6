//! The addresses of the back office and the pages behind them.
//!
//! Pages are rendered whole before they are sent, so that each works before, and without, the browser's part.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{Outlet, ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    accounts::{
        business_frame::BusinessFrame,
        register::RegisterPage,
        settings::{SettingsPage, packaging::edit::EditPackagingPage},
        sign_in::SignInPage,
    },
    customers::{
        customer::CustomerPage, duplicates::DuplicatesPage, history::HistoryPage, list::CustomersPage,
        merge::MergePage, new::NewCustomerPage,
    },
    inventory::{
        count::{CountPage, CountsPage},
        find::FindPage,
        item::{EditItemPage, NewItemPage},
        list::StockPage,
        material::{EditMaterialPage, NewMaterialPage},
        materials::MaterialsPage,
        tag_sheet::TagSheetPage,
        tags::TagsPage,
    },
    invoices::{invoice::InvoicePage, list::BillPage},
    network::provide_network,
    reports::{
        report::ReportPage,
        stuck::{DismissPage, StuckPage},
        today::TodayPage,
    },
    sales::{
        contest::ContestPage,
        list::SalesPage,
        new::NewSalePage,
        replies::RepliesPage,
        sale::SalePage,
        selling::{SaleRulesPage, SellingPage},
    },
    shipping::{queue::ShipPage, shipment::ShipmentPage},
    transfer::{export::ExportPage, files::ImportsPage, import::ImportPage},
    ui::{EmptyState, Title},
};

/// Everything that wakes up in the browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_network();
    view! {
        <Router>
            <Routes fallback=|| view! { <NotFound /> }>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/register") view=RegisterPage ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=|| view! { <BusinessFrame><Outlet /></BusinessFrame> } ssr=SsrMode::Async>
                    <Route path=path!("") view=TodayPage ssr=SsrMode::Async />
                    <Route path=path!("sell") view=SalesPage ssr=SsrMode::Async />
                    <Route path=path!("sell/new") view=NewSalePage ssr=SsrMode::Async />
                    <Route path=path!("sell/:id") view=SalePage ssr=SsrMode::Async />
                    <Route path=path!("sell/:id/replies") view=RepliesPage ssr=SsrMode::Async />
                    <Route path=path!("sell/:id/rules") view=SaleRulesPage ssr=SsrMode::Async />
                    <Route path=path!("sell/:id/first/:variant") view=ContestPage ssr=SsrMode::Async />
                    <Route path=path!("stock") view=StockPage ssr=SsrMode::Async />
                    <Route path=path!("stock/new") view=NewItemPage ssr=SsrMode::Async />
                    <Route path=path!("stock/find") view=FindPage ssr=SsrMode::Async />
                    <Route path=path!("stock/count") view=CountsPage ssr=SsrMode::Async />
                    <Route path=path!("stock/count/:id") view=CountPage ssr=SsrMode::Async />
                    <Route path=path!("stock/tags") view=TagsPage ssr=SsrMode::Async />
                    <Route path=path!("stock/tags/sheet") view=TagSheetPage ssr=SsrMode::Async />
                    <Route path=path!("stock/materials") view=MaterialsPage ssr=SsrMode::Async />
                    <Route path=path!("stock/materials/new") view=NewMaterialPage ssr=SsrMode::Async />
                    <Route path=path!("stock/materials/:id") view=EditMaterialPage ssr=SsrMode::Async />
                    <Route path=path!("stock/:id") view=EditItemPage ssr=SsrMode::Async />
                    <Route path=path!("bill") view=BillPage ssr=SsrMode::Async />
                    <Route path=path!("bill/:id") view=InvoicePage ssr=SsrMode::Async />
                    <Route path=path!("ship") view=ShipPage ssr=SsrMode::Async />
                    <Route path=path!("ship/:id") view=ShipmentPage ssr=SsrMode::Async />
                    <Route path=path!("customers") view=CustomersPage ssr=SsrMode::Async />
                    <Route path=path!("customers/new") view=NewCustomerPage ssr=SsrMode::Async />
                    <Route path=path!("customers/duplicates") view=DuplicatesPage ssr=SsrMode::Async />
                    <Route path=path!("customers/:id") view=CustomerPage ssr=SsrMode::Async />
                    <Route path=path!("import") view=ImportsPage ssr=SsrMode::Async />
                    <Route path=path!("import/:id") view=ImportPage ssr=SsrMode::Async />
                    <Route path=path!("export") view=ExportPage ssr=SsrMode::Async />
                    <Route path=path!("customers/:id/merge") view=MergePage ssr=SsrMode::Async />
                    <Route path=path!("customers/:id/history/:part") view=HistoryPage ssr=SsrMode::Async />
                    <Route path=path!("reports") view=ReportPage ssr=SsrMode::Async />
                    <Route path=path!("stuck") view=StuckPage ssr=SsrMode::Async />
                    <Route path=path!("stuck/:id") view=DismissPage ssr=SsrMode::Async />
                    <Route path=path!("settings") view=SettingsPage ssr=SsrMode::Async />
                    <Route path=path!("settings/selling") view=SellingPage ssr=SsrMode::Async />
                    <Route path=path!("settings/packaging/:id") view=EditPackagingPage ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// An address behind which nothing is.
#[component]
fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Nothing here" />
        <main class="page">
            <EmptyState
                title="There is nothing here"
                text="The address may be mistyped, or what was here has gone."
                action=|| view! { <a class="button primary" href="/">"Go to Today"</a> }
            />
        </main>
    }
}
