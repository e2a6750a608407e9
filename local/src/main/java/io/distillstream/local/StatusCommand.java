package io.distillstream.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.local.server.ServerOptions;
import io.distillstream.local.terminal.CommandFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows how a running pipeline is, as its monitor sees it. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "One table of a running pipeline: lag, rate, freshness, versions, agreement.")
final class StatusCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Option(names = "--url", description = "The monitor's address (default: ${DEFAULT-VALUE}).")
  private String url = "http://127.0.0.1:8090";

  @Option(names = "--json", description = "The monitor's answer as it is, for machines.")
  private boolean json;

  @Mixin private ServerOptions server = new ServerOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  StatusCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    String body = fetch();
    if (json) {
      out.println(body);
    } else {
      JsonNode status = new ObjectMapper().readTree(body);
      StatusTable.lines(status).forEach(out::println);
    }
    out.flush();
    return 0;
  }

  private String fetch() throws InterruptedException {
    URI address = URI.create(url.replaceAll("/+$", "") + "/api/status");
    try {
      return server.access().get(address, PATIENCE);
    } catch (IOException e) {
      throw new CommandFailedException(
          "No monitor answers at " + address + "; is a pipeline running? --url names another", e);
    }
  }
}
