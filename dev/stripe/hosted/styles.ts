/** The hosted page's style sheet: one column on a phone, summary and form side by side on a desk. */
export const STYLES = `
*, *::before, *::after { box-sizing: border-box }
:root { --ink: #1a1f36; --soft: #697386; --line: #d9dee6; --blue: #0a5cd6; --red: #b3093c; --panel: #f6f8fa }
html { font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; color: var(--ink) }
body { margin: 0; background: linear-gradient(90deg, var(--panel) 50%, #fff 50%); min-height: 100vh }
body:has(.notice) { background: var(--panel) }
.ribbon { margin: 0; padding: .4rem 1rem; background: #fff4d6; color: #6b4a00; font-size: .875rem; text-align: center }
.checkout { display: grid; grid-template-columns: 1fr 1fr; max-width: 66rem; margin: 0 auto }
.summary, .payment { padding: 2.5rem 2rem }
.summary { background: var(--panel) }
.payment { background: #fff }
h1 { font-size: 1.125rem; font-weight: 600; margin: 0 0 .25rem }
h2 { font-size: 1rem; font-weight: 600; margin: 1.75rem 0 .75rem }
h2:first-child { margin-top: 0 }
a { color: var(--blue) }
.back { display: inline-block; margin-bottom: 1.5rem; color: var(--soft); text-decoration: none }
.back:hover { text-decoration: underline }
.due { font-size: 2.25rem; font-weight: 600; letter-spacing: -.02em; margin: 0 0 1.5rem }
.items { list-style: none; margin: 0 0 1rem; padding: 0 }
.items li { display: flex; gap: .75rem; padding: .6rem 0; align-items: flex-start }
.items img { width: 3rem; height: 3rem; object-fit: cover; border-radius: 6px; background: #fff; border: 1px solid var(--line) }
.items .what { flex: 1; min-width: 0; overflow-wrap: anywhere }
small, .soft { color: var(--soft); font-size: .875rem }
.items small { display: block }
.totals { width: 100%; border-collapse: collapse }
.totals th { text-align: left; font-weight: 400; padding: .35rem 0 }
.totals td, .amount { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.totals .total th, .totals .total td { font-weight: 600; border-top: 1px solid var(--line); padding-top: .75rem }
fieldset { border: 0; margin: 1.75rem 0 0; padding: 0; min-width: 0 }
legend { font-size: 1rem; font-weight: 600; padding: 0; margin: 0 0 .75rem }
label { display: block; font-size: .875rem; color: #3c4257; margin-bottom: .75rem }
input[type=text], input[type=email], input[type=tel], select { display: block; width: 100%; margin-top: .2rem; padding: .6rem .7rem;
  font: inherit; color: inherit; background: #fff; border: 1px solid var(--line); border-radius: 6px; box-shadow: 0 1px 1px rgba(26, 31, 54, .06) }
input:focus-visible, select:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid rgba(10, 92, 214, .35); outline-offset: 1px }
input[aria-invalid=true], select[aria-invalid=true] { border-color: var(--red) }
input[readonly] { background: var(--panel); color: var(--soft) }
.error { display: block; color: var(--red); font-size: .8125rem; margin-top: .2rem }
.alert { grid-column: 1 / -1; margin: 1.25rem 2rem 0; padding: .75rem 1rem; border: 1px solid #f3b4c5; border-radius: 8px; background: #fff0f4; color: var(--red) }
.alert.info { border-color: #b9d2f7; background: #eff5ff; color: #0b3f91 }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 .75rem }
.choice { display: flex; gap: .6rem; align-items: flex-start; padding: .7rem .8rem; margin: 0; border: 1px solid var(--line);
  border-top-width: 0; color: var(--ink); font-size: 1rem; cursor: pointer }
.choice:first-of-type { border-top-width: 1px; border-radius: 6px 6px 0 0 }
.choice:last-of-type { border-radius: 0 0 6px 6px }
.choice:only-of-type { border-radius: 6px }
.choice input { margin-top: .3rem }
.choice .what { flex: 1 }
.check { display: flex; gap: .5rem; align-items: flex-start }
.check input { margin-top: .2rem }
.hint { margin: 0 0 1rem; padding: .6rem .8rem; border-radius: 6px; background: var(--panel); font-size: .8125rem; color: var(--soft) }
.hint code { color: var(--ink); white-space: nowrap }
button, .button { display: block; width: 100%; padding: .8rem 1rem; border: 0; border-radius: 6px; background: var(--blue); color: #fff;
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer }
button:hover, .button:hover { background: #084bb0 }
button.quiet { width: auto; padding: .35rem .7rem; background: none; color: var(--blue); border: 1px solid var(--line); font-weight: 500; font-size: .875rem }
.pay { margin-top: 1.75rem }
.card-fields, .billing-fields { margin-top: 1rem }
.payment:has(#pay-bank:checked) .card-fields { display: none }
.payment:has(#billing-same:checked) .billing-fields { display: none }
.notice { max-width: 30rem; margin: 4rem auto; padding: 2.5rem 2rem; background: #fff; border: 1px solid var(--line); border-radius: 12px; text-align: center }
.notice h1 { font-size: 1.5rem; margin-bottom: .75rem }
.notice table { text-align: left }
@media (max-width: 48rem) {
  body { background: #fff }
  .checkout { grid-template-columns: 1fr }
  .summary, .payment { padding: 1.5rem 1.25rem }
}
`
