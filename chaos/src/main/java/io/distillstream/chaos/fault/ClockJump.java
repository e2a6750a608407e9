package io.distillstream.chaos.fault;

import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.Ingress;
import io.distillstream.avro.Input;
import io.distillstream.chaos.process.Stage;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Requests from clients whose clocks are wrong by up to decades, in the requests' own times and in
 * the timestamps of their records. The clocks of the stages themselves stay as they are: a process
 * has none of its own that could be set.
 */
final class ClockJump implements TopicFault {
  private static final Duration YEAR = Duration.ofDays(365);
  private static final List<Duration> JUMPS =
      List.of(
          YEAR.multipliedBy(-50),
          YEAR.negated(),
          Duration.ofHours(-1),
          Duration.ofMinutes(50),
          YEAR,
          YEAR.multipliedBy(50));

  /** The brokers refuse timestamps that are further ahead. */
  private static final Duration FARTHEST_AHEAD = Duration.ofMinutes(55);

  @Override
  public String name() {
    return "clock-jump";
  }

  @Override
  public void strike(Stage target, Duration duration, Scene scene) throws Exception {
    try (WireFormat wire = new WireFormat(scene.processes().cluster().registryUrl());
        Planter planter = new Planter(scene)) {
      Codec<InferenceRequest> codec = wire.codec(Topics.REQUESTS, scene.processes().pipeline());
      for (Duration jump : JUMPS) {
        String id = "clock-" + Long.toHexString(scene.random().nextLong());
        Instant now = Instant.now();
        byte[] value =
            codec.encode(
                new InferenceRequest(
                    id,
                    new Input("a device for telling the time"),
                    now.plus(jump),
                    Ingress.LOG,
                    null,
                    ""));
        Instant stamped =
            jump.compareTo(FARTHEST_AHEAD) > 0 ? now.plus(FARTHEST_AHEAD) : now.plus(jump);
        planter.plant(Topics.REQUESTS, id, value, true, stamped.toEpochMilli());
      }
    }
  }
}
