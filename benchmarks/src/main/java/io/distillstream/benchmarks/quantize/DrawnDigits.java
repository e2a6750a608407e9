package io.distillstream.benchmarks.quantize;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Digits drawn with a round pen along a few lines, each a little turned, stretched, moved and
 * thick: made up, yet of the kind that a classifier of handwritten digits knows.
 */
final class DrawnDigits {
  /** Pixels of a side. */
  static final int SIDE = 28;

  /** Strokes in a box of width 1 and height 2: x and y of one point after the other. */
  private static final List<double[][]> STROKES =
      List.of(
          new double[][] {arc(0.5, 1, 0.5, 1, 0, 360)},
          new double[][] {{0.2, 0.4, 0.55, 0, 0.55, 2}},
          new double[][] {joined(arc(0.5, 0.55, 0.5, 0.55, 180, 400), 0, 2, 1, 2)},
          new double[][] {
            joined(arc(0.45, 0.5, 0.5, 0.5, 200, 450), arc(0.45, 1.5, 0.55, 0.5, 270, 520))
          },
          new double[][] {{0.7, 2, 0.7, 0, 0, 1.3, 1, 1.3}},
          new double[][] {
            joined(new double[] {0.95, 0, 0.15, 0, 0.1, 0.85}, arc(0.45, 1.35, 0.5, 0.65, 235, 500))
          },
          new double[][] {
            joined(new double[] {0.75, 0, 0.1, 1.1}, arc(0.5, 1.4, 0.48, 0.6, 200, 560))
          },
          new double[][] {{0, 0, 1, 0, 0.35, 2}},
          new double[][] {arc(0.5, 0.5, 0.4, 0.5, 0, 360), arc(0.5, 1.5, 0.5, 0.5, 0, 360)},
          new double[][] {joined(arc(0.5, 0.6, 0.45, 0.6, 0, 360), 0.75, 2)});

  private DrawnDigits() {}

  /** Points on an ellipse; degrees run clockwise on the screen, from the right. */
  private static double[] arc(
      double x, double y, double radiusX, double radiusY, int from, int to) {
    return IntStream.rangeClosed(0, 24)
        .mapToObj(i -> Math.toRadians(from + (to - from) * i / 24.0))
        .flatMapToDouble(
            angle -> DoubleStream.of(x + radiusX * Math.cos(angle), y + radiusY * Math.sin(angle)))
        .toArray();
  }

  private static double[] joined(double[] first, double... second) {
    return DoubleStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
  }

  /**
   * Samples for a model with one input {@code [1, 1, 28, 28]}, ink 1 on paper 0, as lines of JSON
   * have them: digits in turns, the same ones for the same seed.
   */
  static Stream<Map<String, Object>> samples(String input, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              Map<String, Object> sample = new LinkedHashMap<>();
              sample.put("inputs", Map.of(input, List.of(List.of(drawn(i % 10, random)))));
              sample.put("label", i % 10);
              return sample;
            });
  }

  private static float[][] drawn(int digit, SplittableRandom random) {
    double turn = random.nextDouble(-0.2, 0.2);
    double slant = random.nextDouble(-0.1, 0.3);
    double width = random.nextDouble(8, 12);
    double height = random.nextDouble(8.5, 10);
    double pen = random.nextDouble(0.9, 1.7);
    double left = SIDE / 2.0 + random.nextDouble(-1.5, 1.5);
    double top = SIDE / 2.0 + random.nextDouble(-1.5, 1.5);
    float[][] pixels = new float[SIDE][SIDE];
    for (double[] stroke : STROKES.get(digit)) {
      double[] placed = new double[stroke.length];
      for (int p = 0; p < stroke.length; p += 2) {
        double x = (stroke[p] - 0.5) * width;
        double y = (stroke[p + 1] - 1) * height;
        x -= slant * y;
        placed[p] = left + x * Math.cos(turn) - y * Math.sin(turn);
        placed[p + 1] = top + x * Math.sin(turn) + y * Math.cos(turn);
      }
      draw(pixels, placed, pen);
    }
    return pixels;
  }

  private static void draw(float[][] pixels, double[] points, double pen) {
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double nearest = Double.MAX_VALUE;
        for (int p = 0; p + 3 < points.length; p += 2) {
          nearest = Math.min(nearest, distance(x + 0.5, y + 0.5, points, p));
        }
        double ink = Math.max(0, Math.min(1, pen + 0.5 - nearest));
        pixels[y][x] = Math.max(pixels[y][x], (float) ink);
      }
    }
  }

  /** From a point to the line between the p-th point and the next. */
  private static double distance(double x, double y, double[] points, int p) {
    double dx = points[p + 2] - points[p];
    double dy = points[p + 3] - points[p + 1];
    double along = (x - points[p]) * dx + (y - points[p + 1]) * dy;
    double at = Math.max(0, Math.min(1, along / Math.max(dx * dx + dy * dy, Double.MIN_NORMAL)));
    return Math.hypot(x - points[p] - at * dx, y - points[p + 1] - at * dy);
  }
}
