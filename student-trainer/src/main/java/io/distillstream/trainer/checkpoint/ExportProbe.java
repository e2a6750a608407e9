package io.distillstream.trainer.checkpoint;

import io.distillstream.trainer.batch.TokenInputs;

/** Real inputs on which an exported student must answer as the training engine does. */
public record ExportProbe(TokenInputs inputs) {}
