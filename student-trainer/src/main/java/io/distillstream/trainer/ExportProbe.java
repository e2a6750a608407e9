package io.distillstream.trainer;

import io.distillstream.trainer.engine.TokenInputs;

/** Real inputs on which an exported student must answer as the training engine does. */
public record ExportProbe(TokenInputs inputs) {}
