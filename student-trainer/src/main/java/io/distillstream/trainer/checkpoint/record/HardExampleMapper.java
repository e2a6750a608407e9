package io.distillstream.trainer.checkpoint.record;

import io.distillstream.avro.Augmentation;
import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.Ingress;
import io.distillstream.avro.Input;
import io.distillstream.trainer.augment.HardExample;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;

/** From hard examples to requests on the log. */
final class HardExampleMapper {
  private HardExampleMapper() {}

  /**
   * The request.
   *
   * @param checkpoint that it is committed with
   */
  static InferenceRequest request(String model, PendingCheckpoint checkpoint, HardExample example) {
    return InferenceRequest.newBuilder()
        .setRequestId(example.requestId())
        .setInput(new Input(example.text()))
        .setReceivedAt(checkpoint.createdAt())
        .setIngress(Ingress.LOG)
        .setAugmentation(
            new Augmentation(
                AugmentationKind.WORD_SUBSTITUTION,
                example.sourceRequestId(),
                model,
                checkpoint.version()))
        .build();
  }
}
