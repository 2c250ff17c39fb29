// What JavaScript holds of one instance.

/**
 * `verdicts` are on URLs, `warned` has the origins that were warned of, `limit` is
 * that of copies of bodies; where `isStrict`, a redirect is an error; where `takesPlain`, a call may bring nothing but a
 * URL.
 */
export const instance = (entry, texts, underlying, header, limit, isStrict, takesPlain) => ({
  entry,
  texts,
  underlying,
  header,
  limit,
  isStrict,
  takesPlain,
  verdicts: new Map(),
  warned: new Set(),
  carried: undefined,
});
