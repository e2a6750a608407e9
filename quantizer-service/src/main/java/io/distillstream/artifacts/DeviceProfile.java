package io.distillstream.artifacts;

import io.distillstream.quantization.search.ChoiceCriterion;
import io.distillstream.quantization.search.Ladder;
import io.distillstream.quantization.signedness.TargetProcessor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a kind of device wants of an artifact. */
enum DeviceProfile {
  /** Runs well on every processor: nothing in it saturates. */
  INT8(List.of(Ladder.INT8_DYNAMIC), ChoiceCriterion.SMALLEST, Optional.empty()),
  /** Phones, tablets, boards. */
  ARM64_INT8(
      List.of(Ladder.INT8_DYNAMIC, Ladder.INT8_STATIC),
      ChoiceCriterion.FASTEST,
      Optional.of(TargetProcessor.ARM64)),
  /** Intel and AMD processors, with VNNI or without. */
  X86_INT8(
      List.of(Ladder.INT8_DYNAMIC, Ladder.INT8_STATIC),
      ChoiceCriterion.FASTEST,
      Optional.of(TargetProcessor.X86_AVX2)),
  /** Those that have VNNI for sure. */
  X86_VNNI_INT8(
      List.of(Ladder.INT8_DYNAMIC, Ladder.INT8_STATIC),
      ChoiceCriterion.FASTEST,
      Optional.of(TargetProcessor.X86_VNNI)),
  /** As small as it gets: 4-bit weights in blocks, arithmetic in fp32. */
  TINY_INT4(List.of(Ladder.INT4_WEIGHTS), ChoiceCriterion.SMALLEST, Optional.empty()),
  /** Half the size and the same predictions. */
  FP16(List.of(Ladder.FP16), ChoiceCriterion.SMALLEST, Optional.empty());

  @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
  private final List<Ladder> ladders;

  private final ChoiceCriterion objective;

  @SuppressWarnings("ImmutableEnumChecker") // Of an immutable value.
  private final Optional<TargetProcessor> target;

  DeviceProfile(List<Ladder> ladders, ChoiceCriterion objective, Optional<TargetProcessor> target) {
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

  ChoiceCriterion objective() {
    return objective;
  }

  /** Whose form of weights is found by trial; empty for the one that runs well everywhere. */
  Optional<TargetProcessor> target() {
    return target;
  }

  /** Whether it can do with ranges that calibration finds. */
  boolean wantsRanges() {
    return ladders.contains(Ladder.INT8_STATIC);
  }
}
