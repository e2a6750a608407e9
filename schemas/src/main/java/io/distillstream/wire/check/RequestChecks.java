package io.distillstream.wire.check;

import io.distillstream.avro.Augmentation;
import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.InferenceRequest;
import org.jspecify.annotations.Nullable;

/** What clients ask, and what they find out later. */
public final class RequestChecks {
  private RequestChecks() {}

  public static void request(InferenceRequest request) {
    Require.name("request_id", request.getRequestId());
    Require.time("received_at", request.getReceivedAt());
    augmentation(request.getAugmentation());
  }

  public static void truth(GroundTruth truth) {
    Require.name("request_id", truth.getRequestId());
    Require.name("label", truth.getLabel());
    Require.time("observed_at", truth.getObservedAt());
  }

  static void augmentation(@Nullable Augmentation augmentation) {
    if (augmentation != null) {
      Require.name("augmentation.source_request_id", augmentation.getSourceRequestId());
      Require.name("augmentation.model", augmentation.getModel());
      Require.between(
          "augmentation.version", augmentation.getVersion(), 0, Require.LARGEST_VERSION);
    }
  }
}
