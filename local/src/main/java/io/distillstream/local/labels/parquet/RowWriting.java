package io.distillstream.local.labels.parquet;

import io.distillstream.local.labels.row.Columns;
import io.distillstream.local.labels.row.LabelRow;
import io.distillstream.local.labels.row.LabelRow.Truth;
import io.distillstream.local.labels.row.NamedDistribution;
import io.distillstream.local.labels.row.NamedDistribution.Draws;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/** Tells Parquet's writer the values of rows. */
final class RowWriting extends WriteSupport<LabelRow> {

  private static final String LIST = "list";
  private static final String ELEMENT = "element";

  private @Nullable RecordConsumer consumer;

  @Override
  @Deprecated
  public WriteContext init(@Nullable Configuration configuration) {
    return new WriteContext(RowSchema.TYPE, Map.of());
  }

  @Override
  public WriteContext init(ParquetConfiguration configuration) {
    return new WriteContext(RowSchema.TYPE, Map.of());
  }

  @Override
  public void prepareForWrite(RecordConsumer recordConsumer) {
    consumer = recordConsumer;
  }

  @Override
  public void write(LabelRow row) {
    RecordConsumer out = out();
    NamedDistribution said = row.distribution();
    Draws draws = said.draws();
    Truth truth = row.truth();
    out.startMessage();
    text(Columns.REQUEST_ID, row.requestId());
    text(Columns.TEXT, row.text());
    text(Columns.LABEL, said.answer());
    texts(Columns.LABELS, said.labels());
    numbers(Columns.LOGITS, said.logits());
    numbers(Columns.PROBABILITIES, said.probabilities());
    Float tail = said.tailLogMass();
    if (tail != null) {
      value(Columns.TAIL_LOG_MASS, () -> out.addFloat(tail));
    }
    if (draws != null) {
      value(Columns.DRAWS, () -> out.addInteger(draws.number()));
      numbers(Columns.WEIGHTS, draws.weights());
    }
    float[] embedding = row.embedding();
    if (embedding != null) {
      numbers(Columns.EMBEDDING, embedding);
    }
    text(Columns.TEACHER_ID, row.teacherId());
    text(Columns.TEACHER_VERSION, row.teacherVersion());
    text(Columns.LABEL_SPACE, row.labelSpace());
    value(Columns.RELABELLED, () -> out.addBoolean(row.relabelled()));
    time(Columns.RECEIVED_AT, row.receivedAt());
    time(Columns.LABELLED_AT, row.labelledAt());
    if (truth != null) {
      text(Columns.GROUND_TRUTH, truth.label());
      time(Columns.GROUND_TRUTH_AT, truth.observedAt());
    }
    out.endMessage();
  }

  private void text(String column, String text) {
    value(column, () -> out().addBinary(Binary.fromString(text)));
  }

  private void time(String column, Instant time) {
    value(column, () -> out().addLong(ChronoUnit.MICROS.between(Instant.EPOCH, time)));
  }

  private void texts(String column, List<String> texts) {
    list(column, texts.size(), i -> out().addBinary(Binary.fromString(texts.get(i))));
  }

  private void numbers(String column, float[] numbers) {
    list(column, numbers.length, i -> out().addFloat(numbers[i]));
  }

  private void list(String column, int size, IntConsumer element) {
    RecordConsumer out = out();
    value(
        column,
        () -> {
          out.startGroup();
          if (size > 0) {
            out.startField(LIST, 0);
            for (int i = 0; i < size; i++) {
              out.startGroup();
              out.startField(ELEMENT, 0);
              element.accept(i);
              out.endField(ELEMENT, 0);
              out.endGroup();
            }
            out.endField(LIST, 0);
          }
          out.endGroup();
        });
  }

  private void value(String column, Runnable adding) {
    int index = RowSchema.TYPE.getFieldIndex(column);
    out().startField(column, index);
    adding.run();
    out().endField(column, index);
  }

  private RecordConsumer out() {
    if (consumer == null) {
      throw new IllegalStateException("Nothing is being written");
    }
    return consumer;
  }
}
