import { z } from 'zod'

/**
 * How the next message fails. `reject`: refused for good (550). `temporary`: refused for now (451). `timeout`: no answer until
 * the client leaves. `drop_after_accept`: the message is kept and the connection cut before the client hears of it.
 */
export const faultSchema = z.object({
  mode: z.enum(['reject', 'temporary', 'timeout', 'drop_after_accept']),
  times: z.int().min(1).default(1),
  /** Only messages with this recipient. */
  to: z.string().optional(),
})
export type MailFault = z.infer<typeof faultSchema>

export class MailFaults {
  private faults: MailFault[] = []

  add(fault: MailFault): void {
    this.faults.push({ ...fault })
  }

  list(): MailFault[] {
    return this.faults.map((fault) => ({ ...fault }))
  }

  clear(): void {
    this.faults = []
  }

  /** Uses up one turn of the first fault that concerns a message to these recipients. */
  take(recipients: string[]): MailFault['mode'] | undefined {
    const fault = this.faults.find(({ to }) => to === undefined || recipients.includes(to))
    if (fault === undefined) return undefined
    fault.times -= 1
    this.faults = this.faults.filter(({ times }) => times > 0)
    return fault.mode
  }
}
