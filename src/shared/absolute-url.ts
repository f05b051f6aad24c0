/** Images of the shop itself are stored as paths; emails and clients on another origin need the whole address. */
export const absoluteUrl = (url: string, publicApiUrl: string): string =>
  url.startsWith('/') ? `${publicApiUrl}${url}` : url
