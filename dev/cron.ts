import { readFileSync } from 'node:fs'

/** The cron expressions of a wrangler.toml. */
export function readCronExpressions(configFile: string): string[] {
  const list = /^\s*crons\s*=\s*\[([^\]]*)\]/m.exec(readFileSync(configFile, 'utf8'))?.[1] ?? ''
  return [...list.matchAll(/["']([^"']+)["']/g)].map((match) => match[1] ?? '')
}

/** Whether a five-field cron expression (numbers, lists, ranges, steps) names the minute of `time`, in UTC. */
export function cronMatches(expression: string, time: Date): boolean {
  const fields = expression.trim().split(/\s+/)
  const now = [
    time.getUTCMinutes(),
    time.getUTCHours(),
    time.getUTCDate(),
    time.getUTCMonth() + 1,
    time.getUTCDay(),
  ] as const
  return fields.length === now.length && now.every((value, at) => fieldMatches(fields[at] ?? '', value))
}

function fieldMatches(field: string, value: number): boolean {
  return field.split(',').some((part) => {
    const [range = '', step = '1'] = part.split('/')
    const [first = '0', last = part.includes('/') ? '99' : first] = range === '*' ? ['0', '99'] : range.split('-')
    const from = Number(first)
    return value >= from && value <= Number(last) && (value - from) % Number(step) === 0
  })
}

/**
 * Calls the dev server's cron trigger at every full minute, as the platform would; wrangler never does by itself.
 * Answers a function that ends it.
 */
export function fireCron(apiUrl: string, expressions: string[], log: (line: string) => void): () => void {
  let timer: NodeJS.Timeout
  const fire = async (expression: string) => {
    try {
      const answer = await fetch(`${apiUrl}/cdn-cgi/local/scheduled?${new URLSearchParams({ cron: expression })}`, {
        signal: AbortSignal.timeout(55_000),
      })
      if (!answer.ok) log(`cron ${expression}: HTTP ${answer.status}`)
    } catch (error) {
      log(`cron ${expression}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const schedule = () => {
    timer = setTimeout(
      () => {
        const now = new Date()
        for (const expression of expressions) if (cronMatches(expression, now)) void fire(expression)
        schedule()
      },
      60_050 - (Date.now() % 60_000),
    )
  }
  schedule()
  return () => clearTimeout(timer)
}
