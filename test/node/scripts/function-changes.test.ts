import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { functionChanges, readFunctions } from '../../../scripts/function-changes.ts'

const present = readFunctions()
let client: Client

beforeAll(async () => {
  client = new Client({ connectionString: inject('pgUrl') })
  await client.connect()
})
afterAll(() => client.end())

const changesWith = (name: string, text: string | undefined) => {
  const texts = new Map(present)
  if (text === undefined) texts.delete(name)
  else texts.set(name, text)
  return functionChanges(client, texts)
}

const releaseCheckout = present.get('release_checkout') ?? ''

test('the migrations make every function as its file says', async () => {
  expect(await functionChanges(client, present)).toEqual([])
})

test('a function whose body changed is written once, and the database stays as it was', async () => {
  const text = releaseCheckout.replace('NULL);', 'NULL); -- changed')
  expect(text).not.toBe(releaseCheckout)
  expect(await changesWith('release_checkout', text)).toEqual([text])
  expect(await functionChanges(client, present)).toEqual([])
})

test('a function with other arguments takes the place of the old one', async () => {
  const text = releaseCheckout.replace('of_fingerprint text', 'of_fingerprint text, note text')
  expect(text).not.toBe(releaseCheckout)
  const drop = 'DROP FUNCTION release_checkout(uuid,text,timestamp with time zone,text,text);'
  expect(await changesWith('release_checkout', text)).toEqual([drop, text])
})

test('a function that returns something else is dropped before it is made again', async () => {
  const text = releaseCheckout
    .replace('RETURNS void', 'RETURNS integer')
    .replace('  PERFORM move_reservations(the_checkout, NULL);', '  RETURN 1;')
  const drop = 'DROP FUNCTION release_checkout(uuid,text,timestamp with time zone,text,text);'
  expect(await changesWith('release_checkout', text)).toEqual([drop, text])
})

test('a function without a file is dropped, and a new file makes a function', async () => {
  expect(await changesWith('claim_event', undefined)).toEqual([
    'DROP FUNCTION claim_event(jsonb,timestamp with time zone);',
  ])
  const text = 'CREATE OR REPLACE FUNCTION brand_new() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;'
  expect(await changesWith('brand_new', text)).toEqual([text])
})
