package io.distillstream.local.labels.row;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.distillstream.local.labels.row.LabelRow.Truth;
import io.distillstream.local.labels.row.NamedDistribution.Draws;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Rows as JSON objects, one a line. Fields that a row has not are left out. */
public final class JsonRowFile implements RowFile {

  private final JsonGenerator json;

  /**
   * Begins a file.
   *
   * @param out owned
   */
  public JsonRowFile(OutputStream out) throws IOException {
    this.json =
        new JsonFactory().createGenerator(out).setPrettyPrinter(new MinimalPrettyPrinter("\n"));
  }

  @Override
  public void write(LabelRow row) throws IOException {
    NamedDistribution said = row.distribution();
    json.writeStartObject();
    json.writeStringField(Columns.REQUEST_ID, row.requestId());
    json.writeStringField(Columns.TEXT, row.text());
    json.writeStringField(Columns.LABEL, said.answer());
    names(said.labels());
    numbers(Columns.LOGITS, said.logits());
    numbers(Columns.PROBABILITIES, said.probabilities());
    if (said.tailLogMass() != null) {
      json.writeNumberField(Columns.TAIL_LOG_MASS, said.tailLogMass());
    }
    Draws draws = said.draws();
    if (draws != null) {
      json.writeNumberField(Columns.DRAWS, draws.number());
      numbers(Columns.WEIGHTS, draws.weights());
    }
    float[] embedding = row.embedding();
    if (embedding != null) {
      numbers(Columns.EMBEDDING, embedding);
    }
    json.writeStringField(Columns.TEACHER_ID, row.teacherId());
    json.writeStringField(Columns.TEACHER_VERSION, row.teacherVersion());
    json.writeStringField(Columns.LABEL_SPACE, row.labelSpace());
    json.writeBooleanField(Columns.RELABELLED, row.relabelled());
    json.writeStringField(Columns.RECEIVED_AT, row.receivedAt().toString());
    json.writeStringField(Columns.LABELLED_AT, row.labelledAt().toString());
    Truth truth = row.truth();
    if (truth != null) {
      json.writeStringField(Columns.GROUND_TRUTH, truth.label());
      json.writeStringField(Columns.GROUND_TRUTH_AT, truth.observedAt().toString());
    }
    json.writeEndObject();
  }

  private void names(List<String> labels) throws IOException {
    json.writeArrayFieldStart(Columns.LABELS);
    for (String label : labels) {
      json.writeString(label);
    }
    json.writeEndArray();
  }

  private void numbers(String field, float[] values) throws IOException {
    json.writeArrayFieldStart(field);
    for (float value : values) {
      json.writeNumber(value);
    }
    json.writeEndArray();
  }

  @Override
  public void close() throws IOException {
    json.writeRaw('\n');
    json.close();
  }
}
