package io.distillstream.quantization.weights;

import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the artifact before holds its constants in, and how much of that is kept. */
public final class PreviousWeights {
  /** There is none before and none comes after, or nothing is kept. */
  public static final PreviousWeights NONE = new PreviousWeights(Map.of(), Held.NOTHING);

  private static final String SCALES = "/scales";

  private final Map<String, Held> byName;

  /** What stands for a constant that the artifact before does not have. */
  private final Held none;

  private PreviousWeights(Map<String, Held> byName, Held none) {
    this.byName = byName;
    this.none = none;
  }

  /** Of the first version, which leaves room for those that come. */
  public static PreviousWeights first(Hysteresis hysteresis) {
    return of(Map.of(), hysteresis);
  }

  private static PreviousWeights of(Map<String, Held> byName, Hysteresis hysteresis) {
    return new PreviousWeights(byName, Held.nothing(hysteresis));
  }

  /** The constants in 8 bits with scales beside them, as this library names them. */
  public static PreviousWeights of(OnnxModel artifact, Hysteresis hysteresis) {
    Map<String, Held> byName = new HashMap<>();
    for (String name : artifact.initializerNames()) {
      Optional<Tensor> scales = artifact.initializer(name + SCALES);
      Tensor integers = artifact.initializer(name).orElseThrow();
      boolean bytes = integers.type() == ElementType.INT8 || integers.type() == ElementType.UINT8;
      if (bytes && scales.isPresent() && scales.get().type() == ElementType.FLOAT32) {
        byte[] levels = integers.proto().getRawData().toByteArray();
        int zero = integers.type() == ElementType.UINT8 ? WeightForm.UNSIGNED.zeroPoint() : 0;
        for (int i = 0; i < levels.length; i++) {
          levels[i] -= (byte) zero;
        }
        byName.put(name, new Held(levels, scales.get().floats(), hysteresis));
      }
    }
    return of(byName, hysteresis);
  }

  /**
   * What a constant was held in; no levels and scales where it is new.
   *
   * @param integers its name in 8 bits
   */
  public Held of(String integers) {
    return byName.getOrDefault(integers, none);
  }

  /**
   * A constant of the artifact before. The arrays are taken over, not copied; they are read only.
   *
   * @param levels signed
   * @param scales of its channels
   * @param hysteresis how much of it is kept
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Held(byte[] levels, float[] scales, Hysteresis hysteresis) {
    /** What was held in nothing, and is rounded by itself. */
    public static final Held NOTHING = nothing(Hysteresis.NONE);

    private static Held nothing(Hysteresis hysteresis) {
      return new Held(new byte[0], new float[0], hysteresis);
    }

    /** The same where it has so many levels and scales, nothing of it otherwise. */
    Held shaped(int levels, int scales) {
      return this.levels.length == levels && this.scales.length == scales
          ? this
          : nothing(hysteresis);
    }

    boolean isNothing() {
      return levels.length == 0;
    }

    /**
     * The scale of a channel; see {@link Hysteresis}.
     *
     * @param own the smallest that holds it
     */
    float scale(int channel, float own) {
      return isNothing() ? hysteresis.withRoom(own) : hysteresis.scale(scales[channel], own);
    }
  }
}
