/** Whether this is an origin as browsers send it: scheme, host and port, without a path or a trailing slash. */
export const isOrigin = (value: string): boolean => URL.parse(value)?.origin === value
