package io.distillstream.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.content.ByteBufferContentSource;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** A request whose body is in memory. */
public final class WholeRequest extends Request.Wrapper {

  private final byte[] bytes;
  private final Content.Source body;

  WholeRequest(Request request, byte[] body) {
    super(request);
    this.bytes = body;
    this.body = new ByteBufferContentSource(ByteBuffer.wrap(body));
  }

  /**
   * The body of a request that was read before it was passed on; whoever reads the request reads it
   * again. Empty where it has none. Not to be changed.
   */
  public static byte[] bodyOf(Request request) {
    WholeRequest whole = Request.as(request, WholeRequest.class);
    return whole == null ? new byte[0] : whole.bytes;
  }

  @Override
  public Content.@Nullable Chunk read() {
    return body.read();
  }

  @Override
  public void demand(Runnable demandCallback) {
    body.demand(demandCallback);
  }

  @Override
  public boolean consumeAvailable() {
    body.fail(new IllegalStateException("The body was given up"));
    return true;
  }
}
