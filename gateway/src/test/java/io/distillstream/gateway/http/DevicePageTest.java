package io.distillstream.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.runtime.ServedPage;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicePageTest {

  private static final Path RESOURCES =
      Path.of("src/main/resources/io/distillstream/gateway/device");

  @TempDir private Path folder;

  @Test
  void shouldServeEveryFileWithoutAToken() throws Exception {
    try (ServedReads gateway = new ServedReads(folder, Optional.of("0123456789abcdef"));
        Stream<Path> files = Files.walk(RESOURCES).filter(Files::isRegularFile)) {
      for (Path file : files.toList()) {
        HttpResponse<byte[]> answer = gateway.get("/device/" + RESOURCES.relativize(file));
        assertThat(answer.statusCode()).as(file.toString()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(Files.readAllBytes(file));
      }
      assertThat(gateway.get("/v1/models").statusCode()).isEqualTo(401);
    }
  }

  @Test
  void shouldLetThePageRunItsOwnScriptsAlone() throws Exception {
    try (ServedReads gateway = new ServedReads(folder, Optional.empty())) {
      HttpResponse<byte[]> page = gateway.get("/device/");

      assertThat(text(page)).contains("<title>Distillstream device</title>");
      assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
      assertThat(page.headers().firstValue("Content-Security-Policy"))
          .hasValueSatisfying(
              policy ->
                  assertThat(policy)
                      .contains("default-src 'self'")
                      .contains("script-src 'self' 'wasm-unsafe-eval';")
                      .doesNotContain("unsafe-inline"));
      assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
      String tag = page.headers().firstValue("ETag").orElseThrow();
      assertThat(gateway.get("/device/", "If-None-Match", tag).statusCode()).isEqualTo(304);
    }
  }

  @Test
  void shouldLeadToTheFolder() throws Exception {
    try (ServedReads gateway = new ServedReads(folder, Optional.empty())) {
      HttpResponse<byte[]> answer = gateway.get("/device");

      assertThat(answer.statusCode()).isEqualTo(308);
      assertThat(answer.headers().firstValue("Location")).hasValue("device/");
      assertThat(gateway.get("/device/../device/nothing.js").statusCode()).isEqualTo(404);
      assertThat(gateway.send("DELETE", "/device/").statusCode()).isEqualTo(405);
    }
  }

  @Test
  void shouldDoWithoutARuntime() throws Exception {
    try (ServedReads gateway = new ServedReads(folder, Optional.empty())) {
      assertThat(text(gateway.get("/device/runtime/index.json"))).isEqualTo("{\"files\":[]}");
      assertThat(gateway.get("/device/runtime/ort.wasm.min.mjs").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void shouldServeTheRuntimeOfTheFolderAndNothingElseOfIt() throws Exception {
    Path runtime = Files.createDirectory(folder.resolve("dist"));
    for (String file : DevicePage.RUNTIME_FILES) {
      Files.writeString(runtime.resolve(file), "content of " + file);
    }
    Files.writeString(runtime.resolve("ort.js"), "not needed");

    try (ServedReads gateway =
        new ServedReads(folder.resolve("files"), Optional.empty(), 10_000, Optional.of(runtime))) {
      String index = text(gateway.get("/device/runtime/index.json"));
      for (String file : DevicePage.RUNTIME_FILES) {
        assertThat(index).contains('"' + file + '"');
        assertThat(text(gateway.get("/device/runtime/" + file))).isEqualTo("content of " + file);
      }
      HttpResponse<byte[]> wasm = gateway.get("/device/runtime/ort-wasm-simd-threaded.wasm");
      assertThat(wasm.headers().firstValue("Content-Type")).hasValue("application/wasm");
      assertThat(gateway.get("/device/runtime/ort.js").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void shouldNameTheAddressesOfOthersFirst() {
    URI own = URI.create("http://127.0.0.1:8070");
    URI proxy = URI.create("https://models.example.org/edge/");
    ServedPage behindProxy = DevicePage.served(List.of(proxy), own);
    assertThat(behindProxy.forOthers()).isTrue();
    assertThat(behindProxy.addresses())
        .extracting(URI::toString)
        .containsExactly(
            "https://models.example.org/edge/device/", "http://127.0.0.1:8070/device/");
    assertThat(DevicePage.served(List.of(), own))
        .isEqualTo(new ServedPage(List.of(URI.create("http://127.0.0.1:8070/device/")), false));
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}
