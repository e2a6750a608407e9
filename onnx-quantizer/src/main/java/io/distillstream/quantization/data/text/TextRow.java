package io.distillstream.quantization.data.text;

import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Labels;
import java.util.Optional;
import org.apache.commons.csv.CSVRecord;

/** A row with a text. */
record TextRow(TextEncoder encoder, Labels labels) implements CsvRows.Row {
  @Override
  public LabelledSample sample(CSVRecord row, String place) {
    String text = row.get(Csv.TEXT);
    return new LabelledSample(
        encoder.encode(text), CsvRows.label(row, labels, place), Optional.of(text));
  }
}
