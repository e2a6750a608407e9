package io.distillstream.gateway.http;

import io.distillstream.gateway.channel.Document;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.QuotedQualityCSV;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** A document in memory, compressed where the client can read that. */
final class DocumentAnswer {

  private static final String GZIP = "gzip";
  private static final String JSON = "application/json";

  private final Document document;
  private final String contentType;
  private final String cacheControl;

  private DocumentAnswer(Document document, String contentType, String cacheControl) {
    this.document = document;
    this.contentType = contentType;
    this.cacheControl = cacheControl;
  }

  /** One whose name stays while it changes, such as a channel's newest manifest. */
  static DocumentAnswer moving(Document document) {
    return moving(document, JSON);
  }

  /** The same of another type. */
  static DocumentAnswer moving(Document document, String contentType) {
    return new DocumentAnswer(document, contentType, Answers.REVALIDATED);
  }

  /** One that was asked for by a name that is never given to another, such as its digest. */
  static DocumentAnswer lasting(Document document) {
    return new DocumentAnswer(document, JSON, Answers.IMMUTABLE);
  }

  /** Whether the client says that it has it. */
  static boolean isKnown(Request request, Document document) {
    return Answers.isKnown(request, List.of(tag(document, false), tag(document, true)));
  }

  /**
   * Sends it.
   *
   * @param served is run where the client did not have it
   */
  void send(Request request, Response response, Callback callback, Runnable served) {
    boolean gzip = acceptsGzip(request);
    HttpFields.Mutable headers = response.getHeaders();
    headers
        .put(HttpHeader.ETAG, tag(document, gzip))
        .put(HttpHeader.CACHE_CONTROL, cacheControl)
        .add(HttpHeader.VARY, "Accept-Encoding");
    if (isKnown(request, document)) {
      Answers.empty(response, callback, Answers.NOT_MODIFIED);
      return;
    }
    if (gzip) {
      headers.put(HttpHeader.CONTENT_ENCODING, GZIP);
    }
    served.run();
    headers.put(HttpHeader.CONTENT_TYPE, contentType);
    Answers.body(request, response, callback, gzip ? document.gzip() : document.json());
  }

  /** Other bytes have another tag. */
  private static String tag(Document document, boolean gzip) {
    return '"' + document.digest() + (gzip ? "-gzip" : "") + '"';
  }

  private static boolean acceptsGzip(Request request) {
    QuotedQualityCSV accepted = new QuotedQualityCSV();
    request.getHeaders().getValuesList(HttpHeader.ACCEPT_ENCODING).forEach(accepted::addValue);
    // What is refused, with a quality of 0, is not among the values.
    return accepted.getValues().contains(GZIP);
  }
}
