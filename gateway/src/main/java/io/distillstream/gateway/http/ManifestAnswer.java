package io.distillstream.gateway.http;

import io.distillstream.gateway.channel.Publication;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.QuotedQualityCSV;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** A manifest, compressed where the client can read that. */
final class ManifestAnswer {

  private static final String GZIP = "gzip";

  private final Publication publication;
  private final String cacheControl;

  private ManifestAnswer(Publication publication, String cacheControl) {
    this.publication = publication;
    this.cacheControl = cacheControl;
  }

  /** The newest of a channel: the one thing that moves. */
  static ManifestAnswer newest(Publication publication) {
    return new ManifestAnswer(publication, Answers.REVALIDATED);
  }

  /** One that was asked for by its digest. */
  static ManifestAnswer byDigest(Publication publication) {
    return new ManifestAnswer(publication, Answers.IMMUTABLE);
  }

  /** Whether the client says that it has it. */
  static boolean isKnown(Request request, Publication publication) {
    return Answers.isKnown(request, List.of(tag(publication, false), tag(publication, true)));
  }

  void send(Request request, Response response, Callback callback, GatewayMetrics metrics) {
    boolean gzip = acceptsGzip(request);
    HttpFields.Mutable headers = response.getHeaders();
    headers
        .put(HttpHeader.ETAG, tag(publication, gzip))
        .put(HttpHeader.CACHE_CONTROL, cacheControl)
        .add(HttpHeader.VARY, "Accept-Encoding");
    if (isKnown(request, publication)) {
      Answers.empty(response, callback, Answers.NOT_MODIFIED);
      return;
    }
    if (gzip) {
      headers.put(HttpHeader.CONTENT_ENCODING, GZIP);
    }
    metrics.manifestServed();
    Answers.json(request, response, callback, gzip ? publication.gzip() : publication.json());
  }

  /** Other bytes have another tag. */
  private static String tag(Publication publication, boolean gzip) {
    return '"' + publication.digest() + (gzip ? "-gzip" : "") + '"';
  }

  private static boolean acceptsGzip(Request request) {
    QuotedQualityCSV accepted = new QuotedQualityCSV();
    request.getHeaders().getValuesList(HttpHeader.ACCEPT_ENCODING).forEach(accepted::addValue);
    // What is refused, with a quality of 0, is not among the values.
    return accepted.getValues().contains(GZIP);
  }
}
