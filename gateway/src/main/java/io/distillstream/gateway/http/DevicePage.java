package io.distillstream.gateway.http;

import com.grack.nanojson.JsonWriter;
import io.distillstream.gateway.channel.Document;
import io.distillstream.http.RefusedRequestException;
import io.distillstream.runtime.ServedPage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The page that makes a browser a device, at {@code /device/}, all of it from this process: the
 * browser needs no other host. It is no secret and given to everybody; what it reads is not. Passes
 * everything else on.
 */
public final class DevicePage extends ReadHandler {

  /** What a browser needs of ONNX Runtime, by the names of the npm package onnxruntime-web. */
  public static final List<String> RUNTIME_FILES =
      List.of("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm");

  private static final String PATH = "/device";
  private static final String FOLDER = PATH + "/";

  /** Where it is. */
  public static final List<String> PATHS = List.of(PATH, FOLDER);

  private static final String RUNTIME = FOLDER + "runtime/";
  private static final String RESOURCES = "/io/distillstream/gateway/device/";
  private static final String INDEX = "index.html";
  private static final int MOVED = 308;

  private static final List<String> FILES =
      List.of(
          INDEX,
          "page.css",
          "icon.svg",
          "page.js",
          "device.js",
          "view.js",
          "notices.js",
          "format.js",
          "updates.js",
          "gateway.js",
          "store.js",
          "pinned-root.js",
          "tuf.js",
          "metadata.js",
          "delegation.js",
          "canonical-json.js",
          "bytes.js",
          "manifest.js",
          "delta-route.js",
          "delta/model-delta.js",
          "delta/segment-list.js",
          "delta/text-model.js",
          "delta/numbers-model.js",
          "delta/rows-model.js",
          "delta/row-history.js",
          "delta/rescaling.js",
          "delta/change-predictor.js",
          "delta/bit-predictor.js",
          "delta/logistic.js",
          "delta/range-decoder.js",
          "delta/invalid-delta.js",
          "reports.js",
          "classifier.js",
          "onnx-metadata.js",
          "tokenizer.js");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "mjs", "text/javascript; charset=utf-8",
          "json", "application/json",
          "svg", "image/svg+xml",
          "wasm", "application/wasm");

  /** WebAssembly is compiled, and that is all that is made of bytes here. */
  private static final String POLICY =
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private final Map<String, DocumentAnswer> answers = new HashMap<>();

  /**
   * Reads all files.
   *
   * @param runtime folder with {@link #RUNTIME_FILES}; empty where the page does without
   */
  public DevicePage(Optional<Path> runtime) {
    FILES.forEach(file -> add(FOLDER + file, resource(file)));
    add(FOLDER, resource(INDEX), INDEX);
    List<String> there = runtime.isPresent() ? RUNTIME_FILES : List.of();
    there.forEach(file -> add(RUNTIME + file, read(runtime.orElseThrow().resolve(file))));
    byte[] index = JsonWriter.string(Map.of("files", there)).getBytes(StandardCharsets.UTF_8);
    add(RUNTIME + "index.json", index);
  }

  /**
   * Where the page of a gateway is.
   *
   * @param others where other machines reach the gateway, likeliest first; empty where none does
   * @param own where this machine does
   */
  public static ServedPage served(List<URI> others, URI own) {
    return new ServedPage(
        Stream.concat(others.stream(), Stream.of(own)).map(DevicePage::at).distinct().toList(),
        !others.isEmpty());
  }

  /** Below whatever path a proxy serves. */
  private static URI at(URI gateway) {
    String address = gateway.toString();
    return URI.create(
        (address.endsWith("/") ? address.substring(0, address.length() - 1) : address) + FOLDER);
  }

  @Override
  boolean serves(String path) {
    return path.equals(PATH) || path.startsWith(FOLDER);
  }

  @Override
  void answer(String path, Request request, Response response, Callback callback)
      throws RefusedRequestException {
    if (path.equals(PATH)) {
      // Relative, so that it holds below whatever path a proxy serves.
      response.getHeaders().put(HttpHeader.LOCATION, "device/");
      Answers.empty(response, callback, MOVED);
      return;
    }
    DocumentAnswer answer = answers.get(path);
    if (answer == null) {
      throw Answers.notFound("The page has no file '%s'".formatted(path));
    }
    response
        .getHeaders()
        .put("Content-Security-Policy", POLICY)
        .put("Referrer-Policy", "no-referrer")
        .put("X-Content-Type-Options", "nosniff");
    answer.send(request, response, callback, () -> {});
  }

  private void add(String path, byte[] content) {
    add(path, content, path);
  }

  private void add(String path, byte[] content, String name) {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null) {
      throw new IllegalStateException("There is no media type for " + name);
    }
    answers.put(path, DocumentAnswer.moving(new Document(content), type));
  }

  private static byte[] resource(String name) {
    try (InputStream in = DevicePage.class.getResourceAsStream(RESOURCES + name)) {
      if (in == null) {
        throw new IllegalStateException("The build left out " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name, e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException("ONNX Runtime for browsers cannot be read from " + file, e);
    }
  }
}
