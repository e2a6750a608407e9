package io.distillstream.gateway.http;

import io.distillstream.gateway.store.Download;
import io.distillstream.gateway.store.StoredFile;
import io.distillstream.http.RefusedRequestException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.ByteRange;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A file, whole or from any byte on, so that a download that was cut goes on where it ended. It is
 * read piece by piece as the client takes it.
 */
final class ArtifactAnswer {

  private static final int PIECE_BYTES = 64 << 10;
  private static final int NOT_SATISFIABLE = 416;
  private static final String BYTES = "bytes=";

  private final Download file;
  private final String cacheControl;
  private final GatewayMetrics metrics;

  private ArtifactAnswer(Download file, String cacheControl, GatewayMetrics metrics) {
    this.file = file;
    this.cacheControl = cacheControl;
    this.metrics = metrics;
  }

  /** One that was asked for by its digest. */
  static ArtifactAnswer lasting(StoredFile file, GatewayMetrics metrics) {
    return new ArtifactAnswer(Download.of(file), Answers.IMMUTABLE, metrics);
  }

  /** One whose name may come to stand for other bytes. */
  static ArtifactAnswer moving(Download file, GatewayMetrics metrics) {
    return new ArtifactAnswer(file, Answers.REVALIDATED, metrics);
  }

  void send(Request request, Response response, Callback callback) throws RefusedRequestException {
    String tag = '"' + file.tag() + '"';
    HttpFields.Mutable headers = response.getHeaders();
    headers
        .put(HttpHeader.ETAG, tag)
        .put(HttpHeader.CACHE_CONTROL, cacheControl)
        .put(HttpHeader.ACCEPT_RANGES, "bytes");
    if (Answers.isKnown(request, List.of(tag))) {
      Answers.empty(response, callback, Answers.NOT_MODIFIED);
      return;
    }
    headers
        .put(HttpHeader.CONTENT_TYPE, "application/octet-stream")
        .put("X-Content-Type-Options", "nosniff");
    List<String> asked = request.getHeaders().getValuesList(HttpHeader.RANGE);
    if (!isRange(request, asked, tag)) {
      response.setStatus(Answers.OK);
      send(new ByteRange(0, file.sizeBytes() - 1), request, response, callback);
      return;
    }
    List<ByteRange> ranges = ByteRange.parse(asked, file.sizeBytes());
    if (ranges.isEmpty()) {
      headers.remove(HttpHeader.ETAG);
      headers.remove(HttpHeader.CACHE_CONTROL);
      throw new RefusedRequestException(
              NOT_SATISFIABLE,
              "The file has %d bytes, none of them in %s".formatted(file.sizeBytes(), asked.get(0)),
              Map.of())
          .withHeader("Content-Range", ByteRange.toNonSatisfiableHeaderValue(file.sizeBytes()));
    }
    ByteRange range = ranges.get(0);
    response.setStatus(Answers.PARTIAL);
    headers.put(HttpHeader.CONTENT_RANGE, range.toHeaderValue(file.sizeBytes()));
    send(range, request, response, callback);
  }

  /** Several ranges at once are answered with all of the file, as one may. */
  private static boolean isRange(Request request, List<String> asked, String tag) {
    String condition = request.getHeaders().get(HttpHeader.IF_RANGE);
    return asked.size() == 1
        && asked.get(0).startsWith(BYTES)
        && asked.get(0).indexOf(',') < 0
        && (condition == null || condition.equals(tag));
  }

  private void send(ByteRange range, Request request, Response response, Callback callback)
      throws RefusedRequestException {
    HttpFields.Mutable headers = response.getHeaders();
    if (Answers.isHead(request)) {
      headers.put(HttpHeader.CONTENT_LENGTH, range.getLength());
      callback.succeeded();
      return;
    }
    Content.Source source;
    try {
      source = source(range, request.getComponents().getByteBufferPool());
    } catch (IOException e) {
      headers.remove(HttpHeader.ETAG);
      headers.remove(HttpHeader.CONTENT_RANGE);
      throw Answers.notFound("The file was removed just now: newer versions have replaced it");
    }
    headers.put(HttpHeader.CONTENT_LENGTH, range.getLength());
    Content.copy(
        source,
        response,
        Callback.from(
            callback, () -> metrics.bytesServed(Response.getContentBytesWritten(response))));
  }

  private Content.Source source(ByteRange range, ByteBufferPool buffers) throws IOException {
    Optional<Path> whole = file.wholeFile();
    return whole.isPresent()
        ? Content.Source.from(
            new ByteBufferPool.Sized(buffers, true, PIECE_BYTES),
            whole.get(),
            range.first(),
            range.getLength())
        : Content.Source.from(
            new ByteBufferPool.Sized(buffers, false, PIECE_BYTES),
            file.open(range.first()),
            0,
            range.getLength());
  }
}
