// Figures as people read them. What is not known is an en dash.

const NONE = "–";
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

export const count = (value) => (isNumber(value) ? whole.format(value) : NONE);

export const percent = (value) => (value * 100).toFixed(1) + " %";

export function bytes(value) {
  if (!isNumber(value)) return NONE;
  const units = ["B", "KB", "MB", "GB"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return (unit === 0 ? value : value.toFixed(value < 100 ? 1 : 0)) + " " + units[unit];
}

export function duration(millis) {
  if (!isNumber(millis)) return NONE;
  if (millis < 10) return millis.toFixed(1) + " ms";
  if (millis < 1000) return Math.round(millis) + " ms";
  const seconds = millis / 1000;
  if (seconds < 10) return seconds.toFixed(1) + " s";
  if (seconds < 120) return Math.round(seconds) + " s";
  if (seconds < 7200) return Math.round(seconds / 60) + " min";
  if (seconds < 172800) return Math.round(seconds / 3600) + " h";
  return Math.round(seconds / 86400) + " d";
}

export const ago = (millis, now) =>
  now - millis < 1500 ? "just now" : duration(Math.max(1000, Math.round((now - millis) / 1000) * 1000)).replace(".0", "") + " ago";

export const moment = (millis) => clock.format(millis);

/** A digest in groups of four, which are easier to compare. */
export const fingerprint = (digest) => digest.match(/.{4}/g).join(" ");
