package io.distillstream.teacher.fit;

import io.distillstream.teacher.encoder.EncoderSettings;

/**
 * What a head is fitted on and how.
 *
 * @param encoder stays frozen
 * @param encodingBatch texts encoded in one call
 * @param validationShare the share of the examples that only measures, above 0 and below 1
 */
public record FitSettings(
    EncoderSettings encoder, int encodingBatch, double validationShare, HeadRecipe recipe) {

  public FitSettings {
    if (encodingBatch < 1) {
      throw new IllegalArgumentException("Expected a batch of at least 1, got " + encodingBatch);
    }
    if (!(validationShare > 0 && validationShare < 1)) {
      throw new IllegalArgumentException(
          "Expected a validation share between 0 and 1, got " + validationShare);
    }
  }

  /** all-MiniLM-L6-v2, a tenth for validation, the recipe of the head in this module. */
  public static FitSettings standard() {
    return new FitSettings(EncoderSettings.miniLm(), 32, 0.1, HeadRecipe.standard());
  }

  public FitSettings withEncoder(EncoderSettings newEncoder) {
    return new FitSettings(newEncoder, encodingBatch, validationShare, recipe);
  }

  public FitSettings withRecipe(HeadRecipe newRecipe) {
    return new FitSettings(encoder, encodingBatch, validationShare, newRecipe);
  }
}
