import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    fileParallelism: false,
    silent: 'passed-only',
    globalSetup: ['test/support/global-stack.ts'],
    projects: [
      {
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
                STRIPE_SECRET_KEY: 'sk_test_emulator',
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
              },
            },
          })),
        ],
        test: {
          name: 'worker',
          include: ['test/worker/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'node',
          include: ['test/node/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // A deadline and not a wait: on a busy machine an email may take some seconds.
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
})
