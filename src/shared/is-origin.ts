/** Whether a browser sends exactly this as its origin: scheme, host and port, without a path or a closing slash. */
export const isOrigin = (value: string): boolean => URL.parse(value)?.origin === value
