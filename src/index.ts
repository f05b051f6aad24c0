import { handleScheduled } from './cron.ts'
import { handleQueue } from './queue.ts'
import { handleFetch } from './surfaces/dispatch.ts'

export default {
  fetch: handleFetch,
  queue: handleQueue,
  scheduled: handleScheduled,
}
