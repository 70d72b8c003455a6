//! What the browser's part does to the grid: making rows, moving, pasting, filling, removing, and taking that back.

use domain::inventory::{MAX_OPTIONS, MAX_VARIANTS, UNNAMED_OPTION, VariantForm, grid};
use leptos::{ev, prelude::*};

use super::cells::{self, Cell, VALUE_PARTS, parts};
use crate::ui::Told;

/// What was done, and how the grid was before.
#[derive(Clone, Debug)]
struct Done {
    told: String,
    /// Cells with what stood in them.
    before: Vec<(Cell, String)>,
    gone: Vec<usize>,
}

/// The grid. Copyable into closures.
#[derive(Clone, Copy)]
pub struct Grid {
    /// How many rows there are, those that are gone among them.
    pub rows: RwSignal<usize>,
    /// What each row begins with.
    first: StoredValue<Vec<VariantForm>>,
    /// Rows that were removed and can come back.
    gone: RwSignal<Vec<usize>>,
    /// Whether there are choices.
    several: RwSignal<bool>,
    /// The values typed beside each option.
    typed: [RwSignal<String>; MAX_OPTIONS],
    /// The names of the options.
    names: [RwSignal<String>; MAX_OPTIONS],
    done: Told<Done>,
}

impl Grid {
    /// A grid with stored rows and so many rows altogether.
    pub fn new(
        stored: Vec<VariantForm>,
        rows: usize,
        several: bool,
        typed: [RwSignal<String>; MAX_OPTIONS],
        names: [RwSignal<String>; MAX_OPTIONS],
    ) -> Self {
        Grid {
            rows: RwSignal::new(rows),
            first: StoredValue::new(stored),
            gone: RwSignal::new(Vec::new()),
            several: RwSignal::new(several),
            typed,
            names,
            done: Told::nothing(),
        }
    }

    /// What a row begins with.
    pub fn first(self, row: usize) -> VariantForm {
        self.first.with_value(|first| first.get(row).cloned()).unwrap_or_default()
    }

    /// What an option is called.
    pub fn name(self, option: usize) -> String {
        self.names[option].with(|name| if name.is_empty() { UNNAMED_OPTION.to_owned() } else { name.clone() })
    }

    /// Whether a row was removed.
    pub fn is_gone(self, row: usize) -> bool {
        self.gone.with(|gone| gone.contains(&row))
    }

    /// Whether there are choices.
    pub fn is_several(self) -> bool {
        self.several.get()
    }

    /// What was done last, while it can be taken back.
    pub fn told(self) -> Signal<Option<String>> {
        self.done.words(|done| done.told.clone())
    }

    /// One more row at the end.
    pub fn add_row(self) {
        self.rows.update(|rows| *rows = (*rows + 1).min(MAX_VARIANTS));
        self.several.set(true);
    }

    /// Makes the rows for the values that are typed beside the options.
    pub fn make_rows(self) {
        let typed = super::typed_values(&self.typed.map(|typed| typed.get_untracked()));
        if typed.iter().all(Vec::is_empty) {
            return;
        }
        let (filled, spare): (Vec<usize>, Vec<usize>) = self.present().partition(|row| !is_blank(*row));
        let there: Vec<Vec<String>> =
            filled.iter().map(|row| VALUE_PARTS.map(|part| cells::value(*row, part)).to_vec()).collect();
        let mut grown = grid::grow(&there, &typed);
        let mut told = match grown.len() - there.len() {
            1 => "Made 1 row.".to_owned(),
            made => format!("Made {made} rows."),
        };
        let room = MAX_VARIANTS - self.rows.get_untracked() + filled.len() + spare.len();
        if grown.len() > room {
            grown.truncate(room);
            told = format!("There is room for {MAX_VARIANTS} rows, so not all were made.");
        }
        let mut edit = Edit::new(self);
        let mut places = filled.into_iter().chain(spare);
        for values in grown {
            let row = places.next();
            edit.row(row, VALUE_PARTS.into_iter().zip(values));
        }
        edit.finish(told);
        self.several.set(true);
        self.typed.iter().for_each(|typed| typed.set(String::new()));
    }

