package io.distillstream.gateway.http;

import com.grack.nanojson.JsonWriter;
import io.distillstream.gateway.channel.Channel;
import io.distillstream.gateway.channel.Channels;
import io.distillstream.gateway.channel.Publication;
import io.distillstream.gateway.store.ArtifactStore;
import io.distillstream.gateway.store.StoredFile;
import io.distillstream.http.RefusedRequestException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * What devices read. Passes everything else on.
 *
 * <ul>
 *   <li>{@code /v1/models}: every channel with its newest update
 *   <li>{@code /v1/models/MODEL/CHANNEL/manifest.json}: the newest manifest, at once or when there
 *       is another one
 *   <li>{@code /v1/models/MODEL/CHANNEL/events}: a stream with an event for each new one
 *   <li>{@code /v1/models/MODEL/CHANNEL/versions.json}: those that are kept, newest last
 *   <li>{@code /v1/models/MODEL/CHANNEL/manifests/SHA256.json}: one of these
 *   <li>{@code /v1/artifacts/SHA256}: an artifact or a delta
 * </ul>
 */
public final class DeviceReads extends ReadHandler {

  private static final String MODELS = "/v1/models";
  private static final String ARTIFACTS = "/v1/artifacts/";
  private static final String MANIFEST_SUFFIX = ".json";

  private final Channels channels;
  private final ArtifactStore store;
  private final EventStreams streams;
  private final GatewayMetrics metrics;

  /** Borrows everything. */
  public DeviceReads(
      Channels channels, ArtifactStore store, EventStreams streams, GatewayMetrics metrics) {
    this.channels = channels;
    this.store = store;
    this.streams = streams;
    this.metrics = metrics;
  }

  @Override
  boolean serves(String path) {
    return path.equals(MODELS) || path.startsWith(MODELS + "/") || path.startsWith(ARTIFACTS);
  }

  @Override
  void answer(String path, Request request, Response response, Callback callback)
      throws RefusedRequestException {
    if (path.equals(MODELS)) {
      answerModels(request, response, callback);
    } else if (path.startsWith(ARTIFACTS)) {
      artifact(path.substring(ARTIFACTS.length())).send(request, response, callback);
    } else {
      String[] parts = path.substring(MODELS.length() + 1).split("/", -1);
      if (parts.length == 3) {
        answerChannel(channel(parts[0], parts[1]), parts[2], request, response, callback);
      } else if (parts.length == 4 && parts[2].equals("manifests")) {
        Publication publication = publication(channel(parts[0], parts[1]), parts[3]);
        DocumentAnswer.lasting(publication.document())
            .send(request, response, callback, metrics::manifestServed);
      } else {
        throw nothing(path);
      }
    }
  }

  private void answerChannel(
      Channel channel, String what, Request request, Response response, Callback callback)
      throws RefusedRequestException {
    switch (what) {
      case "manifest.json" -> answerManifest(channel, request, response, callback);
      case "versions.json" ->
          answerList(
              "versions",
              channel.publications().stream().map(Publication::summary).toList(),
              request,
              response,
              callback);
      case "events" -> {
        if (Answers.isHead(request)) {
          response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
          Answers.empty(response, callback, Answers.OK);
        } else {
          streams.open(channel, request, response, callback);
        }
      }
      default -> throw nothing(what);
    }
  }

  private void answerManifest(
      Channel channel, Request request, Response response, Callback callback)
      throws RefusedRequestException {
    WaitQuery query = WaitQuery.of(request);
    Predicate<Publication> wanted = query.wanted(request);
    Publication newest = channel.newest().orElseThrow();
    if (wanted.test(newest)) {
      DocumentAnswer.moving(newest.document())
          .send(request, response, callback, metrics::manifestServed);
    } else if (query.patience().isZero() && query.after().isEmpty()) {
      DocumentAnswer.moving(newest.document())
          .send(request, response, callback, metrics::manifestServed);
    } else {
      new LongPoll(channel, wanted, request, response, callback, metrics).begin(query.patience());
    }
  }

  private void answerModels(Request request, Response response, Callback callback)
      throws RefusedRequestException {
    Answers.requireStarted(channels.isComplete());
    answerList(
        "models",
        channels.all().stream().map(channel -> channel.newest().orElseThrow().summary()).toList(),
        request,
        response,
        callback);
  }

  private static void answerList(
      String name,
      List<Map<String, Object>> items,
      Request request,
      Response response,
      Callback callback) {
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, Answers.REVALIDATED);
    byte[] json = JsonWriter.string(Map.of(name, items)).getBytes(StandardCharsets.UTF_8);
    Answers.json(request, response, callback, json);
  }

  private Channel channel(String model, String name) throws RefusedRequestException {
    Channel found = channels.find(model, name).orElse(null);
    if (found == null) {
      Answers.requireStarted(channels.isComplete());
      throw Answers.notFound(
          "Nothing is published of model '%s' on channel '%s'; GET %s lists what is"
              .formatted(model, name, MODELS));
    }
    return found;
  }

  private static Publication publication(Channel channel, String file)
      throws RefusedRequestException {
    return channel.publications().stream()
        .filter(publication -> file.equals(publication.digest() + MANIFEST_SUFFIX))
        .findFirst()
        .orElseThrow(
            () -> Answers.notFound("No manifest '%s' is kept of this channel".formatted(file)));
  }

  private ArtifactAnswer artifact(String sha256) throws RefusedRequestException {
    StoredFile file = store.find(sha256).orElse(null);
    if (file == null) {
      Answers.requireStarted(channels.isComplete());
      throw Answers.notFound("No kept version of any channel has a file '%s'".formatted(sha256));
    }
    return ArtifactAnswer.lasting(file, metrics);
  }

  private static RefusedRequestException nothing(String path) {
    return Answers.notFound("There is nothing at '%s'".formatted(path));
  }
}
