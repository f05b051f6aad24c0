/** The mailbox's web page, complete in itself: it loads the messages as JSON. */
export const mailboxPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mailbox</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M1 3h14v10H1z' fill='%232f5d50'/%3E%3Cpath d='M1 3l7 6 7-6' fill='none' stroke='white'/%3E%3C/svg%3E">
<style>
  :root { color-scheme: light dark; --line: light-dark(#dcdfdc, #3a403d); --soft: light-dark(#f4f6f4, #1d211f);
    --ink: light-dark(#1f2623, #e6ebe8); --dim: light-dark(#66706b, #98a29d); --accent: light-dark(#2f5d50, #8fc7b4); }
  * { box-sizing: border-box; }
  body { margin: 0; height: 100dvh; display: grid; grid-template: auto 1fr / minmax(240px, 340px) 1fr;
    font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: light-dark(#fff, #151816); }
  header { grid-column: 1 / -1; display: flex; gap: 12px; align-items: baseline; padding: 12px 18px; border-bottom: 1px solid var(--line); }
  h1 { font-size: 17px; margin: 0; color: var(--accent); }
  #count { color: var(--dim); flex: 1; }
  button { font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 6px; padding: 3px 12px; cursor: pointer; }
  button[aria-selected='true'] { background: var(--accent); border-color: var(--accent); color: light-dark(#fff, #10201a); }
  #list { margin: 0; padding: 0; list-style: none; overflow: auto; border-right: 1px solid var(--line); background: var(--soft); }
  #list button { display: block; width: 100%; text-align: left; border: 0; border-bottom: 1px solid var(--line); border-radius: 0; padding: 10px 16px; }
  #list button[aria-current='true'] { background: light-dark(#dfeae5, #26352f); }
  #list strong, #list span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  #list span { color: var(--dim); font-size: 13px; }
  main { display: flex; flex-direction: column; min-width: 0; min-height: 0; }
  .about { padding: 14px 20px; border-bottom: 1px solid var(--line); }
  .about h2 { margin: 0 0 4px; font-size: 19px; }
  .about p { margin: 0; color: var(--dim); }
  nav { display: flex; align-items: center; gap: 8px; padding: 10px 20px; }
  iframe { flex: 1; border: 0; background: #fff; }
  pre { flex: 1; margin: 0; padding: 16px 20px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; }
  a { color: var(--accent); }
  .empty { margin: auto; color: var(--dim); }
  #back { display: none; }
  @media (max-width: 700px) {
    body { grid-template-columns: minmax(0, 1fr); }
    #list { border-right: 0; }
    body.reading #list, body:not(.reading) main { display: none; }
    body.reading #back { display: block; }
    body.reading #count, body.reading #clear { display: none; }
    header button { white-space: nowrap; }
    #list button { padding: 14px 16px; }
    .about { padding: 12px 16px; }
    .about p { font-size: 13px; overflow-wrap: anywhere; }
    nav { padding: 8px 16px; flex-wrap: wrap; }
  }
</style>
</head>
<body>
<header><button id="back">← Messages</button><h1>Mailbox</h1><span id="count" role="status"></span><button id="clear">Delete all</button></header>
<ul id="list" aria-label="Messages"></ul>
<main id="view"></main>
<script>
  const byId = (id) => document.getElementById(id)
  const el = (tag, props = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), props)
    made.append(...children)
    return made
  }
  let messages = []
  let seen = ''
  let tab = 'HTML'

  function linked(text) {
    return text.split(/(https?:\\/\\/[^\\s<>"]+)/).map((part, at) =>
      at % 2 ? el('a', { href: part, target: '_blank', rel: 'noopener', textContent: part }) : part)
  }
  function bodyOf(message) {
    if (tab === 'HTML' && message.html) {
      const frame = el('iframe', { title: 'Message' })
      // No scripts, no access to this page; links may open a window of their own.
      frame.setAttribute('sandbox', 'allow-popups allow-popups-to-escape-sandbox')
      frame.srcdoc = '<base target="_blank">' + message.html
      return frame
    }
    if (tab === 'Headers') return el('pre', { textContent: Object.entries(message.headers).map((pair) => pair.join(': ')).join('\\n') })
    return el('pre', {}, ...linked(message.text || '(no text part)'))
  }
  function show() {
    const id = location.hash.slice(1)
    const message = messages.find((each) => each.id === id)
    document.body.classList.toggle('reading', message !== undefined)
    for (const button of byId('list').querySelectorAll('button')) button.setAttribute('aria-current', String(button.value === id))
    if (!message) return byId('view').replaceChildren(el('p', { className: 'empty', textContent: messages.length ? 'Choose a message' : 'No mail yet' }))
    const tabs = ['HTML', 'Text', 'Headers'].map((name) => {
      const button = el('button', { textContent: name, onclick: () => { tab = name; show() } })
      button.setAttribute('role', 'tab')
      button.setAttribute('aria-selected', String(name === tab))
      return button
    })
    const source = el('a', { href: '/api/messages/' + id + '/source', target: '_blank', textContent: 'Source' })
    const people = message.from + ' → ' + message.to.join(', ') + ' · ' + new Date(message.received_at).toLocaleString()
    byId('view').replaceChildren(
      el('div', { className: 'about' }, el('h2', { textContent: message.subject || '(no subject)' }), el('p', { textContent: people })),
      el('nav', {}, ...tabs, source), bodyOf(message))
  }
  async function refresh() {
    try {
      messages = await (await fetch('/api/messages')).json()
    } catch {
      byId('count').textContent = 'not reachable'
      return
    }
    byId('count').textContent = messages.length === 1 ? '1 message' : messages.length + ' messages'
    const now = messages.map((message) => message.id).join()
    if (now === seen) return
    seen = now
    byId('list').replaceChildren(...messages.map((message) => el('li', {}, el('button', { value: message.id, onclick: () => { location.hash = message.id } },
      el('strong', { textContent: message.subject || '(no subject)' }),
      el('span', { textContent: 'to ' + message.to.join(', ') }),
      el('span', { textContent: new Date(message.received_at).toLocaleTimeString() })))))
    show()
  }
  addEventListener('hashchange', show)
  byId('back').onclick = () => { location.hash = '' }
  byId('clear').onclick = async () => { await fetch('/api/messages', { method: 'DELETE' }); location.hash = ''; await refresh() }
  show()
  refresh()
  setInterval(refresh, 1500)
</script>
</body>
</html>
`