    /// Rows that are not gone.
    fn present(self) -> impl Iterator<Item = usize> {
        let gone = self.gone.get_untracked();
        (0..self.rows.get_untracked()).filter(move |row| !gone.contains(row))
    }

    /// Empties a row and takes it out of sight.
    pub fn remove(self, row: usize) {
        let mut edit = Edit::new(self);
        edit.row(Some(row), parts().map(|part| (part, String::new())));
        edit.finish("Row removed.".into());
        self.gone.update(|gone| gone.push(row));
    }

    /// Writes the first answer of a column into the empty cells of the rows below it.
    pub fn fill_down(self, part: &'static str) {
        let rows: Vec<usize> = self.present().filter(|row| !is_blank(*row)).collect();
        let Some(value) = rows.iter().map(|row| cells::value(*row, part)).find(|value| !value.is_empty())
        else {
            return;
        };
        let mut edit = Edit::new(self);
        for row in rows.into_iter().filter(|row| cells::value(*row, part).is_empty()) {
            edit.row(Some(row), [(part, value.clone())]);
        }
        edit.finish("Filled the empty cells.".into());
    }

    /// Pastes the cells of a spreadsheet from the cell on that has the focus.
    pub fn paste(self, event: &ev::ClipboardEvent) {
        let Some((Cell { row, part }, _)) = Cell::of(event.target()) else { return };
        let pasted = event.clipboard_data().and_then(|clipboard| clipboard.get_data("text/plain").ok());
        let Some(block) = pasted.as_deref().and_then(grid::block) else { return };
        event.prevent_default();
        let columns: Vec<&'static str> = parts()
            .skip_while(|known| *known != part)
            .filter(|part| cells::field(row, part).is_some_and(|field| cells::is_shown(&field)))
            .collect();
        let mut places = self.present().filter(|present| *present >= row).collect::<Vec<_>>().into_iter();
        let count = block.len();
        let mut edit = Edit::new(self);
        for pasted in block {
            let place = places.next();
            if place.is_none() && self.rows.get_untracked() >= MAX_VARIANTS {
                break;
            }
            edit.row(place, columns.iter().copied().zip(pasted));
        }
        edit.finish(if count == 1 { "Pasted 1 row.".into() } else { format!("Pasted {count} rows.") });
        if count > 1 {
            self.several.set(true);
        }
    }

    /// Moves between cells as in a spreadsheet.
    pub fn press(self, event: &ev::KeyboardEvent) {
        let Some((Cell { row, part }, field)) = Cell::of(event.target()) else { return };
        if event.is_composing() || event.alt_key() {
            return;
        }
        let with_control = event.ctrl_key() || event.meta_key();
        let caret = field.selection_start().ok().flatten().unwrap_or_default();
        let marked_to = field.selection_end().ok().flatten().unwrap_or_default();
        let is_at_start = caret == 0 && marked_to == 0;
        let is_at_end = caret as usize >= field.value().encode_utf16().count();
        let to = match event.key().as_str() {
            "d" | "D" if with_control => {
                event.prevent_default();
                if let Some(above) = self.row_beside(row, false) {
                    let mut edit = Edit::new(self);
                    edit.row(Some(row), [(part, cells::value(above, part))]);
                    edit.finish("Took what stands above.".into());
                }
                return;
            }
            _ if with_control => return,
            "ArrowDown" => self.row_beside(row, true).map(|row| (row, part)),
            "ArrowUp" => self.row_beside(row, false).map(|row| (row, part)),
            "Enter" => {
                // It would send the form.
                event.prevent_default();
                self.row_beside(row, !event.shift_key()).map(|row| (row, part))
            }
            "ArrowRight" if is_at_end && !event.shift_key() => {
                part_beside(row, part, true).map(|part| (row, part))
            }
            "ArrowLeft" if is_at_start && !event.shift_key() => {
                part_beside(row, part, false).map(|part| (row, part))
            }
            _ => return,
        };
        if let Some((row, part)) = to {
            event.prevent_default();
            cells::enter(row, part);
        }
    }

