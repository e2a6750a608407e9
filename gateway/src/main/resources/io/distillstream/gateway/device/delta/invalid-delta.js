/** A delta that is damaged, or none for the file that it is applied to. */
export class InvalidDelta extends Error {}
