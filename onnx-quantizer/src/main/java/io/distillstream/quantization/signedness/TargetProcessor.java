package io.distillstream.quantization.signedness;

import io.distillstream.quantization.weights.WeightForm;
import java.util.List;

/** The processor that an artifact is made for. */
public enum TargetProcessor {
  /** The one that quantizes: errors and speed are measured. */
  THIS_MACHINE,
  /**
   * Phones, tablets, boards. 8-bit products are summed in 32 bits; signed weights come first since
   * ONNX Runtime has its symmetric kernels for them there. Not measured.
   */
  ARM64,
  /**
   * Intel and AMD processors with VNNI. Products of unsigned and signed bytes are summed in 32 bits
   * by one instruction, which took half the time of unsigned ones where it was measured.
   */
  X86_VNNI,
  /**
   * Those without VNNI. Products of unsigned and signed bytes are summed by pairs in 16 bits, which
   * may saturate; they were up to 1.15 times as fast as unsigned ones where it was measured.
   */
  X86_AVX2;

  /** Whether sums of two products of unsigned and signed bytes are cut to 16 bits. */
  public boolean saturates() {
    return this == X86_AVX2;
  }

  /**
   * The forms of weights from the fastest on.
   *
   * @throws IllegalArgumentException for {@link #THIS_MACHINE}, which must be asked
   */
  List<WeightForm> fastestFirst() {
    return switch (this) {
      case ARM64, X86_VNNI, X86_AVX2 ->
          List.of(WeightForm.SIGNED, WeightForm.SIGNED_7_BIT, WeightForm.UNSIGNED);
      case THIS_MACHINE ->
          throw new IllegalArgumentException("How fast this machine is must be measured");
    };
  }

  /** What to write where no activations are there to judge by: never one that may saturate. */
  public WeightForm safeForm() {
    return switch (this) {
      case ARM64, X86_VNNI -> WeightForm.SIGNED;
      case THIS_MACHINE, X86_AVX2 -> WeightForm.UNSIGNED;
    };
  }
}
