package io.distillstream.monitor.freshness;

import io.distillstream.runtime.Setting;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A service level objective: the share of records that a device has to have learned within a time
 * of their request.
 *
 * @param share between 0 and 1, both exclusive
 */
public record FreshnessObjective(double share, Duration within) {

  /** What {@link #parse} takes. */
  public static final String ACCEPTS = "a share and a time, such as 95% < 60s";

  private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*%\\s*<\\s*(\\S.*)");
  private static final double PER_CENT = 100;

  public FreshnessObjective {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException("Expected a share between 0% and 100%");
    }
    if (within.isNegative() || within.isZero()) {
      throw new IllegalArgumentException("Expected a time above zero");
    }
  }

  /**
   * An objective as settings have it.
   *
   * @throws IllegalArgumentException with what would be accepted
   */
  public static FreshnessObjective parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      throw new IllegalArgumentException("Expected " + ACCEPTS);
    }
    return new FreshnessObjective(
        new BigDecimal(form.group(1)).movePointLeft(2).doubleValue(),
        Setting.parseDuration(form.group(2)));
  }

  /** As people read it. */
  public String text() {
    return String.format(Locale.ROOT, "%s%% < %s", trimmed(share * PER_CENT), Setting.show(within));
  }

  private static String trimmed(double percent) {
    String digits = String.format(Locale.ROOT, "%.3f", percent);
    return digits.replaceAll("\\.?0+$", "");
  }
}
