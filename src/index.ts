import { app } from './app.ts'
import { handleScheduled } from './cron.ts'
import { handleQueue } from './queue.ts'

export default {
  fetch: app.fetch,
  queue: handleQueue,
  scheduled: handleScheduled,
}
