import path from 'node:path'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** What tests outside the Worker have in common; a deadline and not a wait: on a busy machine an email may take some seconds. */
const NODE = { testTimeout: 30_000, hookTimeout: 60_000, expect: { poll: { timeout: 15_000 } } }

/** Tests inside the Workers runtime, all files of a project in one isolate. */
const inWorker = (name: string, include: string): TestProjectInlineConfiguration => ({
  // Some packages point at source maps that they do not ship; that is nobody's concern here.
  logLevel: 'error',
  plugins: [
    cloudflareTest(({ inject }) => ({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          DATABASE_URL: inject('databaseUrl'),
          NEON_FETCH_ENDPOINT: inject('neonEndpoint'),
          SIGNING_SECRET: 'test-signing-secret-that-is-long-enough-for-it',
          SESSION_KEYS:
            'test-2:test-session-secret-number-two-is-long-enough,test-1:test-session-secret-number-one-is-long-enough',
          PUBLIC_API_URL: 'http://shop.test',
          STOREFRONT_URL: 'http://storefront.test',
          CORS_ORIGINS: 'http://storefront.test',
          STRIPE_SECRET_KEY: 'sk_test_worker',
          STRIPE_WEBHOOK_SECRET: inject('stripeWebhookSecret'),
          STRIPE_API_BASE: inject('stripeBase'),
          STRIPE_TIMEOUT_MS: '2000',
          EMAIL_TRANSPORT: 'smtp',
          SMTP_HOST: '127.0.0.1',
          SMTP_PORT: String(inject('smtpPort')),
          SMTP_SECURITY: 'none',
          SMTP_TIMEOUT_MS: '1500',
          OPERATOR_EMAIL: 'operator@example.com',
          RATE_LIMITS: 'off',
          TURNSTILE_API_BASE: inject('turnstileUrl'),
        },
      },
    })),
  ],
  // By its path from `src/features/passwords/`, so that a test can still import the real one.
  resolve: {
    alias: [
      {
        find: './password-cost.ts',
        replacement: path.resolve(import.meta.dirname, 'test/support/password-cost.ts'),
      },
    ],
  },
  test: {
    name,
    include: [include],
    testTimeout: 20_000,
    // As requests of many visitors share one: starting an isolate for each file takes longer than most tests.
    isolate: false,
  },
})

export default defineConfig({
  test: {
    fileParallelism: false,
    silent: 'passed-only',
    globalSetup: ['test/support/global-stack.ts'],
    projects: [
      inWorker('worker', 'test/worker/**/*.test.ts'),
      { test: { name: 'node', include: ['test/node/**/*.test.ts'], ...NODE } },
      inWorker('long-worker', 'test/long/worker/**/*.test.ts'),
      { test: { name: 'long', include: ['test/long/**/*.test.ts'], exclude: ['test/long/worker/**'], ...NODE } },
    ],
  },
})
