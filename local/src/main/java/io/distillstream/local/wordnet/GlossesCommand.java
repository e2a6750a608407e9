package io.distillstream.local.wordnet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the demo's data to a file. */
@Command(
    name = "glosses",
    mixinStandardHelpOptions = true,
    description = "Write a part of the WordNet glosses, with their human labels, as CSV.")
public final class GlossesCommand implements Callable<Integer> {

  /** The parts that never overlap. */
  enum Part {
    HELD_OUT,
    LABELLED,
    TRAFFIC
  }

  @Option(
      names = "--part",
      required = true,
      description =
          "held_out (3,000), labelled (12,000, for fit-head) or traffic (all but held out).")
  private Part part;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "CSV: text,label.")
  private Path out;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  GlossesCommand() {}

  @Override
  public Integer call() throws IOException {
    WordNetGlosses glosses = WordNetGlosses.load();
    var texts =
        switch (part) {
          case HELD_OUT -> glosses.heldOut();
          case LABELLED -> glosses.labelled();
          case TRAFFIC -> glosses.traffic();
        };
    GlossCsv.write(texts, out);
    spec.commandLine().getOut().println("wrote " + texts.size() + " glosses to " + out);
    return 0;
  }
}
