/** The longest pause between two attempts at a deletion or erasure, in minutes; the pauses double from 2. */
export const ATTEMPT_MAX_MINUTES = 60

/** How long the request that asked for a deletion has to finish it before the sweep takes over. */
export const REQUEST_GRACE_MS = 2 * 60_000

/** How long a link to an export or erasure is valid. */
export const LINK_MS = 24 * 60 * 60_000
