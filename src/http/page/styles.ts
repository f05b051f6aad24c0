import type { PageShop } from './layout.ts'

/** The colours of a page without the shop's settings, as when the request was refused before they were read. */
const NEUTRAL: PageShop['colors'] = {
  accent: '#3d4a5c',
  accent_dark: '#b9c6d8',
  on_accent: '#ffffff',
  on_accent_dark: '#000000',
}

/** The style sheet of the shop's pages, in the shop's colours, light or dark as the reader prefers. */
export const stylesOf = ({ accent, accent_dark, on_accent, on_accent_dark } = NEUTRAL): string => `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f3ef, #141613); --card: light-dark(#fff, #1d201b); --rule: light-dark(#e4e3dc, #30352c);
  --ink: light-dark(#23271f, #ecede6); --muted: light-dark(#62685c, #a6ac9d); --picture: light-dark(#f4f3ef, #f4f3ef);
  --accent: light-dark(${accent}, ${accent_dark}); --on-accent: light-dark(${on_accent}, ${on_accent_dark});
  --bad: light-dark(#a3243b, #f2a0ae); --bad-ground: light-dark(#fdf0f2, #35191f); --field: light-dark(#fff, #141613);
}
*, *::before, *::after { box-sizing: border-box }
html { font: 1.0625rem/1.6 system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; color: var(--ink); background: var(--ground) }
body { margin: 0; min-height: 100dvh; display: flex; flex-direction: column }
.band { width: 100%; max-width: 46rem; margin: 0 auto; padding: 0 1.25rem }
header.band { padding-top: 1.75rem; padding-bottom: 1.25rem } main.band { flex: 1 }
footer.band { padding-top: 1.75rem; padding-bottom: 2.5rem; font-size: .875rem; color: var(--muted) }
footer p { margin: 0 0 .35rem }
.brand { display: inline-flex; align-items: center; gap: .7rem; font: 400 1.4rem/1.2 Georgia, 'Times New Roman', serif; color: var(--ink); text-decoration: none }
.brand img { width: 2.25rem; height: 2.25rem; object-fit: contain }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 16px; padding: clamp(1.5rem, 5vw, 2.75rem) }
.narrow .band { max-width: 36.5rem }
.narrow .card { margin-top: clamp(0rem, 4vh, 3rem) }
h1 { font: 400 clamp(1.6rem, 5vw, 2.1rem)/1.2 Georgia, 'Times New Roman', serif; margin: 0 0 1rem; text-wrap: balance }
h2 { font-size: .8rem; font-weight: 600; letter-spacing: .08em; text-transform: uppercase; color: var(--muted); margin: 2rem 0 .6rem }
p { margin: 0 0 1rem; overflow-wrap: break-word }
.card > :last-child, .card form > :last-child, .card section > :last-child { margin-bottom: 0 }
.card > h2:first-child { margin-top: 0 }
a { color: var(--accent); text-underline-offset: .2em; text-decoration-thickness: 1px }
.soft { color: var(--muted); font-size: .92rem }
.button { display: inline-block; padding: .75rem 1.5rem; border: 0; border-radius: 9px; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer }
.button:hover { filter: brightness(1.08) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 4px }
label { display: block; font-weight: 600; margin-bottom: .3rem }
input { display: block; width: 100%; padding: .7rem .85rem; font: inherit; color: inherit; background: var(--field); border: 1px solid light-dark(#8b9085, #6d7466); border-radius: 9px }
input[aria-invalid=true] { border-color: var(--bad) }
.field { margin-bottom: 1.25rem }
.hint { font-size: .9rem; color: var(--muted); margin: .35rem 0 0 }
.bad { font-size: .92rem; color: var(--bad); margin: .35rem 0 0 }
.alert { border-radius: 9px; background: var(--bad-ground); color: var(--bad); padding: .75rem 1rem }
.state { display: inline-block; border-radius: 99px; background: color-mix(in srgb, var(--accent) 14%, transparent); color: var(--accent); padding: .1rem .8rem; font-size: .92rem; font-weight: 600 }
.lines { list-style: none; margin: 0; padding: 0 }
.lines li { display: flex; gap: 1rem; padding: .9rem 0; border-top: 1px solid var(--rule); align-items: flex-start }
.lines img { width: 4.25rem; height: 4.25rem; object-fit: cover; border-radius: 10px; background: var(--picture); flex: none }
.lines div { flex: 1; min-width: 0; overflow-wrap: anywhere }
.lines strong { font-weight: 600; display: block }
.lines .soft { display: block }
.whole { white-space: nowrap }
@media (max-width: 30rem) { .lines img { width: 3.5rem; height: 3.5rem } }
.amount { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.totals { width: 100%; border-collapse: collapse; border-top: 1px solid var(--rule); margin-top: .25rem }
.totals th, .totals td { padding: .35rem 0; font-weight: 400; text-align: left; vertical-align: top }
.totals tr:first-child > * { padding-top: .9rem }
.totals td { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.totals .sum > * { font-weight: 700; font-size: 1.12rem; padding-top: .7rem }
.pair { display: grid; gap: 0 2.5rem; grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)) }
address { font-style: normal } .steps { list-style: none; margin: 0; padding: 0 }
.steps li { padding: 0 0 .7rem 1.5rem; position: relative }
.steps li::before { content: ''; position: absolute; left: .1rem; top: .5rem; width: .6rem; height: .6rem; border-radius: 50%; background: var(--accent) }
.steps li:not(:last-child)::after { content: ''; position: absolute; left: .36rem; top: 1.2rem; bottom: -.35rem; width: 2px; background: var(--rule) }
@media print { body { display: block } .card { border: 0; padding: 0 } .button { display: none } }
`
