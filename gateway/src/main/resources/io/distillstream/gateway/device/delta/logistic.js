// The logistic function and its inverse in whole numbers, from the same two tables as the encoder's.

/** Units of a logit per nat. */
const UNITS = 256;

/** Largest magnitude of a logit: 11 nats, where a probability is one unit of 2^-16. */
const LIMIT = 11 * UNITS;

/** Probabilities are looked up in so many bits. */
export const LOGIT_BITS = 12;

/** To the nearest whole number, to the even one of two. */
function nearest(value) {
  const whole = Math.round(value);
  return Math.abs(value - Math.trunc(value)) === 0.5 && whole % 2 !== 0 ? whole - 1 : whole;
}

/** ln(p / (1 - p)) in units of 1/256, by a probability in units of 2^-12. */
export const LOGITS = Int16Array.from({ length: 1 << LOGIT_BITS }, (_, i) => {
  const p = (i + 0.5) / (1 << LOGIT_BITS);
  return nearest(UNITS * Math.log(p / (1 - p)));
});

/** In units of 2^-16, by a logit beyond -LIMIT. */
export const PROBABILITIES = Uint16Array.from({ length: 2 * LIMIT + 1 }, (_, i) =>
  Math.min(0xffff, Math.max(1, nearest(65536 / (1 + Math.exp((LIMIT - i) / UNITS))))));

/** The probability of a logit in units of 2^-16, from 1 to 65,535. */
export const probability = (logit) =>
  PROBABILITIES[Math.max(-LIMIT, Math.min(LIMIT, logit)) + LIMIT];
