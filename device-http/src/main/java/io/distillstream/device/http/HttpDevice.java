package io.distillstream.device.http;

import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import java.io.IOException;

/** Opens devices whose updates and reports travel over HTTP. */
public final class HttpDevice {

  private HttpDevice() {}

  /**
   * Opens a device; nothing is connected before it is started.
   *
   * @param gateway whose updates it follows
   * @throws IOException if the device's folder cannot be read
   * @throws IllegalStateException if another device uses the folder
   */
  public static DeviceClient open(DeviceSettings settings, Gateway gateway) throws IOException {
    return new DeviceClient(
        settings,
        new HttpUpdateSource(gateway, settings.model(), settings.channel()),
        new HttpReportSink(gateway));
  }
}
