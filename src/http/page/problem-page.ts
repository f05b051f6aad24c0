import type { Context } from 'hono'
import { html } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type AppError, isAppError } from '../../shared/errors.ts'
import type { AppEnv } from '../app-env.ts'
import { renderPage, shortPage } from './layout.ts'

/** The one error that only a buyer who has paid can meet. */
const ORDER_NOT_WRITTEN = {
  title: 'We have your payment',
  text: 'Your order is not confirmed yet. Please check again in a minute, and do not pay again.',
}

/** What the page says for each status. */
const WORDS: Partial<Record<ContentfulStatusCode, { title: string; text: string }>> = {
  404: { title: 'Page not found', text: 'This page does not exist, or you cannot open it from this browser.' },
  401: { title: 'You are signed out', text: 'Your session has ended. Sign in again and come back.' },
  429: {
    title: 'One moment, please',
    text: 'There were too many attempts. Please wait a few minutes, then try again.',
  },
}

/** Renders an error as a page, with the request id by which operators find it in the log. */
export function problemPage(c: Context<AppEnv>, error: AppError, status: ContentfulStatusCode) {
  const isOurs = status >= 500
  const fallback = isOurs
    ? { title: 'Something went wrong', text: 'The problem is on our side. Please try again in a minute.' }
    : { title: 'That did not work', text: error.message }
  const { title, text } = isAppError(error, 'order-creation-failed') ? ORDER_NOT_WRITTEN : (WORDS[status] ?? fallback)
  const help = isOurs
    ? html`<p class="soft">If this keeps happening, contact us and quote ${c.get('requestId') ?? 'unknown'}</p>`
    : ''
  return renderPage(
    c,
    c.get('shop'),
    shortPage(
      title,
      html`<p>${text}</p>
        ${help}`,
      status,
    ),
  )
}
