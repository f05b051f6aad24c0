/** So many wrong passwords in a row are compared as they come; each one more has to wait. */
export const FAILED_SIGN_INS_MAX = 10
/** The wait after the last of them is a minute, and doubles with each one more up to this many. */
export const WAIT_MINUTES_MAX = 60
/** This long after the end of the last wait the count begins anew. */
export const FAILURES_FORGOTTEN_HOURS = 24
