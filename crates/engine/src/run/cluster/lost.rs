//! An executor that is lost with results nobody has fetched yet: the work is done once more.
//!
//! Ballista gives the work of a lost executor to others only while the work goes on. What is done waits
//! where it was done until it is fetched, and is gone with that executor.

use ballista_core::error::BallistaError;
use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;

use super::super::screen::ScreenError;

/// Runs work whose results are fetched from executors; once more where one is lost before all are here.
/// Gives the result, and whether it was done twice.
///
/// # Errors
/// Those of the work: of its second run where there is one.
pub async fn once_more<T>(
    mut run: impl AsyncFnMut() -> Result<T, ScreenError>,
) -> Result<(T, bool), ScreenError> {
    match run().await {
        Err(ScreenError::Read(error)) if is_lost(&error) => Ok((run().await?, true)),
        result => Ok((result?, false)),
    }
}

/// Whether results could not be fetched. What fails while it is worked on is told in other words, and
/// would fail again.
fn is_lost(error: &DataFusionError) -> bool {
    match error.find_root() {
        // In the midst of fetching: nothing but the connection gives an error of this kind here.
        DataFusionError::ArrowError(error, _) => matches!(**error, ArrowError::ExternalError(_)),
        // Before the first of it.
        DataFusionError::External(error) => matches!(
            error.downcast_ref::<BallistaError>(),
            Some(BallistaError::FetchFailed(..) | BallistaError::GrpcActionError(_))
        ),
        // Nobody listens there any more. Ballista keeps nothing of its error but these words.
        DataFusionError::Execution(words) => words.starts_with("GrpcConnectionError("),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rstest::rstest;

    use super::*;

    fn in_the_midst() -> DataFusionError {
        let cause = std::io::Error::other("connection reset");
        ArrowError::from_external_error(Box::new(cause)).into()
    }

    fn before_the_first() -> DataFusionError {
        BallistaError::FetchFailed("one".to_owned(), 1, 3, "reset".to_owned()).into_datafusion()
    }

    fn nobody_there() -> DataFusionError {
        let error = BallistaError::GrpcConnectionError("refused".to_owned());
        // As Ballista itself writes it down.
        DataFusionError::Execution(format!("{error:?}"))
    }

    fn job_failed() -> DataFusionError {
        DataFusionError::Execution("Job x failed: a division".to_owned())
    }

    #[rstest]
    #[case(in_the_midst(), true)]
    #[case(before_the_first(), true)]
    #[case(nobody_there(), true)]
    #[case(DataFusionError::Shared(Arc::new(nobody_there())), true)]
    #[case(job_failed(), false)]
    #[case(DataFusionError::Plan("no such column".to_owned()), false)]
    fn what_cannot_be_fetched_is_lost(#[case] error: DataFusionError, #[case] lost: bool) {
        assert_eq!(is_lost(&error), lost, "{error}");
    }

    async fn run(mut errors: Vec<DataFusionError>) -> (usize, Result<bool, ScreenError>) {
        let mut runs = 0;
        let result = once_more(async || {
            runs += 1;
            errors.pop().map_or(Ok(()), |error| Err(error.into()))
        })
        .await;
        (runs, result.map(|((), twice)| twice))
    }

    #[tokio::test]
    async fn work_is_done_twice_at_most() {
        let (runs, twice) = run(vec![]).await;
        assert_eq!((runs, twice.unwrap()), (1, false));
        let (runs, twice) = run(vec![nobody_there()]).await;
        assert_eq!((runs, twice.unwrap()), (2, true));
        let (runs, twice) = run(vec![nobody_there(), before_the_first()]).await;
        assert!(runs == 2 && twice.is_err());
        let (runs, twice) = run(vec![job_failed()]).await;
        assert!(runs == 1 && twice.is_err());
    }
}
