package io.distillstream.benchmarks.tap;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.distillstream.benchmarks.measure.Quantiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/** What a client sees of streams that a scripted model sends, one after the other. */
final class StreamDelays {

  private final ScriptedModel model;
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI url;
  private final String question;

  /** Milliseconds from the question to the first event of each stream. */
  private final List<Double> firsts = new ArrayList<>();

  /** Milliseconds from the model's sending of each later event to the client's reading of it. */
  private final List<Double> events = new ArrayList<>();

  /**
   * @param server the model's address, or that of a tap before it
   * @param more of the question, such as {@code ,"logprobs":true}
   */
  StreamDelays(ScriptedModel model, URI server, String more) {
    this.model = model;
    this.url = server.resolve("/v1/chat/completions");
    this.question =
        "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]%s}"
            .formatted(more);
  }

  /** Forgets what was measured so far. */
  void clear() {
    firsts.clear();
    events.clear();
  }

  /** Asks once, and reads the stream to its end. */
  void ask() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(question))
            .build();
    long[] read = new long[ScriptedModel.TOKENS];
    int count = 0;
    long begun = System.nanoTime();
    HttpResponse<InputStream> answer =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("data: {")) {
          read[count++] = System.nanoTime();
        }
      }
    }
    if (count != ScriptedModel.TOKENS) {
      throw new IOException("Got %d events of %d".formatted(count, ScriptedModel.TOKENS));
    }
    firsts.add((read[0] - begun) / 1e6);
    for (int i = 1; i < count; i++) {
      events.add((read[i] - model.sentNanos(i)) / 1e6);
    }
  }

  double first(double share) {
    return Quantiles.of(firsts.stream().mapToDouble(Double::doubleValue), share);
  }

  double event(double share) {
    return Quantiles.of(events.stream().mapToDouble(Double::doubleValue), share);
  }
}
