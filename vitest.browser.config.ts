import { defineConfig } from 'vitest/config'

// Needs Chromium on the machine (CHROMIUM names it when it is not in the PATH), so it is not a part of `npm test`.
export default defineConfig({
  test: { name: 'browser', include: ['test/browser/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 90_000 },
})
