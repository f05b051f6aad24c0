import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { stylesOf } from './styles.ts'

/** What `html` returns; the values that it was given are escaped. */
export type Markup = ReturnType<typeof html>

/** The shop's settings that a page shows, a part of `GET /v1/shop`. */
export type PageShop = {
  name: string
  legal_name: string
  imprint_address: string[]
  logo: string | null
  colors: { accent: string; accent_dark: string; on_accent: string; on_accent_dark: string }
  support_email: string
  social_links: { name: string; url: string }[]
}

export type Page = {
  title: string
  body: Markup
  status?: ContentfulStatusCode
  /** Shows a narrow card in the middle, for a short text. */
  narrow?: boolean
}

const header = ({ name, logo }: PageShop): Markup =>
  html`<header class="band">
    <a class="brand" href="/"
      >${logo === null ? '' : html`<img src="${logo}" alt="" width="36" height="36" />`}${name}</a
    >
  </header>`

const footer = (shop: PageShop): Markup =>
  html`<footer class="band">
    <p>${shop.legal_name} · ${shop.imprint_address.join(', ')}</p>
    <p>
      <a href="mailto:${shop.support_email}">${shop.support_email}</a>${shop.social_links.map(
        ({ name, url }) => html` · <a href="${url}" rel="noopener">${name}</a>`,
      )}
    </p>
  </footer>`

const policyOf = (nonce: string): string =>
  [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    // The logo and product images may be on any host.
    "img-src 'self' data: https: http:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/**
 * Renders a page of the shop: no scripts, one style sheet, light and dark. Without the shop's settings it has neither
 * name nor imprint. No cache may store it.
 */
export function renderPage(c: Context, shop: PageShop | undefined, page: Page): Response | Promise<Response> {
  const nonce = randomBytes(16).toString('base64url')
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${page.title}${shop === undefined ? '' : ` · ${shop.name}`}</title>
        ${shop?.logo ? html`<link rel="icon" href="${shop.logo}" />` : html`<link rel="icon" href="data:," />`}
        <style nonce="${nonce}">
          ${raw(stylesOf(shop?.colors))}
        </style>
      </head>
      <body class="${page.narrow === true ? 'narrow' : ''}">
        ${shop === undefined ? html`<header class="band"></header>` : header(shop)}
        <main class="band">${page.body}</main>
        ${shop === undefined ? '' : footer(shop)}
      </body>
    </html>`
  return c.html(document, page.status ?? 200, {
    'Content-Security-Policy': policyOf(nonce),
    // Keeps tokens in URLs out of the Referer; `no-referrer` would also hide the origin, which the CSRF check needs.
    'Referrer-Policy': 'strict-origin',
    'Cache-Control': 'private, no-store',
  })
}

/** A page with a heading and one short text. */
export const shortPage = (title: string, body: Markup, status: ContentfulStatusCode = 200): Page => ({
  title,
  status,
  narrow: true,
  body: html`<div class="card">
    <h1>${title}</h1>
    ${body}
  </div>`,
})
