package io.distillstream.artifacts;

import io.distillstream.embedded.ChildJvm;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The quantizer service alone in a process that tests can kill. */
final class QuantizerProcess {
  private QuantizerProcess() {}

  /** Bootstrap servers, registry, pipeline, data folder, then settings as {@code key=value}. */
  public static void main(String[] arguments) throws IOException {
    Map<String, String> values = new HashMap<>();
    for (String argument : List.of(arguments).subList(4, arguments.length)) {
      int equals = argument.indexOf('=');
      values.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    ServiceContext context =
        ServiceContext.connect(
            new Pipeline(arguments[2]),
            new ClusterConnection(arguments[0], arguments[1]),
            Path.of(arguments[3]),
            "it");
    try (context;
        QuantizerService service =
            new QuantizerService(QuantizerHarness.settings(values), context)) {
      service.start();
      // Nobody writes to it: its end is that of the parent.
      int end = System.in.read();
      System.err.println("ending: " + end);
    }
  }

  /** Starts a process; returns at once. */
  static ChildJvm start(QuantizerHarness harness, Map<String, String> settings) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                harness.context.cluster().bootstrapServers(),
                harness.context.cluster().registryUrl(),
                harness.context.pipeline().name(),
                harness.folder.resolve("killed").toString()));
    settings.forEach((key, value) -> arguments.add(key + "=" + value));
    return ChildJvm.start(QuantizerProcess.class, List.of("-Xmx384m"), arguments, harness.folder);
  }
}
