package io.distillstream.artifacts;

import io.distillstream.quantization.search.Ladder;
import io.distillstream.quantization.search.Objective;
import io.distillstream.quantization.weights.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a kind of device wants of an artifact. */
enum DeviceProfile {
  /** Runs well on every processor: nothing in it saturates. */
  INT8(List.of(Ladder.INT8_DYNAMIC), Objective.SMALLEST, Optional.empty()),
  /** Phones, tablets, boards. */
  ARM64_INT8(
      List.of(Ladder.INT8_DYNAMIC, Ladder.INT8_STATIC),
      Objective.FASTEST,
      Optional.of(Target.ARM64)),
  /** Intel and AMD processors, with VNNI or without. */
  X86_INT8(
      List.of(Ladder.INT8_DYNAMIC, Ladder.INT8_STATIC),
      Objective.FASTEST,
      Optional.of(Target.X86_AVX2)),
  /** Those that have VNNI for sure. */
  X86_VNNI_INT8(
      List.of(Ladder.INT8_DYNAMIC, Ladder.INT8_STATIC),
      Objective.FASTEST,
      Optional.of(Target.X86_VNNI)),
  /** As small as it gets: 4-bit weights in blocks, arithmetic in fp32. */
  TINY_INT4(List.of(Ladder.INT4_WEIGHTS), Objective.SMALLEST, Optional.empty()),
  /** Half the size and the same predictions. */
  FP16(List.of(Ladder.FP16), Objective.SMALLEST, Optional.empty());

  @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
  private final List<Ladder> ladders;

  private final Objective objective;

  @SuppressWarnings("ImmutableEnumChecker") // Of an immutable value.
  private final Optional<Target> target;

  DeviceProfile(List<Ladder> ladders, Objective objective, Optional<Target> target) {
    this.ladders = ladders;
    this.objective = objective;
    this.target = target;
  }

  /** What settings call it, such as {@code arm64-int8}. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<DeviceProfile> named(String text) {
    return Arrays.stream(values()).filter(profile -> profile.text().equals(text)).findFirst();
  }

  static List<String> names() {
    return Arrays.stream(values()).map(DeviceProfile::text).toList();
  }

  List<Ladder> ladders() {
    return ladders;
  }

  Objective objective() {
    return objective;
  }

  /** Whose form of weights is found by trial; empty for the one that runs well everywhere. */
  Optional<Target> target() {
    return target;
  }

  /** Whether it can do with ranges that calibration finds. */
  boolean wantsRanges() {
    return ladders.contains(Ladder.INT8_STATIC);
  }
}
