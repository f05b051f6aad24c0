export type Page = { status: number; html: string; location: string | null }

export async function visit(url: string | null, form?: Record<string, string>): Promise<Page> {
  const response = await fetch(url ?? '', {
    redirect: 'manual',
    ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
  })
  return { status: response.status, html: await response.text(), location: response.headers.get('location') }
}

export const unescaped = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

/** The form as a browser would send it: every field with the value it shows. */
export function formOf(html: string): Record<string, string> {
  const form: Record<string, string> = { action: 'pay' }
  for (const [tag] of html.matchAll(/<input\b[^>]*>/g)) {
    const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]
    const checkable = /type="(?:radio|checkbox)"/.test(tag)
    if (checkable && !/\schecked\b/.test(tag)) continue
    form[attribute('name') ?? ''] = unescaped(attribute('value') ?? '')
  }
  for (const [, name = '', options = ''] of html.matchAll(/<select\b[^>]*?name="([^"]*)"[^>]*>(.*?)<\/select>/gs)) {
    const chosen = /<option\s+value="([^"]*)"\s+selected/.exec(options) ?? /<option\s+value="([^"]*)"/.exec(options)
    form[name] = chosen?.[1] ?? ''
  }
  return form
}

/** Opens the page and sends its form, changed as given. */
export const fill = async (url: string | null, changes: Record<string, string> = {}) =>
  visit(url, { ...formOf((await visit(url)).html), ...changes })
