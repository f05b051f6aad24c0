import { html } from 'hono/html'
import type { Ctx } from '../../../context.ts'
import { type Markup, type Page, shortPage } from '../../../http/page/layout.ts'
import { disownEmail } from '../../email-ownership/disown-email.ts'
import { resetPassword } from '../../passwords/reset-password.ts'
import { undoEmailChange } from '../../email-ownership/undo-email-change.ts'
import { verifyEmail } from '../../email-ownership/verify-email.ts'
import { confirmPrivacyRequest } from '../../privacy/confirm-privacy-request.ts'

type PasswordField = { label: string; hint: string; autocomplete: string; required: boolean }

/** A page that an emailed link with `?token=` opens: it says what will happen, and does it when its button is pressed. */
export type TokenPage = {
  path: string
  title: string
  lead: string
  button: string
  /** The password field; null on a page without one. */
  password: PasswordField | null
  done: { title: string; text: string }
  /** `password` is empty when none was given. */
  act: (ctx: Ctx, given: { token: string; password: string }) => Promise<Outcome | void>
}

/** A JSON file to download. */
export type Download = { kind: 'download'; name: string; content: unknown }

/** What pressing the button results in besides the page: a file, or an id to remember this browser by. */
type Outcome = Download | { kind: 'known-device'; deviceId: string }

async function confirmRequest(ctx: Ctx, token: string): Promise<Download | undefined> {
  const outcome = await confirmPrivacyRequest(ctx, { token })
  return outcome.kind === 'export' ? { kind: 'download', name: 'export.json', content: outcome.file } : undefined
}

export const TOKEN_PAGES: TokenPage[] = [
  {
    path: '/verify-email',
    title: 'Confirm your email address',
    lead: 'Press the button to confirm that this address is yours.',
    button: 'Confirm my address',
    // Signed-in members see it too, since the link may be about another account than theirs.
    password: {
      label: 'Password of your account (optional)',
      hint: 'If you enter it or are signed in, earlier guest orders are added to your account.',
      autocomplete: 'current-password',
      required: false,
    },
    done: { title: 'Your address is confirmed', text: 'Thank you. You can close this page.' },
    act: (ctx, { token, password }) => verifyEmail(ctx, { token, ...(password === '' ? {} : { password }) }),
  },
  {
    path: '/disown-account',
    title: 'Was this not you?',
    lead: 'Someone used your address for their account. Press the button to remove it: you will get no more emails about that account.',
    button: 'Remove my address',
    password: null,
    done: { title: 'Your address has been removed', text: 'There is nothing else to do. You can close this page.' },
    act: (ctx, { token }) => disownEmail(ctx, token),
  },
  {
    path: '/undo-email-change',
    title: 'Undo the change of email address?',
    lead: 'Your account will use this address again. Everyone is signed out, the current password stops working, and we email you a link to choose a new one.',
    button: 'Undo the change',
    password: null,
    done: {
      title: 'Your account uses this address again',
      text: 'We have emailed you a link to choose a new password.',
    },
    act: (ctx, { token }) => undoEmailChange(ctx, token),
  },
  {
    path: '/reset-password',
    title: 'Choose a new password',
    lead: 'It replaces your old password and signs you out everywhere.',
    button: 'Set the new password',
    password: {
      label: 'New password',
      hint: 'A long sentence is best. With fewer than sixteen characters, it needs a capital letter and a symbol such as ! or #.',
      autocomplete: 'new-password',
      required: true,
    },
    done: { title: 'Your new password is set', text: 'Sign in with it from now on. You can close this page.' },
    act: async (ctx, given) => ({ kind: 'known-device', ...(await resetPassword(ctx, given)) }),
  },
  {
    path: '/export-data',
    title: 'A copy of your data',
    lead: 'Press the button to download a file with everything that we store under your address. The link works once.',
    button: 'Download my data',
    password: null,
    done: { title: 'Your data has been downloaded', text: 'You can close this page.' },
    act: (ctx, { token }) => confirmRequest(ctx, token),
  },
  {
    path: '/erase-data',
    title: 'Erase your data?',
    lead: 'We erase everything that we store under your address. Orders stay in our books without your personal data, and an order that has not shipped yet loses its address. This cannot be undone.',
    button: 'Erase my data',
    password: null,
    done: {
      title: 'Your data is erased',
      text: 'If a payment or an email is still in progress, the rest is erased as soon as it has finished.',
    },
    act: (ctx, { token }) => confirmRequest(ctx, token),
  },
]

type Form = {
  token: string
  csrfToken: string
  field: PasswordField | null
  /** What is wrong with the form, or with the password. */
  problem?: string
  passwordProblem?: string
}

const passwordField = ({ label, hint, autocomplete, required }: PasswordField, problem: string | undefined): Markup =>
  html`<div class="field">
    <label for="password">${label}</label>
    <input
      id="password"
      name="password"
      type="password"
      autocomplete="${autocomplete}"
      aria-describedby="password-hint${problem === undefined ? '' : ' password-problem'}"
      ${required ? 'required' : ''}
      ${problem === undefined ? '' : 'aria-invalid=true autofocus'}
    />
    ${problem === undefined ? '' : html`<p class="bad" id="password-problem">${problem}</p>`}
    <p class="hint" id="password-hint">${hint}</p>
  </div>`

export function askPage(page: TokenPage, { token, csrfToken, field, problem, passwordProblem }: Form): Page {
  const isRefused = problem !== undefined || passwordProblem !== undefined
  return shortPage(
    page.title,
    html`${problem === undefined ? '' : html`<p class="alert" role="alert">${problem}</p>`}
      <p>${page.lead}</p>
      <form method="post" action="${page.path}">
        <input type="hidden" name="token" value="${token}" />
        <input type="hidden" name="csrf_token" value="${csrfToken}" />
        ${field === null ? '' : passwordField(field, passwordProblem)}
        <button class="button">${page.button}</button>
      </form>`,
    isRefused ? 422 : 200,
  )
}

export const donePage = ({ done }: TokenPage): Page => shortPage(done.title, html`<p>${done.text}</p>`)

export const invalidLinkPage = (): Page =>
  shortPage(
    'This link no longer works',
    html`<p>It has already been used, has expired, or was replaced by a newer one.</p>
      <p>Look for our latest email, or ask for a new link where you sign in.</p>`,
    422,
  )
