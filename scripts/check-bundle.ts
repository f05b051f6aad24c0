import { withBundle } from './build-bundle.ts'
import { compareWithBudget } from './bundle-budget.ts'

// Prints what the Worker weighs beside its budget; beyond one of them the exit code becomes 1.
const WORDS = { gzippedBytes: 'bytes gzipped', rawBytes: 'bytes', modules: 'modules' }

withBundle((bundle) => {
  for (const { name, is, budget, kept } of compareWithBudget(bundle)) {
    const room = kept ? `${(budget - is).toLocaleString('en')} left` : 'TOO MUCH'
    console.log(`${is.toLocaleString('en')} ${WORDS[name]} of ${budget.toLocaleString('en')}: ${room}`)
    if (!kept) process.exitCode = 1
  }
})
