// Figures as people read them. What is not known is an en dash.

const NONE = "–";
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export const count = (value) => (isNumber(value) ? whole.format(value) : NONE);

export const rate = (value) =>
  isNumber(value) ? (value < 10 ? value.toFixed(1) : whole.format(value)) : NONE;

export const decimal = (value, digits) => (isNumber(value) ? value.toFixed(digits) : NONE);

export const percent = (value, digits = 1) =>
  isNumber(value) ? (value * 100).toFixed(digits) + " %" : NONE;

/** A difference of two shares in percentage points, signed. */
export function points(value) {
  if (!isNumber(value)) return NONE;
  const shown = (Math.abs(value) * 100).toFixed(1);
  return (shown === "0.0" ? "±" : value < 0 ? "−" : "+") + shown + " pts";
}

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

export function seconds(value) {
  if (!isNumber(value)) return NONE;
  if (value < 10) return value.toFixed(1) + " s";
  if (value < 120) return Math.round(value) + " s";
  if (value < 7200) return Math.round(value / 60) + " min";
  if (value < 172800) return Math.round(value / 3600) + " h";
  return Math.round(value / 86400) + " d";
}

/** The same, to the minute where hours count. */
export function age(value) {
  const minutes = Math.round(value / 60);
  return isNumber(value) && minutes >= 120 && value < 172800
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : seconds(value);
}

/** From a moment until now. */
export const elapsed = (iso, now) =>
  iso ? seconds(Math.max(0, Math.round((now - Date.parse(iso)) / 1000))).replace(".0", "") : NONE;

export const ago = (iso, now) => (iso ? `${elapsed(iso, now)} ago` : NONE);
