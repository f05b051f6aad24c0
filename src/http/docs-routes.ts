import { html } from 'hono/html'
import { openApiDocument } from './openapi.ts'
import { policed } from './policed.ts'
import { createRouter } from './router.ts'
import type { Surface } from './surface.ts'

// The build copies Swagger UI's files from the installed package to `public/docs-assets`; no CDN is used.
const page = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>Mercat API</title>
      <link rel="stylesheet" href="/docs-assets/swagger-ui.css" />
      <link rel="icon" href="/docs-assets/favicon-32x32.png" />
    </head>
    <body>
      <div id="swagger-ui"></div>
      <script src="/docs-assets/swagger-ui-bundle.js"></script>
      <script src="/docs/initializer.js"></script>
    </body>
  </html>`

const forEverybody = policed({ access: 'public' })

const contentPolicy = (apiOrigin: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    // Swagger UI writes style attributes. Scripts come from our own files only.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self' ${apiOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/** Serves the OpenAPI document of all surfaces, and Swagger UI for it. */
export function createDocsRoutes(surfaces: () => Surface[]) {
  const routes = createRouter()
  routes.get('/openapi.json', forEverybody, (c) => {
    const document = openApiDocument(surfaces(), c.get('ctx').env.PUBLIC_API_URL)
    return c.json(document, 200, { 'Cache-Control': 'public, max-age=300' })
  })
  routes.get('/v1', forEverybody, (c) => c.redirect('/docs', 302))
  routes.get('/docs', forEverybody, (c) => {
    c.header('Content-Security-Policy', contentPolicy(new URL(c.get('ctx').env.PUBLIC_API_URL).origin))
    c.header('Cache-Control', 'public, max-age=300')
    return c.html(page)
  })
  return routes
}
