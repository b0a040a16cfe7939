//! Transformations of the plane (ISO 32000-2, 8.3.3).

use crate::document::pdf::file::View;
use crate::document::pdf::object::Object;
use crate::error::Error;

/// `[a b c d e f]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::document::pdf) struct Matrix(pub(in crate::document::pdf) [f64; 6]);

impl Matrix {
    pub(in crate::document::pdf) const IDENTITY: Matrix = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(in crate::document::pdf) fn translation(x: f64, y: f64) -> Self {
        Matrix([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// This first, `after` then.
    pub(in crate::document::pdf) fn then(self, after: Matrix) -> Matrix {
        let [a, b, c, d, e, f] = self.0;
        let [g, h, i, j, k, l] = after.0;
        Matrix([a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l])
    }

    pub(in crate::document::pdf) fn apply(self, (x, y): (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// What leads back, if anything does.
    pub(in crate::document::pdf) fn inverse(self) -> Option<Matrix> {
        let [a, b, c, d, e, f] = self.0;
        let all = a * d - b * c;
        let back = [d / all, -b / all, -c / all, a / all, (c * f - d * e) / all, (b * e - a * f) / all];
        back.iter().all(|number| number.is_finite()).then_some(Matrix(back))
    }

    /// Of an array of six numbers.
    pub(in crate::document::pdf) fn of(view: &View<'_>, object: Option<&Object>) -> Result<Option<Self>, Error> {
        let Some(object) = object else { return Ok(None) };
        let array = view.follow(object)?;
        let mut numbers = Vec::with_capacity(6);
        for item in array.as_array().unwrap_or_default().iter().take(7) {
            numbers.extend(view.follow(item)?.as_number().filter(|number| number.is_finite()));
        }
        Ok(<[f64; 6]>::try_from(numbers).ok().map(Matrix))
    }
}
