import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { chromium } from 'playwright-core'

// Writes a PNG beside every SVG below public/images, for emails: mail clients show no SVG. Needs Chromium (CHROMIUM names
// it when it is not in /usr/bin). The pictures are committed; run it after an illustration was added or changed.

const IMAGES = path.join(import.meta.dirname, '..', 'public', 'images')
/** Twice the width at which emails show a picture. */
const PIXELS = 160

const files = readdirSync(IMAGES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.svg'))
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage({ viewport: { width: PIXELS, height: PIXELS } })
for (const file of files) {
  const svg = Buffer.from(readFileSync(path.join(IMAGES, file))).toString('base64')
  await page.setContent(
    `<style>body { margin: 0 } img { display: block; width: ${PIXELS}px; height: ${PIXELS}px; object-fit: cover }</style>
<img src="data:image/svg+xml;base64,${svg}">`,
    { waitUntil: 'load' },
  )
  const png = await page.screenshot({ omitBackground: true })
  writeFileSync(path.join(IMAGES, file.replace(/svg$/, 'png')), png)
}
await browser.close()
console.log(`${files.length} pictures, ${PIXELS} pixels wide`)
