package io.distillstream.local.feed;

import io.distillstream.avro.InferenceRequest;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.scan.TopicScan;
import java.util.function.Consumer;

/** The texts of the traffic that {@code <pipeline>.requests} holds at present. */
public final class LoggedTexts {
  private LoggedTexts() {}

  /** Reads the topic once, from its beginnings to its present ends; skips what is no text. */
  public static void read(ClusterConnection cluster, Pipeline pipeline, Consumer<String> each) {
    try (WireFormat wire = new WireFormat(cluster);
        TopicScan scan = new TopicScan(cluster)) {
      Codec<InferenceRequest> codec = wire.codec(Topics.REQUESTS, pipeline);
      scan.read(scan.whole(codec.topic()), record -> accept(codec, record.value(), each));
    }
  }

  private static void accept(Codec<InferenceRequest> codec, byte[] value, Consumer<String> each) {
    try {
      InferenceRequest request = codec.decode(value);
      String text = request.getInput().getText();
      if (text != null && request.getAugmentation() == null) {
        each.accept(text);
      }
    } catch (UndecodableRecordException e) {
      // The services send it to the dead letters; it has no text to count.
    }
  }
}
