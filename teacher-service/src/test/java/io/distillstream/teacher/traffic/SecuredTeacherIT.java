package io.distillstream.teacher.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.http.tls.TestAuthority;
import io.distillstream.runtime.Settings;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A teacher whose settings ask for TLS and a key, on a real broker. */
@Timeout(120)
@ExtendWith(SharedCluster.class)
class SecuredTeacherIT {

  private static final String KEY = "a-key-of-the-tests-alone";
  private static final String BODY = "{\"texts\": [\"a b\"]}";

  @TempDir static Path folder;
  @TempDir Path files;
  private final EmbeddedCluster cluster;

  SecuredTeacherIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void shouldAnswerWhoTrustsItAndHasAKey() throws Exception {
    TestAuthority authority = new TestAuthority(files);
    TestAuthority.Issued own = authority.issue();
    Path keys = Files.writeString(files.resolve("keys"), "app:" + KEY + "\n");
    Map<String, String> settings =
        Map.of(
            "teacher.http.port", "0",
            "teacher.http.tls-certificate", own.certificate().toString(),
            "teacher.http.tls-key", own.key().toString(),
            "teacher.http.api-keys", keys.toString());
    try (TestedPipeline traffic = new TestedPipeline(cluster, folder);
        TeacherService service =
            new TeacherService(
                TeacherSettings.from(Settings.load(TeacherSettings.all(), settings)),
                traffic.context,
                () -> traffic.teacher)) {
      service.start();
      HttpClient client = HttpClient.newBuilder().sslContext(authority.client()).build();

      assertThat(predict(service, client, "Bearer " + KEY).statusCode()).isEqualTo(200);
      assertThat(predict(service, client, "Bearer another-key-of-nobody").statusCode())
          .isEqualTo(401);
      assertThatThrownBy(() -> predict(service, HttpClient.newHttpClient(), "Bearer " + KEY))
          .isInstanceOf(SSLHandshakeException.class);
      assertThat(traffic.softLabels()).hasSize(1);
    }
  }

  private static HttpResponse<String> predict(
      TeacherService service, HttpClient client, String authorization) throws Exception {
    return client.send(
        HttpRequest.newBuilder(service.address().orElseThrow().resolve("/v1/predict"))
            .header("Authorization", authorization)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(BODY))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
