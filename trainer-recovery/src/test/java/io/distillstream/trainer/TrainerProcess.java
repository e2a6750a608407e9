package io.distillstream.trainer;

import io.distillstream.embedded.ChildJvm;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.StudentStart;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The trainer service alone in a process that tests can kill. It starts up to the loaded engine and
 * waits for {@link #go}, so that the next one can get ready while one still runs: the start of the
 * JVM and of the native library, which take most of the time, need no broker.
 */
final class TrainerProcess {
  private static final String READY = "trainer-process ready";

  private TrainerProcess() {}

  /** Bootstrap servers, registry, pipeline, data folder, then settings as {@code key=value}. */
  public static void main(String[] arguments) throws IOException {
    Map<String, String> values = new HashMap<>();
    for (String argument : List.of(arguments).subList(4, arguments.length)) {
      values.put(
          argument.substring(0, argument.indexOf('=')),
          argument.substring(argument.indexOf('=') + 1));
    }
    TrainerSettings settings = TrainerSettings.from(Settings.load(TrainerSettings.all(), values));
    try (StudentEngine engine =
        DjlStudentEngine.from(new StudentStart(settings.student()).fresh())) {
      System.out.println(READY + " to train a " + engine.spec());
    }
    // The parent's word, or the end of the input with the parent's own.
    if (System.in.read() < 0) {
      return;
    }
    ServiceContext context =
        ServiceContext.connect(
            new Pipeline(arguments[2]),
            new ClusterConnection(arguments[0], arguments[1]),
            Path.of(arguments[3]),
            "it");
    try (context;
        TrainerService service = new TrainerService(settings, context)) {
      service.start();
      int last = System.in.read();
      System.out.println("ending: " + last);
    }
  }

  /** Starts a process; returns at once. */
  static ChildJvm standBy(TrainerHarness harness, Map<String, String> settings, Path folder) {
    List<String> options =
        List.of(
            "-Xmx256m",
            "-Dai.djl.offline=true",
            "-Dai.djl.pytorch.num_threads=1",
            "-Dai.djl.pytorch.num_interop_threads=1");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                harness.cluster.bootstrapServers(),
                harness.cluster.registryUrl(),
                harness.pipeline.name(),
                folder.toString()));
    settings.forEach((key, value) -> arguments.add(key + "=" + value));
    return ChildJvm.start(TrainerProcess.class, options, arguments, folder);
  }

  /** Waits until it is ready, then lets it train. */
  static void go(ChildJvm process) {
    process.awaitLine(READY);
    process.wake();
  }
}
