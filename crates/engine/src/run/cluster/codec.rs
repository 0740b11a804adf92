//! Sends our functions with a plan; everything else as Ballista does.

use std::any::Any;
use std::sync::Arc;

use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::Result;
use datafusion::common::TableReference;
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::error::DataFusionError;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{AggregateUDF, Extension, LogicalPlan, ScalarUDF};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};

use super::super::function::{Form, JudgeFunction};
use super::super::judging::Judging;
use super::super::tally::TallyFunction;
use super::recipe::Recipe;

fn bytes_of(judging: &Judging, into: &mut Vec<u8>) -> Result<()> {
    let recipe = judging.recipe.as_ref().ok_or_else(|| {
        DataFusionError::Plan(
            "a function that was not made from a recipe cannot be sent".to_owned(),
        )
    })?;
    into.extend_from_slice(recipe);
    Ok(())
}

fn encode_scalar(function: &ScalarUDF, into: &mut Vec<u8>) -> Result<()> {
    let inner: &dyn Any = function.inner().as_ref();
    match inner.downcast_ref::<JudgeFunction>() {
        Some(judge) => bytes_of(judge.judging(), into),
        // One of DataFusion's own, which is known by its name everywhere.
        None => Ok(()),
    }
}

fn encode_aggregate(function: &AggregateUDF, into: &mut Vec<u8>) -> Result<()> {
    let inner: &dyn Any = function.inner().as_ref();
    match inner.downcast_ref::<TallyFunction>() {
        Some(tally) => bytes_of(tally.judging(), into),
        None => Ok(()),
    }
}

fn judging(bytes: &[u8]) -> Result<Arc<Judging>> {
    Recipe::judging(bytes).map_err(DataFusionError::Plan)
}

fn decode_scalar(name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
    let form = Form::named(name)
        .ok_or_else(|| DataFusionError::Plan(format!("there is no function `{name}`")))?;
    let function = JudgeFunction::new(judging(bytes)?, form);
    Ok(Arc::new(ScalarUDF::from(function)))
}

fn decode_aggregate(bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
    let function = TallyFunction::new(judging(bytes)?);
    Ok(Arc::new(AggregateUDF::from(function)))
}

/// For plans as they are written.
#[derive(Debug, Default)]
pub struct LogicalCodec(BallistaLogicalExtensionCodec);

impl LogicalExtensionCodec for LogicalCodec {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[LogicalPlan],
        ctx: &TaskContext,
    ) -> Result<Extension> {
        self.0.try_decode(buf, inputs, ctx)
    }

    fn try_encode(&self, node: &Extension, buf: &mut Vec<u8>) -> Result<()> {
        self.0.try_encode(node, buf)
    }

    fn try_decode_table_provider(
        &self,
        buf: &[u8],
        table: &TableReference,
        schema: SchemaRef,
        ctx: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        self.0.try_decode_table_provider(buf, table, schema, ctx)
    }

    fn try_encode_table_provider(
        &self,
        table: &TableReference,
        node: Arc<dyn TableProvider>,
        buf: &mut Vec<u8>,
    ) -> Result<()> {
        self.0.try_encode_table_provider(table, node, buf)
    }

    fn try_decode_file_format(
        &self,
        buf: &[u8],
        ctx: &TaskContext,
    ) -> Result<Arc<dyn FileFormatFactory>> {
        self.0.try_decode_file_format(buf, ctx)
    }

    fn try_encode_file_format(
        &self,
        buf: &mut Vec<u8>,
        node: Arc<dyn FileFormatFactory>,
    ) -> Result<()> {
        self.0.try_encode_file_format(buf, node)
    }

    fn try_decode_udf(&self, name: &str, buf: &[u8]) -> Result<Arc<ScalarUDF>> {
        decode_scalar(name, buf)
    }

    fn try_encode_udf(&self, node: &ScalarUDF, buf: &mut Vec<u8>) -> Result<()> {
        encode_scalar(node, buf)
    }

    fn try_decode_udaf(&self, _name: &str, buf: &[u8]) -> Result<Arc<AggregateUDF>> {
        decode_aggregate(buf)
    }

    fn try_encode_udaf(&self, node: &AggregateUDF, buf: &mut Vec<u8>) -> Result<()> {
        encode_aggregate(node, buf)
    }
}

/// For plans as they are run.
#[derive(Debug, Default)]
pub struct PhysicalCodec(BallistaPhysicalExtensionCodec);

impl PhysicalExtensionCodec for PhysicalCodec {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        ctx: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.0.try_decode(buf, inputs, ctx, converter)
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buf: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        self.0.try_encode(node, buf, converter)
    }

    fn try_decode_udf(&self, name: &str, buf: &[u8]) -> Result<Arc<ScalarUDF>> {
        decode_scalar(name, buf)
    }

    fn try_encode_udf(&self, node: &ScalarUDF, buf: &mut Vec<u8>) -> Result<()> {
        encode_scalar(node, buf)
    }

    fn try_decode_udaf(&self, _name: &str, buf: &[u8]) -> Result<Arc<AggregateUDF>> {
        decode_aggregate(buf)
    }

    fn try_encode_udaf(&self, node: &AggregateUDF, buf: &mut Vec<u8>) -> Result<()> {
        encode_aggregate(node, buf)
    }
}
