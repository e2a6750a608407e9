package io.distillstream.gateway.http;

import io.distillstream.gateway.store.StoredFile;
import io.distillstream.http.RefusedRequestException;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.ByteRange;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A file by its digest, whole or from any byte on, so that a download that was cut goes on where it
 * ended. It is read piece by piece as the client takes it.
 */
final class ArtifactAnswer {

  private static final int PIECE_BYTES = 64 << 10;
  private static final int NOT_SATISFIABLE = 416;
  private static final String BYTES = "bytes=";

  private final StoredFile file;
  private final GatewayMetrics metrics;

  ArtifactAnswer(StoredFile file, GatewayMetrics metrics) {
    this.file = file;
    this.metrics = metrics;
  }

  void send(Request request, Response response, Callback callback) throws RefusedRequestException {
    String tag = '"' + file.sha256() + '"';
    HttpFields.Mutable headers = response.getHeaders();
    headers
        .put(HttpHeader.ETAG, tag)
        .put(HttpHeader.CACHE_CONTROL, Answers.IMMUTABLE)
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

  private void send(ByteRange range, Request request, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, range.getLength());
    if (Answers.isHead(request)) {
      callback.succeeded();
      return;
    }
    ByteBufferPool.Sized buffers =
        new ByteBufferPool.Sized(request.getComponents().getByteBufferPool(), true, PIECE_BYTES);
    Content.copy(
        Content.Source.from(buffers, file.path(), range.first(), range.getLength()),
        response,
        Callback.from(
            callback, () -> metrics.bytesServed(Response.getContentBytesWritten(response))));
  }
}
