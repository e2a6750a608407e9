package io.distillstream.local.checkpoints;

import io.distillstream.avro.Checkpoint;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.TemporaryFolder;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.checkpoint.log.CheckpointStore;
import io.distillstream.trainer.settings.TrainerSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The checkpoints of a student: what there are, what is in them, and back to an earlier one. */
@Command(
    name = "checkpoints",
    mixinStandardHelpOptions = true,
    description = {
      "List, inspect, compare and restore the checkpoints of a student, running or not.",
      "The cluster comes from the settings, the student is trainer.model or --model."
    },
    footer = {
      "",
      "Examples:",
      "  ./distillstream checkpoints list",
      "  ./distillstream checkpoints show 12 --out student-12.onnx",
      "  ./distillstream checkpoints diff 12 20",
      "  ./distillstream checkpoints restore 12          trains the records since again",
      "  ./distillstream checkpoints restore 12 --skip   leaves them out"
    })
public final class CheckpointsCommand implements Runnable {

  /** Which student, where. */
  static final class Source {
    @Option(names = "--model", paramLabel = "NAME", description = "Default: trainer.model.")
    private @Nullable String model;

    @Mixin private SettingsOptions options = new SettingsOptions();

    private interface Task {
      void run(CheckpointStore store, String model, Path folder) throws IOException;
    }

    private void with(Task task) throws IOException {
      Settings settings = options.load();
      ClusterSettings cluster = ClusterSettings.from(settings);
      ClusterSettings.requireReachable(cluster.connection());
      String name = model == null ? TrainerSettings.from(settings).model() : model;
      try (TemporaryFolder folder = TemporaryFolder.create();
          CheckpointStore store =
              new CheckpointStore(cluster.connection(), cluster.pipeline(), name, folder.path())) {
        task.run(store, name, folder.path());
      }
    }
  }

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  CheckpointsCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Which one? list, show, diff or restore; --help says more");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "One line per checkpoint, oldest first.")
  void list(@Mixin Source source) throws IOException {
    source.with(
        (store, model, folder) -> {
          print(CheckpointText.table(present(store, model), Instant.now()));
          print(CheckpointText.unreadable(store.unreadable()));
        });
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Everything about one checkpoint, or its file.")
  void show(
      @Mixin Source source,
      @Parameters(paramLabel = "VERSION", description = "A number, or 'newest'.") String version,
      @Option(
              names = "--out",
              paramLabel = "FILE",
              description = "Save the state (FILE.safetensors) or the model (FILE.onnx) instead.")
          @Nullable Path out)
      throws IOException {
    source.with(
        (store, model, folder) -> {
          Checkpoint checkpoint = find(store, model, version);
          if (out == null) {
            print(CheckpointText.details(checkpoint, Instant.now()));
            Path state = folder.resolve("state.safetensors");
            store.fetch(checkpoint, checkpoint.getState(), state);
            print(TensorText.norms(state));
          } else {
            save(store, checkpoint, out);
          }
        });
  }

  private void save(CheckpointStore store, Checkpoint checkpoint, Path out) throws IOException {
    boolean onnx = out.toString().endsWith(".onnx");
    if (!onnx && !out.toString().endsWith(".safetensors")) {
      throw new CommandFailedException(
          out + ": expected a name that ends in .safetensors, for the state, or .onnx, the model");
    }
    store.fetch(checkpoint, onnx ? checkpoint.getOnnx() : checkpoint.getState(), out);
    print(
        List.of(
            String.format(
                Locale.ROOT,
                "%s: %s of checkpoint %d, %,d bytes",
                out,
                onnx ? "model" : "state",
                checkpoint.getVersion(),
                Files.size(out))));
  }

  @Command(
      name = "diff",
      mixinStandardHelpOptions = true,
      description = "What changed between two checkpoints, tensor by tensor.")
  void diff(
      @Mixin Source source,
      @Parameters(index = "0", paramLabel = "A", description = "A version, or 'newest'.") String a,
      @Parameters(index = "1", paramLabel = "B", description = "A version, or 'newest'.") String b)
      throws IOException {
    source.with(
        (store, model, folder) -> {
          Checkpoint before = find(store, model, a);
          Checkpoint after = find(store, model, b);
          print(CheckpointText.comparison(before, after));
          Path stateBefore = folder.resolve("a.safetensors");
          Path stateAfter = folder.resolve("b.safetensors");
          store.fetch(before, before.getState(), stateBefore);
          store.fetch(after, after.getState(), stateAfter);
          print(TensorText.changes(stateBefore, stateAfter));
        });
  }

  @Command(
      name = "restore",
      mixinStandardHelpOptions = true,
      description = {
        "Make an earlier checkpoint the newest, under the next version.",
        "A running trainer notices and continues from there; what it has not yet published goes.",
        "By default it trains the records after that checkpoint again. The quantizer and the",
        "devices get the restored student like any newer one."
      })
  void restore(
      @Mixin Source source,
      @Parameters(paramLabel = "VERSION", description = "What to go back to.") String version,
      @Option(
              names = "--skip",
              description = "Leave out the records trained since, as after poisoned traffic.")
          boolean skip)
      throws IOException {
    source.with(
        (store, model, folder) -> {
          Checkpoint restored = store.restore(find(store, model, version), skip);
          print(CheckpointText.restored(restored));
        });
  }

  private static List<Checkpoint> present(CheckpointStore store, String model) {
    List<Checkpoint> checkpoints = store.list();
    if (checkpoints.isEmpty()) {
      throw new CommandFailedException(
          "There are no checkpoints of "
              + model
              + (store.models().isEmpty()
                  ? ""
                  : "; there are some of " + String.join(", ", store.models())));
    }
    return checkpoints;
  }

  private static Checkpoint find(CheckpointStore store, String model, String version) {
    List<Checkpoint> checkpoints = present(store, model);
    Checkpoint newest = checkpoints.get(checkpoints.size() - 1);
    if (version.equals("newest")) {
      return newest;
    }
    return checkpoints.stream()
        .filter(checkpoint -> Long.toString(checkpoint.getVersion()).equals(version))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailedException(
                    "There is no checkpoint %s of %s; versions %d to %d are kept"
                        .formatted(
                            version, model, checkpoints.get(0).getVersion(), newest.getVersion())));
  }

  private void print(List<String> lines) {
    PrintWriter out = spec.commandLine().getOut();
    lines.forEach(out::println);
    out.flush();
  }
}
