package io.distillstream.gateway.http;

import io.distillstream.gateway.store.Download;
import io.distillstream.http.RefusedRequestException;
import java.util.Optional;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Files at paths that another protocol has given them. Passes everything else on. */
public final class DownloadReads extends ReadHandler {

  private final Shelf shelf;
  private final GatewayMetrics metrics;

  /** What is where. Must not block. */
  public interface Shelf {

    /** Whether a path is one of a file, whether there is one or not. */
    boolean serves(String path);

    /** What is there. */
    Optional<Download> find(String path);

    /** Whether what is not found does not exist, since all is here. */
    boolean isComplete();
  }

  /** Borrows both. */
  public DownloadReads(Shelf shelf, GatewayMetrics metrics) {
    this.shelf = shelf;
    this.metrics = metrics;
  }

  @Override
  boolean serves(String path) {
    return shelf.serves(path);
  }

  @Override
  void answer(String path, Request request, Response response, Callback callback)
      throws RefusedRequestException {
    Download found = shelf.find(path).orElse(null);
    if (found == null) {
      Answers.requireStarted(shelf.isComplete());
      throw Answers.notFound("There is no file at '%s'".formatted(path));
    }
    ArtifactAnswer.moving(found, metrics).send(request, response, callback);
  }
}
