/** How many wrong passwords in a row are compared without a wait; after that, each attempt has to wait. */
export const FAILED_SIGN_INS_MAX = 10
/** The first wait is one minute; each further wrong password doubles it, up to this many minutes. */
export const WAIT_MINUTES_MAX = 60
/** This long after the last wait ended, the count starts again at zero. */
export const FAILURES_FORGOTTEN_HOURS = 24
