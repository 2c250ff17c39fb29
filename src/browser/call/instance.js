// What JavaScript holds of one instance.

/**
 * `entry`: where the record stands; `texts`: the record as it is known; `underlying`: what is called; `limit`: that of copies
 * of bodies, in bytes. Where `isStrict`, a redirect is an error; where `takesPlain`, a call that brings nothing but a URL
 * is a usual one. `verdicts` are on URLs, `warned` has the origins that were warned of, and `carried` what calls carry,
 * from the first that carries anything on.
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
