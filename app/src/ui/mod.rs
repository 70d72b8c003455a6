//! The parts every screen is built from. They look as `style/main.css` says, whose head lists the class names for what
//! needs no component of its own (tables, sheets, the lines of a sale).
//!
//! Each part renders the same on the server and in the browser: none reads a clock, a locale or a random number. Each
//! works before the browser's part has loaded: places are links, forms are forms, menus are `<details>`. Links are plain
//! `<a>`s, which the router follows without a reload; only places are `A`s, which say where one is.

mod badge;
mod disclosure;
mod field;
mod form;
mod frame;
mod icons;
mod in_step;
mod list;
mod money;
mod notice;
mod page;
mod suspend;
mod title;

pub use badge::{Badge, Tone, ToneMark};
pub use disclosure::{Disclosure, Fold};
pub use field::{CheckField, FieldErrorLine, SelectField, TextAreaField, TextField, text_html};
pub use form::{ErrorSummary, SubmitButton};
pub use frame::{Frame, FrameCounts};
pub use icons::{Icon, IconName, Mark};
pub use in_step::{Radio, typed_in_step, typed_over};
pub use list::{ListPager, Pager, Row, Rows, SearchBox, SteadyRows, StockBar};
pub use money::{Amount, BigAmount};
pub use notice::{Notice, Progress, Timeline, TimelineEntry, Toast, Told};
pub use page::{Columns, EmptyState, PageHead, PageProblem, Section, Stat};
pub use suspend::suspend;
pub use title::Title;
