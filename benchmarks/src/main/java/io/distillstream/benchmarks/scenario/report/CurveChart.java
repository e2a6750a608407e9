package io.distillstream.benchmarks.scenario.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Curves over records as SVG; colours come from the page's style, by the number of the curve. */
final class CurveChart {
  /** A stream of which a few records are held out at the end still ends at a round number. */
  private static final double LITTLE_MORE = 1.01;

  private static final int WIDTH = 760;
  private static final int HEIGHT = 300;
  private static final int LEFT = 46;
  private static final int RIGHT = 12;
  private static final int TOP = 12;
  private static final int BOTTOM = 34;

  private final double end;
  private final double least;
  private final double most;
  private final List<String> elements = new ArrayList<>();

  /**
   * @param end largest position
   * @param least smallest value that is to be seen
   * @param most largest one
   */
  CurveChart(double end, double least, double most) {
    this.end = end;
    // Whole tenths, so that charts of like scenarios look alike.
    this.least = Math.floor(least * 10 - 1e-9) / 10;
    this.most = Math.max(this.least + 0.1, Math.ceil(most * 10) / 10);
    grid();
  }

  /** A place in the chart. */
  record Place(double position, double value) {}

  /** A curve through these places, in order; a place without a value is left out. */
  void line(int curve, List<Place> places) {
    String points =
        places.stream()
            .filter(place -> !Double.isNaN(place.value()))
            .map(place -> number(x(place.position())) + "," + number(y(place.value())))
            .collect(Collectors.joining(" "));
    elements.add("<polyline class=\"line c%d\" points=\"%s\"/>".formatted(curve, points));
  }

  /** A dot that tells {@code words} when it is pointed at. */
  void dot(int curve, Place place, String words) {
    elements.add(
        "<circle class=\"dot c%d\" cx=\"%s\" cy=\"%s\" r=\"3.2\"><title>%s</title></circle>"
            .formatted(
                curve, number(x(place.position())), number(y(place.value())), escape(words)));
  }

  /** A cross that tells {@code words} when it is pointed at. */
  void cross(int curve, Place place, String words) {
    double x = x(place.position());
    double y = y(place.value());
    elements.add(
        "<path class=\"cross c%d\" d=\"M%s,%s l8,8 m0,-8 l-8,8\"><title>%s</title></path>"
            .formatted(curve, number(x - 4), number(y - 4), escape(words)));
  }

  /** A triangle on the axis that tells {@code words} when it is pointed at. */
  void alarm(int curve, double position, String words) {
    elements.add(
        "<path class=\"alarm c%d\" d=\"M%s,%d l4,-9 l4,9 z\"><title>%s</title></path>"
            .formatted(curve, number(x(position) - 4), HEIGHT - BOTTOM, escape(words)));
  }

  /** A dashed line over the whole height, with a name. */
  void mark(double position, String name) {
    String x = number(x(position));
    elements.add(
        "<path class=\"mark\" d=\"M%s,%d V%d\"/><text x=\"%s\" y=\"%d\" dx=\"4\" dy=\"10\">%s</text>"
            .formatted(x, TOP, HEIGHT - BOTTOM, x, TOP, escape(name)));
  }

  private void grid() {
    int tenths = (int) Math.round((most - least) * 10);
    for (int i = 0; i <= tenths; i++) {
      double value = least + i / 10.0;
      elements.add(
          "<path class=\"grid\" d=\"M%d,%s H%d\"/><text x=\"%d\" y=\"%s\" class=\"end\">%s</text>"
              .formatted(
                  LEFT,
                  number(y(value)),
                  WIDTH - RIGHT,
                  LEFT - 6,
                  number(y(value) + 4),
                  String.format(Locale.ROOT, "%.1f", value)));
    }
    double step = step(end / 4);
    for (double position = 0; position <= end * LITTLE_MORE; position += step) {
      elements.add(
          "<text x=\"%s\" y=\"%d\" class=\"middle\">%s</text>"
              .formatted(
                  number(x(position)),
                  HEIGHT - BOTTOM + 18,
                  String.format(Locale.ROOT, "%,.0f", position)));
    }
  }

  /** The round number next to a distance: 1, 2 or 5 times a power of ten. */
  private static double step(double distance) {
    double power = Math.pow(10, Math.floor(Math.log10(distance)));
    double times = distance / power;
    return power * (times < 1.5 ? 1 : times < 3.5 ? 2 : times < 7.5 ? 5 : 10);
  }

  private double x(double position) {
    return LEFT + position / end * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    double share = (Math.max(least, Math.min(most, value)) - least) / (most - least);
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /**
   * The drawing.
   *
   * @param name for those who do not see it
   */
  String svg(String name) {
    return "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n%s\n</svg>\n"
        .formatted(WIDTH, HEIGHT, escape(name), String.join("\n", elements));
  }
}
