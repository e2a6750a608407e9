package io.distillstream.benchmarks.scenario;

import io.distillstream.benchmarks.scenario.order.LabelledSet;
import io.distillstream.benchmarks.student.LabelledGlosses;
import io.distillstream.trainer.examples.Example;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which labelled texts are the traffic. */
final class SetOptions {

  @Option(
      names = "--labels",
      description = "The default teacher's logits of the glosses (default: ${DEFAULT-VALUE}).")
  private Path logits = Path.of("data/benchmarks/teacher-logits.safetensors");

  @ArgGroup(exclusive = false)
  private @Nullable Files files;

  @Option(names = "--scored", description = "Score on so many held-out examples (default: all).")
  private int scored = Integer.MAX_VALUE;

  /** In the place of the glosses. */
  static final class Files {
    @Option(
        names = "--data",
        required = true,
        description = "Traffic: CSV (text,label) or JSONL, instead of the glosses.")
    private @Nullable Path data;

    @Option(
        names = "--held-out",
        required = true,
        description = "The texts to score on, in the same form.")
    private @Nullable Path heldOut;

    @Option(
        names = "--head",
        required = true,
        description = "The teacher's classifier head, which fit-head made.")
    private @Nullable Path head;

    private LabelledSet load(Path folder, int maxTokens, PrintWriter progress) throws IOException {
      return LabelledFiles.read(Objects.requireNonNull(data), Objects.requireNonNull(heldOut))
          .label(Objects.requireNonNull(head), folder, maxTokens, progress);
    }
  }

  /**
   * @param maxTokens longer texts are cut
   * @param progress is told what takes long
   */
  LabelledSet load(int maxTokens, PrintWriter progress) throws IOException {
    Path folder = Objects.requireNonNull(logits.toAbsolutePath().getParent());
    LabelledSet all =
        files == null ? glosses(maxTokens, progress) : files.load(folder, maxTokens, progress);
    List<Example> heldOut = all.heldOut();
    return new LabelledSet(
        all.name(),
        all.labels(),
        all.vocabulary(),
        all.traffic(),
        heldOut.subList(0, Math.min(scored, heldOut.size())));
  }

  private LabelledSet glosses(int maxTokens, PrintWriter progress) throws IOException {
    LabelledGlosses glosses = LabelledGlosses.load(logits, progress);
    return new LabelledSet(
        "WordNet glosses",
        glosses.labels(),
        glosses.tokenizer().vocabulary().size(),
        glosses.traffic(Integer.MAX_VALUE, maxTokens),
        glosses.heldOut(maxTokens));
  }
}
