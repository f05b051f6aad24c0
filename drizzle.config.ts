import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/db/schema/!(index|columns).ts',
  out: './drizzle',
  casing: 'snake_case',
  migrations: { prefix: 'index' },
})
