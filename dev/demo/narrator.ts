/** Prints each step with its outcome and duration. */
export interface Narrator {
  title(text: string): void
  /** Runs one step and prints its name, what `tell` says of its outcome, and its duration. Names a failure and rethrows it. */
  step<T>(name: string, act: () => Promise<T>, tell?: (outcome: T) => string): Promise<T>
}

export function createNarrator(print: (line: string) => void): Narrator {
  return {
    title: (text) => print(`\n${text}`),
    async step(name, act, tell = () => '') {
      const start = performance.now()
      const time = () => `${Math.round(performance.now() - start)} ms`.padStart(8)
      try {
        const outcome = await act()
        print(`  ✓ ${time()}  ${name.padEnd(30)} ${tell(outcome)}`.trimEnd())
        return outcome
      } catch (error) {
        print(`  ✗ ${time()}  ${name}`)
        throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
      }
    },
  }
}

/** Throws with `message` unless `condition` holds. */
export function expectThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message)
}
