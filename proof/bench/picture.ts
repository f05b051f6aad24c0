import { PEERS } from './report.ts'
import type { Report } from './report.ts'

const WIDTH = 860
const LEFT = 210
const RIGHT = 96
const ROW = 19
const GROUP_GAP = 20
const TOP = 78

/** What is drawn, from the top, with its label. */
const GROUPS: { operation: string; title: string }[] = [
  { operation: 'product list, miss', title: 'list products' },
  { operation: 'read a three-line cart', title: 'read a cart of three lines' },
  { operation: 'add an item', title: 'add an item' },
  { operation: 'webhook to committed order', title: 'complete an order' },
]

const TICKS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200]
const SCALE = { from: 0.4, to: 260 }

type Mark = { label: string; ms: number; style: 'mercat' | 'floor' | 'peer' }

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** Converts milliseconds to a position on the logarithmic axis. */
const x = (ms: number): number =>
  LEFT + ((Math.log(ms) - Math.log(SCALE.from)) / (Math.log(SCALE.to) - Math.log(SCALE.from))) * (WIDTH - LEFT - RIGHT)

const show = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`

function marksOf(report: Report, operation: string): Mark[] {
  const alone = report.rows.filter(({ concurrency }) => concurrency === 1)
  const own = alone.find(({ name }) => name === operation)
  const floor = alone.find(({ name }) => name === own?.floor)
  return [
    ...(floor === undefined ? [] : [{ label: `floor: ${floor.name}`, ms: floor.p50, style: 'floor' as const }]),
    ...(own === undefined ? [] : [{ label: 'Mercat', ms: own.p50, style: 'mercat' as const }]),
    ...PEERS.flatMap(({ name, p50 }) => {
      const ms = p50[operation]
      return ms === undefined ? [] : [{ label: `${name}*`, ms, style: 'peer' as const }]
    }),
  ]
}

function drawMark({ label, ms, style }: Mark, y: number): string {
  const at = x(ms).toFixed(1)
  return [
    `<text class="label ${style}" x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${escape(label)}</text>`,
    `<line class="stem ${style}" x1="${LEFT}" y1="${y}" x2="${at}" y2="${y}"/>`,
    `<circle class="dot ${style}" cx="${at}" cy="${y}" r="5"/>`,
    `<text class="value ${style}" x="${Number(at) + 11}" y="${y + 4}">${show(ms)}</text>`,
  ].join('\n')
}

const STYLE = `
  text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #59636e; }
  .title { font-size: 17px; font-weight: 600; fill: #1f2328; }
  .group { font-size: 13px; font-weight: 600; fill: #1f2328; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .stem { stroke-width: 2; } .stem.mercat, .dot.mercat { stroke: #0b7a5e; fill: #0b7a5e; }
  .stem.floor, .dot.floor { stroke: #818b98; fill: #818b98; } .stem.peer, .dot.peer { stroke: #c2683c; fill: #c2683c; }
  .mercat { font-weight: 600; } text.mercat { fill: #0b7a5e; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; } .title, .group { fill: #f0f6fc; } .grid { stroke: #3d444d; }
    .stem.mercat, .dot.mercat { stroke: #3fcf9f; fill: #3fcf9f; } text.mercat { fill: #3fcf9f; }
    .stem.peer, .dot.peer { stroke: #e39267; fill: #e39267; }
  }`

/** The figures at concurrency 1 as an SVG that is readable on light and on dark pages. */
export function drawPicture(report: Report): string {
  const parts: string[] = []
  let y = TOP
  for (const { operation, title } of GROUPS) {
    parts.push(`<text class="group" x="${LEFT}" y="${y}">${escape(title)}</text>`)
    y += ROW - 1
    for (const mark of marksOf(report, operation)) {
      parts.push(drawMark(mark, y))
      y += ROW
    }
    y += GROUP_GAP
  }
  const bottom = y - GROUP_GAP
  const grid = TICKS.flatMap((ms) => [
    `<line class="grid" x1="${x(ms).toFixed(1)}" y1="${TOP - 16}" x2="${x(ms).toFixed(1)}" y2="${bottom}"/>`,
    `<text x="${x(ms).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${ms} ms</text>`,
  ])
  const notes = [
    `Half of all requests are answered within (one at a time). ${report.machine}; PostgreSQL with fsync on; ${report.measuredAt.slice(0, 10)}.`,
    '* measured earlier on another two-core machine of this kind, PostgreSQL 15, fsync on. The axis is logarithmic.',
  ]
  const height = bottom + 66
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Mercat beside its floors and two other shops">
<style>${STYLE}
</style>
<text class="title" x="${LEFT}" y="34">Mercat beside what the machine allows, and beside two others</text>
${grid.join('\n')}
${parts.join('\n')}
${notes.map((note, at) => `<text x="24" y="${bottom + 40 + at * 17}">${escape(note)}</text>`).join('\n')}
</svg>
`
}
