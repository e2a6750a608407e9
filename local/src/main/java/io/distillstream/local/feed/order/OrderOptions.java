package io.distillstream.local.feed.order;

import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.text.LabelledText;
import io.distillstream.text.LabelledTextFile;
import io.distillstream.text.LabelledTexts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that say in what order texts are sent, how often, and which are held out. */
public final class OrderOptions {

  /** Mixing. */
  static final class Shuffle {

    @Option(
        names = "--shuffle",
        required = true,
        description =
            "Send in random order. Texts wait in memory until as many are there as"
                + " --shuffle-buffer says, or all; then one of them is sent for each that is read.")
    private boolean wanted;

    @Option(
        names = "--shuffle-buffer",
        paramLabel = "TEXTS",
        description =
            "Texts that --shuffle mixes at a time (default: 10000); a file of no more is"
                + " shuffled as a whole.")
    private int buffer = 10_000;
  }

  /** Keeping some back. */
  static final class Held {

    @Option(
        names = "--hold-out",
        required = true,
        paramLabel = "SHARE",
        description =
            "Do not send this share of the texts, such as 0.1, but write it to --hold-out-file, to"
                + " test on. Equal texts are held out together, in every pass.")
    private double share;

    @Option(
        names = "--hold-out-file",
        required = true,
        paramLabel = "FILE",
        description =
            "Where texts held out are written, with their labels: .csv, .jsonl or .ndjson. An"
                + " existing file is not replaced.")
    private Path file;

    @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
    Held() {}
  }

  @Option(
      names = "--repeat",
      paramLabel = "TIMES",
      description =
          "Send the file so many times (default: once). Each pass is traffic of its own: '#2',"
              + " '#3', ... is added to the file's request ids from the second pass on, because the"
              + " pipeline trains an id once. A true label sent later has to name that id.")
  private int repeat = 1;

  @ArgGroup(exclusive = false)
  private @Nullable Shuffle shuffle;

  @ArgGroup(exclusive = false)
  private @Nullable Held held;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of --shuffle and --hold-out (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  /**
   * Opens a file in that order; the caller closes it.
   *
   * @param opener opens the file at its beginning
   * @param standardInput whether it is none, and can be read only once
   * @param tell gets what is worth a line on the terminal
   * @throws CommandFailedException if the options do not fit
   */
  public OrderedTexts open(
      Supplier<LabelledTexts> opener, boolean standardInput, Consumer<String> tell)
      throws IOException {
    check(standardInput);
    Passes file = new Passes(opener, repeat);
    try {
      HoldOut holdOut =
          held == null
              ? null
              : new HoldOut(file, held.share, seed, LabelledTextFile.create(held.file));
      Iterator<LabelledText> sent = holdOut == null ? file : holdOut;
      return new OrderedTexts(file, holdOut, watched(mixed(sent, standardInput, tell), tell));
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void check(boolean standardInput) {
    if (repeat < 1) {
      throw new CommandFailedException("--repeat " + repeat + ": expected 1 or more");
    }
    if (repeat > 1 && standardInput) {
      throw new CommandFailedException(
          "--repeat " + repeat + ": standard input can be read only once; name a file");
    }
    if (shuffle != null && shuffle.buffer < 2) {
      throw new CommandFailedException(
          "--shuffle-buffer " + shuffle.buffer + ": expected 2 or more");
    }
    if (held != null && !(held.share > 0 && held.share < 1)) {
      throw new CommandFailedException(
          "--hold-out " + held.share + ": expected a share between 0 and 1");
    }
  }

  private Iterator<LabelledText> mixed(
      Iterator<LabelledText> texts, boolean standardInput, Consumer<String> tell) {
    if (shuffle == null || !shuffle.wanted) {
      return texts;
    }
    String overflow =
        String.format(
            Locale.ROOT,
            "--shuffle mixes %,d texts at a time, and there are more; --shuffle-buffer takes more",
            shuffle.buffer);
    // A stream without end has more texts than any buffer.
    return new ShuffleBuffer<>(
        texts, shuffle.buffer, seed, standardInput ? () -> {} : () -> tell.accept(overflow));
  }

  private Iterator<LabelledText> watched(Iterator<LabelledText> texts, Consumer<String> tell) {
    String remedy =
        shuffle == null ? "--shuffle mixes them" : "a larger --shuffle-buffer mixes them";
    return new LabelRuns(texts, remedy, tell);
  }
}
