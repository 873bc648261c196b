//! Compact controls, for parameters that stand side by side.
//!
//! ```text
//!  name      value      a click on a switch turns it over, on a choice among few takes the next
//!  ▓▓▓▓▓▓▓░░░░░░░░      a choice among many opens a list (module `menu`)
//! ```

use super::hand::Hand;
use super::menu::{self, Names};
use super::slider::{self, Look};
use super::{gesture, layout};
use nice_plug::prelude::{BoolParam, Enum, EnumParam, Param};

use egui::{Rect, Response, Ui};

/// Height of a compact slider with its words.
const HEIGHT: f32 = 34.0;
/// Height of one whose words stand in it.
const LOW: f32 = 22.0;
/// Size of the words in points.
const LETTERS: f32 = 11.0;
/// More variants than this are not clicked through.
const FEW: usize = 4;

/// The lower part of a cell, where the slider lies.
pub(super) fn bottom(cell: Rect) -> Rect {
    cell.with_min_y(cell.bottom() - cell.height().min(HEIGHT))
}

/// The upper part of a cell, where the slider lies if there is room to spare.
pub(super) fn top(cell: Rect) -> Rect {
    cell.with_max_y(cell.top() + cell.height().min(HEIGHT))
}

/// The middle of a cell, where a slider lies whose words stand in it.
pub(super) fn low(cell: Rect) -> Rect {
    let height = cell.height().min(LOW);
    Rect::from_center_size(cell.center(), egui::vec2(cell.width(), height))
}

/// Controls that belong together.
#[derive(Clone, Copy)]
pub(super) struct Group<'a> {
    ui: &'a Ui,
    hand: &'a Hand<'a>,
    /// What their names begin with: it stands in the heading instead.
    stem: &'a str,
    /// Whether anything reads them; dimmed if not.
    is_used: bool,
    /// Whether their names stand elsewhere.
    is_unnamed: bool,
}

impl<'a> Group<'a> {
    /// Controls by their whole names, all of them read.
    pub(super) fn new(ui: &'a Ui, hand: &'a Hand<'a>) -> Self {
        Self {
            ui,
            hand,
            stem: "",
            is_used: true,
            is_unnamed: false,
        }
    }

    /// The same without what their names begin with.
    pub(super) fn without(self, stem: &'a str) -> Self {
        Self { stem, ..self }
    }

    /// The same, dimmed unless something reads them.
    pub(super) fn used(self, is_used: bool) -> Self {
        Self { is_used, ..self }
    }

    /// The same without their names.
    pub(super) fn unnamed(self) -> Self {
        Self {
            is_unnamed: true,
            ..self
        }
    }

    /// A slider.
    pub(super) fn plain<P: Param>(&self, area: Rect, parameter: &P) -> Response {
        slider::show(self.ui, area, parameter, self.hand, &self.look(parameter))
    }

    /// A slider of what goes both ways: filled from the middle.
    pub(super) fn bipolar<P: Param>(&self, area: Rect, parameter: &P) -> Response {
        let look = Look {
            origin: 0.5,
            ..self.look(parameter)
        };
        slider::show(self.ui, area, parameter, self.hand, &look)
    }

    /// A choice: among few a click takes the next, among many it opens a list.
    pub(super) fn choice<T: Enum + PartialEq + 'static>(
        &self,
        area: Rect,
        parameter: &EnumParam<T>,
    ) -> Response {
        if T::variants().len() > FEW {
            return self.named_choice(area, parameter, &menu::plain_name::<T>);
        }
        let response = self.plain(area, parameter);
        if is_plain_click(self.ui, &response) {
            let now = self.hand.heard(parameter).to_index();
            let next = T::from_index((now + 1) % T::variants().len());
            self.take(parameter, parameter.preview_normalized(next));
        }
        response
    }

    /// A choice from a list, by other names than the host's.
    pub(super) fn named_choice<T: Enum + PartialEq + 'static>(
        &self,
        area: Rect,
        parameter: &EnumParam<T>,
        names: Names<'_>,
    ) -> Response {
        let look = self.look(parameter);
        menu::show(self.ui, area, parameter, self.hand, (&look, names))
    }

    /// A switch turns over with each click.
    pub(super) fn switch(&self, area: Rect, parameter: &BoolParam) -> Response {
        let response = self.plain(area, parameter);
        if is_plain_click(self.ui, &response) {
            let is_off = !self.hand.heard(parameter);
            self.take(parameter, layout::real(usize::from(is_off)));
        }
        response
    }

    fn look<'b, P: Param>(&self, parameter: &'b P) -> Look<'b> {
        let name = parameter.name();
        let name = name.strip_prefix(self.stem).unwrap_or(name);
        Look {
            name: if self.is_unnamed { "" } else { name },
            letters: LETTERS,
            is_used: self.is_used,
            origin: 0.0,
        }
    }

    fn take<P: Param>(&self, parameter: &P, position: f32) {
        gesture::once(self.hand, parameter, position);
        self.hand.grip(parameter).release();
    }
}

/// Whether a click means the control itself, and not its default.
pub(super) fn is_plain_click(ui: &Ui, response: &Response) -> bool {
    response.clicked() && !gesture::wants_default(ui, response)
}
