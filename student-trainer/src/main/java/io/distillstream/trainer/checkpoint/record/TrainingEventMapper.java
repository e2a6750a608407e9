package io.distillstream.trainer.checkpoint.record;

import io.distillstream.avro.TrainingEventKind;
import io.distillstream.trainer.checkpoint.TrainingEvent;

/** From events to their records on the log. */
final class TrainingEventMapper {
  private TrainingEventMapper() {}

  static io.distillstream.avro.TrainingEvent record(String model, TrainingEvent event) {
    return io.distillstream.avro.TrainingEvent.newBuilder()
        .setModel(model)
        .setKind(TrainingEventKind.valueOf(event.kind().name()))
        .setVersion(event.version())
        .setRecords(event.records())
        .setMessage(event.message())
        .setDetails(event.details())
        .setAt(event.at())
        .build();
  }
}
