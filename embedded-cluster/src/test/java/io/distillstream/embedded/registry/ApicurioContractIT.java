package io.distillstream.embedded.registry;

import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.rest.RestService;
import io.distillstream.embedded.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same contract against a registry that others wrote: Apicurio's, with its storage in memory,
 * in a process of its own.
 */
class ApicurioContractIT extends RegistryContract {

  @TempDir private static Path folder;

  private static Process server;
  private static String base;

  @BeforeAll
  static void startServer() throws Exception {
    int port = FreePorts.choose();
    base = "http://127.0.0.1:" + port;
    server =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-Dquarkus.http.host=127.0.0.1",
                    "-Dquarkus.http.port=" + port,
                    "-jar",
                    runner().toString()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("apicurio.log").toFile())
            .start();
    await().atMost(Duration.ofSeconds(90)).until(ApicurioContractIT::ready);
    // Its default is NONE; Confluent's is BACKWARD.
    new RestService(base + "/apis/ccompat/v7").updateCompatibility("BACKWARD", null);
  }

  @AfterAll
  static void endServer() throws InterruptedException {
    server.destroy();
    server.waitFor();
  }

  @Override
  String url() {
    return base + "/apis/ccompat/v7";
  }

  private static Path runner() throws IOException {
    Path unpacked = Path.of(System.getProperty("apicurio.folder", "target/apicurio"));
    try (Stream<Path> files = Files.list(unpacked)) {
      return files.filter(f -> f.toString().endsWith("-runner.jar")).findFirst().orElseThrow();
    }
  }

  private static boolean ready() throws Exception {
    if (!server.isAlive()) {
      throw new IllegalStateException(
          "Apicurio ended: " + Files.readString(folder.resolve("apicurio.log")));
    }
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/health/ready")).build();
      return HttpClient.newHttpClient()
              .send(request, HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    }
  }
}
