package io.distillstream.chaos.process;

import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the device answered to the lines typed: label, probability, version. */
public final class DeviceTerminal {
  private static final Pattern ANSWER = Pattern.compile("[^\t]+\t[\\d.]+\tv(\\d+)");

  private final ConcurrentSkipListSet<Long> versions = new ConcurrentSkipListSet<>();
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong newest = new AtomicLong();

  void line(String line) {
    Matcher answer = ANSWER.matcher(line);
    if (answer.matches()) {
      long version = Long.parseLong(answer.group(1));
      versions.add(version);
      newest.set(version);
      answers.incrementAndGet();
    }
  }

  /** Every version that ever answered. */
  public ConcurrentSkipListSet<Long> versions() {
    return versions.clone();
  }

  /** The version of the last answer; 0 before the first. */
  public long newest() {
    return newest.get();
  }

  /** Answers so far. */
  public long answers() {
    return answers.get();
  }
}
