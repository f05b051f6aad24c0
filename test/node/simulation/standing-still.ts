// A process of the simulation whose plan stands still: waiting for something, or busy without end.
const { from } = JSON.parse(process.argv[2] ?? '') as { from: number }

process.send?.({ kind: 'begins', seed: from + 2, plan: { seed: 9, rush: true } })
process.send?.({ kind: 'moves', line: '00:01:05.250  visitor 0   puts something into the cart' })
if (from === 1) for (;;);
setInterval(() => undefined, 1_000)
