package io.distillstream.quantization.signedness;

/** Activations from 0 to 255, as DynamicQuantizeLinear is defined. */
final class ByteActivations {
  private static final int LEVELS = 255;

  private final int[] values;
  private final float scale;
  private final int zeroPoint;

  private ByteActivations(int[] values, float scale, int zeroPoint) {
    this.values = values;
    this.scale = scale;
    this.zeroPoint = zeroPoint;
  }

  static ByteActivations of(float[] activations) {
    float least = 0;
    float greatest = 0;
    for (float value : activations) {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    float scale = (greatest - least) / LEVELS;
    if (scale == 0) {
      return new ByteActivations(new int[activations.length], 1, 0);
    }
    int zeroPoint = clamped((int) Math.rint(-least / scale));
    int[] values = new int[activations.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = clamped((int) Math.rint(activations[i] / scale) + zeroPoint);
    }
    return new ByteActivations(values, scale, zeroPoint);
  }

  private static int clamped(int value) {
    return Math.max(0, Math.min(LEVELS, value));
  }

  int value(int index) {
    return values[index];
  }

  float scale() {
    return scale;
  }

  int zeroPoint() {
    return zeroPoint;
  }
}
