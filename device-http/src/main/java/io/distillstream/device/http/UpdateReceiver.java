package io.distillstream.device.http;

import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.util.List;

/** Where what a {@link ChannelListener} finds goes, and its failures. Thread-safe. */
public interface UpdateReceiver {

  /** What is listened to is there. */
  void connected();

  /** Manifests that were not handed over before, oldest first. */
  void received(List<UpdateManifest> manifests);

  /** It is not there at the moment; it is tried again all the same. */
  void failed(IOException failure);
}
