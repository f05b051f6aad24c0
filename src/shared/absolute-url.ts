/** Makes a full URL of a path: the shop's own images are stored as paths, which emails and other origins cannot use. */
export const absoluteUrl = (url: string, publicApiUrl: string): string =>
  url.startsWith('/') ? `${publicApiUrl}${url}` : url
