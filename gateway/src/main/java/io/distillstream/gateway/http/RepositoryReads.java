package io.distillstream.gateway.http;

import io.distillstream.gateway.channel.Channels;
import io.distillstream.gateway.channel.Document;
import io.distillstream.gateway.store.ArtifactStore;
import io.distillstream.gateway.store.StoredFile;
import io.distillstream.gateway.trust.TrustFiles;
import io.distillstream.http.RefusedRequestException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The pipeline's TUF repository with consistent snapshots, as every TUF client reads one. Passes
 * everything else on. No key is here: who breaks in can hold updates up and nothing more.
 *
 * <ul>
 *   <li>{@code /v1/tuf/metadata/timestamp.json}, {@code /v1/tuf/metadata/VERSION.ROLE.json}
 *   <li>{@code /v1/tuf/targets/MODEL/CHANNEL/SHA256.latest.json}: a signed manifest
 *   <li>{@code /v1/tuf/targets/MODEL/CHANNEL/SHA256.VERSION.onnx}: an artifact
 * </ul>
 */
public final class RepositoryReads extends ReadHandler {

  private static final String METADATA = "/v1/tuf/metadata/";
  private static final String TARGETS = "/v1/tuf/targets/";

  /** The chain of roots alone only grows: other versions begin anew after a key was revoked. */
  private static final Pattern LASTING = Pattern.compile("[0-9]+\\.root\\.json");

  private static final Pattern TARGET =
      Pattern.compile("(?<model>[^/]+)/(?<channel>[^/]+)/(?<sha256>[0-9a-f]{64})\\.(?<name>[^/]+)");

  private final TrustFiles trust;
  private final Channels channels;
  private final ArtifactStore store;
  private final GatewayMetrics metrics;

  /** Borrows everything. */
  public RepositoryReads(
      TrustFiles trust, Channels channels, ArtifactStore store, GatewayMetrics metrics) {
    this.trust = trust;
    this.channels = channels;
    this.store = store;
    this.metrics = metrics;
  }

  @Override
  boolean serves(String path) {
    return path.startsWith(METADATA) || path.startsWith(TARGETS);
  }

  @Override
  void answer(String path, Request request, Response response, Callback callback)
      throws RefusedRequestException {
    if (path.startsWith(METADATA)) {
      answerMetadata(path.substring(METADATA.length()), request, response, callback);
    } else {
      answerTarget(path.substring(TARGETS.length()), request, response, callback);
    }
  }

  private void answerMetadata(String name, Request request, Response response, Callback callback)
      throws RefusedRequestException {
    Document file = trust.find(name).orElse(null);
    if (file == null) {
      Answers.requireStarted(trust.isComplete());
      throw Answers.notFound("The repository has no file '%s'".formatted(name));
    }
    boolean lasting = LASTING.matcher(name).matches();
    (lasting ? DocumentAnswer.lasting(file) : DocumentAnswer.moving(file))
        .send(request, response, callback, metrics::metadataServed);
  }

  private void answerTarget(String path, Request request, Response response, Callback callback)
      throws RefusedRequestException {
    Matcher target = TARGET.matcher(path);
    if (target.matches()) {
      String sha256 = target.group("sha256");
      Optional<Document> manifest = signed(target.group("model"), target.group("channel"), sha256);
      if (manifest.isPresent()) {
        DocumentAnswer.lasting(manifest.get())
            .send(request, response, callback, metrics::manifestServed);
        return;
      }
      Optional<StoredFile> artifact = store.find(sha256);
      if (artifact.isPresent()) {
        ArtifactAnswer.lasting(artifact.get(), metrics).send(request, response, callback);
        return;
      }
    }
    Answers.requireStarted(channels.isComplete());
    throw Answers.notFound("No kept version of any channel has a target '%s'".formatted(path));
  }

  private Optional<Document> signed(String model, String channel, String sha256) {
    return channels.find(model, channel).stream()
        .flatMap(found -> found.publications().stream())
        .flatMap(publication -> publication.signed().stream())
        .filter(document -> document.digest().equals(sha256))
        .findFirst();
  }
}
