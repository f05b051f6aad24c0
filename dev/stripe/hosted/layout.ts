import { html, raw } from 'hono/html'
import { STYLES } from './styles.ts'

export type Html = ReturnType<typeof html>

/** A whole page. Everything interpolated into `html` templates is escaped. */
export const layout = (title: string, body: Html, styles = ''): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>
          ${raw(STYLES)}${raw(styles)}
        </style>
      </head>
      <body>
        <p class="ribbon"><strong>Stripe emulator — test mode.</strong> No real payment is made here.</p>
        ${body}
      </body>
    </html> `

export const noticePage = (title: string, message: string, link: { href: string; label: string } | null): Html =>
  layout(
    title,
    html`<main class="notice">
      <h1>${title}</h1>
      <p>${message}</p>
      ${link ? html`<p><a class="button" href="${link.href}">${link.label}</a></p>` : ''}
    </main>`,
  )
