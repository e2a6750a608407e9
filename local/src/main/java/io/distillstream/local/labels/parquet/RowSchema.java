package io.distillstream.local.labels.parquet;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import io.distillstream.local.labels.row.Columns;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/** The columns of a file of labels, in their order. */
final class RowSchema {

  static final MessageType TYPE =
      Types.buildMessage()
          .addFields(
              text(Columns.REQUEST_ID, Repetition.REQUIRED),
              text(Columns.TEXT, Repetition.REQUIRED),
              text(Columns.LABEL, Repetition.REQUIRED),
              Types.requiredList().requiredElement(BINARY).as(stringType()).named(Columns.LABELS),
              numbers(Columns.LOGITS, Repetition.REQUIRED),
              numbers(Columns.PROBABILITIES, Repetition.REQUIRED),
              plain(FLOAT, Columns.TAIL_LOG_MASS, Repetition.OPTIONAL),
              plain(INT32, Columns.DRAWS, Repetition.OPTIONAL),
              numbers(Columns.WEIGHTS, Repetition.OPTIONAL),
              numbers(Columns.EMBEDDING, Repetition.OPTIONAL),
              text(Columns.TEACHER_ID, Repetition.REQUIRED),
              text(Columns.TEACHER_VERSION, Repetition.REQUIRED),
              text(Columns.LABEL_SPACE, Repetition.REQUIRED),
              plain(BOOLEAN, Columns.RELABELLED, Repetition.REQUIRED),
              time(Columns.RECEIVED_AT, Repetition.REQUIRED),
              time(Columns.LABELLED_AT, Repetition.REQUIRED),
              text(Columns.GROUND_TRUTH, Repetition.OPTIONAL),
              time(Columns.GROUND_TRUTH_AT, Repetition.OPTIONAL))
          .named("label");

  private RowSchema() {}

  private static Type text(String column, Repetition repetition) {
    return Types.primitive(BINARY, repetition).as(stringType()).named(column);
  }

  private static Type plain(PrimitiveTypeName type, String column, Repetition repetition) {
    return Types.primitive(type, repetition).named(column);
  }

  /** Microseconds since 1970 in UTC. */
  private static Type time(String column, Repetition repetition) {
    return Types.primitive(INT64, repetition)
        .as(timestampType(true, TimeUnit.MICROS))
        .named(column);
  }

  private static Type numbers(String column, Repetition repetition) {
    return Types.list(repetition).requiredElement(FLOAT).named(column);
  }
}
