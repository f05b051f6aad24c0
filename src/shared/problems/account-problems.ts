import type { Problem } from './problem.ts'

/** Problems of sessions and accounts. */
export const ACCOUNT_PROBLEMS = {
  'access-token-expired': {
    status: 401,
    title: 'Access token expired',
    when: 'call `POST /v1/auth/refresh`, then repeat the request',
    detail: 'The access token has expired: call POST /v1/auth/refresh and try again.',
  },
  'account-exists': {
    status: 409,
    title: 'Account exists',
    when: 'username or email is taken; `errors` says which',
    detail: 'There is an account with this username already.',
    errors: [{ field: 'username', code: 'account-exists', message: 'This username is taken.' }],
  },
  'invalid-credentials': {
    status: 401,
    title: 'Invalid credentials',
    when: 'wrong username, email or password, or a locked account',
    detail: 'The name or the password is wrong, or the account is locked for now.',
  },
  'invalid-token': {
    status: 422,
    title: 'Invalid token',
    when: 'the emailed link has been used, has expired or was replaced by a newer one',
    detail: 'This link is not valid: it has been used, has expired, or was replaced by a newer one.',
  },
  'not-authenticated': {
    status: 401,
    title: 'Not authenticated',
    when: 'nobody is signed in, or the Bearer token is malformed or not valid',
    detail: 'Sign in first.',
  },
  'password-too-weak': {
    status: 422,
    title: 'Password too weak',
    when: '`errors` has an entry for each broken rule',
    detail: 'This password does not meet the rules.',
    errors: [{ field: 'password', code: 'too-short', message: 'Use at least 8 characters.' }],
  },
  'session-ended': {
    status: 401,
    title: 'Session ended',
    when: 'the session was ended or has expired: sign in again',
    detail: 'This session has ended. Sign in again.',
  },
  'terms-version-unknown': {
    status: 422,
    title: 'Unknown version of the terms',
    when: 'this is not the current version: read the terms again',
    detail: 'This is not the current version of the terms. Read them again.',
  },
} satisfies Record<string, Problem>
