/** Between two attempts at a deletion: 2, 4, 8, … minutes, at most this many. */
export const ATTEMPT_MAX_MINUTES = 60

/** The request that asked for the deletion has this long to finish it before the sweep takes it up. */
export const REQUEST_GRACE_MS = 2 * 60_000

/** How long a link to an export or erasure is good for. */
export const LINK_MS = 24 * 60 * 60_000
