// How a row of the matrix can end.

/** The only one that has passed. */
export const WORKS = "works";
export const FAILS = "fails";
/** It cannot work there, and an error of the package's tells the app so; neither passed nor failed, as the next. */
export const REFUSED = "cannot, and says so";
/** What could not be installed or run, for the reason in the remark. */
export const NOT_RUN = "not run";
