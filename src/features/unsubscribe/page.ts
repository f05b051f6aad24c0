/** Allows the page its own style and its own form, and nothing else. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** The field by which a form on the page is told from the click of a mail client. */
export const PAGE_FIELD = 'from_page'

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1rem; text-align: center }
button { font: inherit; padding: .6em 1.4em; cursor: pointer }
</style>
<h1>${title}</h1>
${body}
</html>
`

/** Asks before it changes anything: programs that check links open every one. The form posts to its own address. */
export const askPage = (): string =>
  page(
    'Unsubscribe',
    `<p>You will get no more letters from us. Emails about your own orders and account still come.</p>
<form method="post"><button name="${PAGE_FIELD}" value="yes">Unsubscribe</button></form>`,
  )

export const donePage = (): string => page('You are unsubscribed', '<p>You will get no more letters from us.</p>')
