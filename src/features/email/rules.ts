import { absoluteUrl } from '../../shared/absolute-url.ts'

/**
 * The URL of an image that mail clients can show; null when there is none. Mail clients show no SVG, so an illustration
 * below `public/images/` is replaced by the PNG beside it, and other SVGs are left out.
 */
export function emailImageUrl(url: string | null, publicApiUrl: string): string | null {
  if (url === null) return null
  if (!/\.svg$/i.test(url)) return absoluteUrl(url, publicApiUrl)
  return url.startsWith('/images/') ? absoluteUrl(url.replace(/svg$/i, 'png'), publicApiUrl) : null
}
