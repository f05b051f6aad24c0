import { describe, expect, it, test } from 'vitest'
import { checkTemplate, sampleVariables } from '../../../src/features/email/check-template.ts'
import { renderEmail } from '../../../src/features/email/render-email.ts'
import { BUILT_IN_TEMPLATES } from '../../../src/features/email/templates/built-in.ts'
import { EMAILS, isEmailCode } from '../../../src/features/email/templates/variables.ts'

test('every email has a built-in text, and each of them can be saved as it is', async () => {
  expect(BUILT_IN_TEMPLATES.map(({ emCd }) => emCd).toSorted()).toEqual(Object.keys(EMAILS).toSorted())
  for (const template of BUILT_IN_TEMPLATES) expect(await checkTemplate(template), template.emCd).toEqual([])
})

describe('a template is refused, and the text that is wrong is named,', () => {
  const refund = { emCd: 'refund', subject: 'Refund', textBody: 'Refund', htmlBody: '<p>Refund</p>' }

  it.each([
    ['an unknown variable', 'Order {{ ordr.identifier }}', 'ordr.identifier'],
    ['an unknown property', 'Order {{ order.number }}', 'order.number'],
    ['a property of a text', 'Order {{ order.identifier.length }}', 'order.identifier.length'],
    [
      'an unknown variable in a branch that no sample takes',
      '{% if order.total == "9" %}{{ gift }}{% endif %}',
      'gift',
    ],
    ['an unknown variable of another email', '{{ reset_url }}', 'reset_url'],
    ['an unknown property in a loop', '{% for line in order.lines %}{{ line.price }}{% endfor %}', 'line.price'],
    ['an unknown variable as an argument', '{{ order.total | append: bonus }}', 'bonus'],
    ['a variable that may be missing', 'Note: {{ note }}', 'note'],
    ['an unknown filter', '{{ order.total | shout }}', 'shout'],
    ['a tag that is not closed', '{% if order.total %}', 'if'],
  ])('for %s', async (_, text, named) => {
    for (const field of ['subject', 'textBody', 'htmlBody'] as const) {
      const problems = await checkTemplate({ ...refund, [field]: text })
      expect(problems).toEqual([{ field, message: expect.stringContaining(named) }])
    }
  })

  it('for a code that no email has', async () => {
    expect(await checkTemplate({ ...refund, emCd: 'refunds' })).toEqual([
      { field: 'emCd', message: 'There is no email refunds.' },
    ])
  })
})

test('what may be missing can be used where it is asked for first, and lists can be counted', async () => {
  const text = `{% if note %}{{ note }}{% endif %}{% if order.shipping_method %}{{ order.shipping_method.name }}{% endif %}
    {% assign count = order.lines.size %}{{ count }} {% for code in order.discounts %}{{ forloop.index }} {{ code.code }}{% endfor %}`
  expect(
    await checkTemplate({ emCd: 'refund', subject: '{{ refund_amount }}', textBody: text, htmlBody: text }),
  ).toEqual([])
})

test.each(BUILT_IN_TEMPLATES.map((template) => [template.emCd, template] as const))(
  '%s reads as approved, with everything that it may have and with as little',
  async (_, template) => {
    const sender = { name: 'Shop', email: 'shop@example.com' }
    for (const extent of ['everything', 'little'] as const) {
      if (!isEmailCode(template.emCd)) throw new Error('no such email')
      const variables = sampleVariables(template.emCd, extent)
      const { subject, text } = await renderEmail(template, { sender, to: 'jane@example.com', variables })
      expect(`${subject}\n\n${text}`).toMatchSnapshot(extent)
    }
  },
)
