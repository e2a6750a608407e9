package io.distillstream.local.probe;

import io.distillstream.local.server.ServerOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.Terminal;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a server a few short questions and says what it can do. */
@Command(
    name = "probe",
    mixinStandardHelpOptions = true,
    description = {
      "Ask an OpenAI-compatible server what it can give to distil from: log-probabilities, how"
          + " many",
      "alternatives, streams, token ids, tokenizer. Asks about ten questions of one token each."
    })
public final class ProbeCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "URL",
      description = "Such as http://127.0.0.1:8000, with /v1 or without.")
  @SuppressWarnings("NullAway.Init") // Picocli sets it.
  private String url;

  @Option(names = "--model", paramLabel = "NAME", description = "Default: the first it lists.")
  private @Nullable String model;

  @Option(
      names = "--key-env",
      paramLabel = "VARIABLE",
      description = "Environment variable with the API key (default: ${DEFAULT-VALUE}).")
  private String keyVariable = "OPENAI_API_KEY";

  @Mixin private ServerOptions server = new ServerOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  ProbeCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    if (!url.matches("https?://[^\\s?#@]+")) {
      throw new CommandFailedException(
          "'%s' is no server's address: expected one such as http://127.0.0.1:8000".formatted(url));
    }
    String key = System.getenv(keyVariable);
    new Probe(new ProbedServer(url, key, server.accessByFile()), model)
        .run((name, value) -> Terminal.print(out, "%-24s %s".formatted(name, value)));
    return 0;
  }
}