    /// The next row down or up that is there.
    fn row_beside(self, row: usize, down: bool) -> Option<usize> {
        let mut rows = self.present().filter(|other| if down { *other > row } else { *other < row });
        if down { rows.next() } else { rows.last() }
    }

    /// Puts everything back as it was before what was done last.
    pub fn undo(self) {
        let Some(Done { before, gone, .. }) = self.done.get_untracked() else { return };
        for (Cell { row, part }, value) in before {
            if let Some(field) = cells::field(row, part) {
                field.set_value(&value);
            }
        }
        self.gone.set(gone);
        self.done.clear();
    }
}

/// The next cell of a row that can be seen.
fn part_beside(row: usize, part: &str, forward: bool) -> Option<&'static str> {
    let is_there = |part: &&'static str| cells::field(row, part).is_some_and(|field| cells::is_shown(&field));
    if forward {
        parts().skip_while(|known| *known != part).skip(1).find(is_there)
    } else {
        parts().rev().skip_while(|known| *known != part).skip(1).find(is_there)
    }
}

/// Whether nothing stands in a row.
fn is_blank(row: usize) -> bool {
    parts().all(|part| cells::value(row, part).trim().is_empty())
}

/// A change of the grid under way, which remembers how it was.
struct Edit {
    grid: Grid,
    before: Vec<(Cell, String)>,
    gone: Vec<usize>,
    added: Vec<VariantForm>,
}

impl Edit {
    fn new(grid: Grid) -> Self {
        Edit { grid, before: Vec::new(), gone: grid.gone.get_untracked(), added: Vec::new() }
    }

    /// Writes answers into a row that is there, or into a new one.
    fn row(&mut self, row: Option<usize>, answers: impl IntoIterator<Item = (&'static str, String)>) {
        match row {
            Some(row) => {
                for (part, value) in answers {
                    let Some(field) = cells::field(row, part) else { continue };
                    let before = field.value();
                    if before != value {
                        field.set_value(&value);
                        self.before.push((Cell { row, part }, before));
                    }
                }
            }
            None => {
                let row = self.grid.rows.get_untracked() + self.added.len();
                let mut form =
                    VariantForm { values: vec![String::new(); MAX_OPTIONS], ..VariantForm::default() };
                for (part, value) in answers {
                    *answer(&mut form, part) = value;
                    self.before.push((Cell { row, part }, String::new()));
                }
                self.added.push(form);
            }
        }
    }

    /// Shows the new rows, and says what was done.
    fn finish(self, told: String) {
        let Edit { grid, before, gone, added } = self;
        if before.is_empty() {
            return;
        }
        let rows = grid.rows.get_untracked();
        let count = added.len();
        grid.first.update_value(|first| {
            first.resize(rows, VariantForm::default());
            first.extend(added);
        });
        if count > 0 {
            grid.rows.set((rows + count).min(MAX_VARIANTS));
        }
        grid.done.tell(Done { told, before, gone });
    }
}

/// The answer of a part.
fn answer<'form>(form: &'form mut VariantForm, part: &str) -> &'form mut String {
    match part {
        "code" => &mut form.code,
        "price" => &mut form.price,
        "net_weight" => &mut form.net_weight,
        "weight" => &mut form.weight,
        "barcode" => &mut form.barcode,
        "quantity" => &mut form.quantity,
        value => {
            let option = VALUE_PARTS.iter().position(|known| *known == value).unwrap_or_default();
            &mut form.values[option]
        }
    }
}
