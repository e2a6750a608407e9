package io.distillstream.benchmarks.student;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which labelled texts are the traffic. */
public final class CorpusOptions {

  @Option(
      names = "--labels",
      description = "The default teacher's logits of the glosses (default: ${DEFAULT-VALUE}).")
  private Path logits = Path.of("data/benchmarks/teacher-logits.safetensors");

  @ArgGroup(exclusive = false)
  private @Nullable Files files;

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

    private LabelledCorpus load(Path folder, PrintWriter progress) throws IOException {
      return LabelledCorpus.files(
          Objects.requireNonNull(data),
          Objects.requireNonNull(heldOut),
          Objects.requireNonNull(head),
          folder,
          progress);
    }
  }

  /**
   * Loads them, after the teacher was asked where that was not done before.
   *
   * @param progress is told what takes long
   */
  public LabelledCorpus load(PrintWriter progress) throws IOException {
    Path folder = Objects.requireNonNull(logits.toAbsolutePath().getParent());
    return files == null ? LabelledCorpus.glosses(logits, progress) : files.load(folder, progress);
  }
}
