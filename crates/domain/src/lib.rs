//! Words of the zone: values that cannot be wrong. No input, no output, no clock.

pub mod money;
pub mod partial_date;
pub mod period;
pub mod source;
pub mod subject;
pub mod uscc;
pub mod value;

pub use money::{Fen, Money, MoneyError};
pub use partial_date::PartialDate;
pub use period::{Period, PeriodError};
pub use source::{CellAddress, SourceRef};
pub use subject::SubjectKind;
pub use uscc::{Uscc, UsccError};
pub use value::{Fact, Value, ValueType};
